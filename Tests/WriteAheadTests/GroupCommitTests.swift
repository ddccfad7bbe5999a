import NIOCore
import NIOEmbedded
import Observability
import StateStore
import Testing

/// When something is told, and what it costs.
struct GroupCommitTests {
    @Test func `neither the sender nor anybody else hears of a message before it is on the disk`() throws {
        let bench = try Bench()
        bench.say("one")
        bench.turn()
        #expect(bench.takeHeard().isEmpty)
        #expect(!bench.disk.keeps("one"))
        bench.worker.runAll()
        #expect(bench.disk.keeps("one"))
        bench.turn()
        #expect(bench.takeHeard() == ["heard one", "said one"])
    }

    @Test func `what is appended in one turn costs one sync`() throws {
        let bench = try Bench()
        let before = bench.disk.syncs
        for number in 1...100 { bench.say("\(number)") }
        bench.settle()
        #expect(bench.disk.syncs == before + 1)
        #expect(bench.takeHeard() == (1...100).flatMap { ["heard \($0)", "said \($0)"] })
    }

    @Test func `what the disk writes together is measured once, and what waits for no disk not at all`() async throws {
        let registry = MetricsRegistry()
        let bench = try Bench(writeTimes: Latencies(registry).append)
        func measured(_ count: Int) async -> Bool {
            await registry.render().contains("\nroost_store_append_seconds_count \(count)\n")
        }
        bench.say("free", in: bench.other, isFed: false)
        bench.settle()
        #expect(await measured(0))
        for number in 1...100 { bench.say("\(number)") }
        bench.settle()
        #expect(await measured(1))
    }

    @Test func `what is not kept waits for nothing, unless something before it does`() throws {
        let bench = try Bench()
        bench.say("free", in: bench.other, isFed: false)
        #expect(bench.takeHeard() == ["heard free", "said free"])
        bench.say("kept")
        bench.say("behind", isFed: false)
        bench.client.load([bench.log]) { [ear = bench.ear] _ in ear.heard.append("loaded") }
        #expect(bench.takeHeard().isEmpty)
        bench.settle()
        #expect(bench.takeHeard() == ["heard kept", "said kept", "heard behind", "said behind", "loaded"])
        bench.say("free again", in: bench.other, isFed: false)
        #expect(bench.takeHeard() == ["heard free again", "said free again"])
    }

    @Test func `an answer comes after what the disk has already and nobody was told yet`() throws {
        let bench = try Bench()
        bench.say("kept")
        bench.turn()
        bench.worker.runAll()
        bench.client.load([bench.log]) { [ear = bench.ear] _ in ear.heard.append("loaded") }
        bench.turn()
        #expect(bench.takeHeard() == ["heard kept", "said kept", "loaded"])
    }

    @Test func `what is appended while the disk works waits for the next sync`() async throws {
        let bench = try Bench()
        bench.say("one")
        bench.turn()
        let bound = NIOLoopBound(bench, eventLoop: bench.loop)
        bench.disk.beforeNextSync {
            bound.value.say("two")
            // The next one fails.
            bound.value.disk.beforeNextSync { bound.value.disk.configure { $0.failures = 100 } }
        }
        bench.worker.runAll()
        bench.turn()
        #expect(bench.takeHeard() == ["heard one", "said one", "unsettled two"])
        #expect(try await bench.journal().map { String(buffer: $0.entry.payload) } == ["one"])
    }

    @Test func `a refusal comes after the entries that caused it`() throws {
        let bench = try Bench()
        let seen = Position.none
        bench.say("kept")
        bench.client.append(
            Transaction(conditions: [Condition(bench.log, .unchanged(since: seen))], changes: [LogChange(bench.log)])
        ) { [ear = bench.ear] result in
            if case .success(.refused) = result { ear.heard.append("refused") }
        }
        bench.settle()
        #expect(bench.takeHeard() == ["heard kept", "said kept", "refused"])
    }

    @Test func `a refusal within a delivery comes after what was asked before`() throws {
        var limits = JournalLimits()
        (limits.room, limits.step) = (3000, 500)
        let bench = try Bench(limits: limits)
        bench.say("kept")
        bench.client.load([bench.log]) { [ear = bench.ear] _ in ear.heard.append("loaded") }
        let bound = NIOLoopBound(bench, eventLoop: bench.loop)
        bench.ear.reaction = { bound.value.say(String(repeating: "x", count: 4000)) }
        bench.settle()
        let heard = bench.takeHeard()
        #expect(heard.prefix(3) == ["heard kept", "said kept", "loaded"])
        #expect(heard.count == 4)
        #expect(heard.last?.hasPrefix("the chat store is busy") == true)
    }

    @Test func `a tenant goes on when an erasure empties its part of a journal`() async throws {
        var configuration = InProcessLiveStore.Configuration()
        configuration.feedLimit = 10
        let bench = try Bench(configuration: configuration)
        for number in 1...4 { bench.say("\(number)") }
        #expect(!bench.client.isReady(for: bench.log.tenant))
        await bench.finish { [tenant = bench.log.tenant] in _ = try? await $0.erase(tenant) }
        bench.settle()
        #expect(bench.client.isReady(for: bench.log.tenant))
        #expect(bench.takeHeard().contains("ready"))
    }

    @Test func `the history gets nothing that is not on the disk`() async throws {
        let bench = try Bench()
        bench.say("one")
        #expect(try await bench.journal().isEmpty)
        #expect(try await bench.store.feedStanding(of: .history).waiting == 1)
        bench.settle()
        #expect(try await bench.journal().count == 1)
    }

    @Test func `shards stop reading while too much waits, and go on when it does not`() throws {
        var limits = JournalLimits()
        limits.waiting = 2000
        let bench = try Bench(limits: limits)
        while bench.client.isReady { bench.say(String(repeating: "x", count: 100)) }
        #expect(bench.ear.heard.isEmpty)
        bench.settle()
        #expect(bench.client.isReady)
        #expect(bench.takeHeard().last == "ready")
    }

    @Test func `what does not fit is refused, and nothing of it is applied`() throws {
        var limits = JournalLimits()
        limits.room = 3000
        let bench = try Bench(limits: limits)
        for number in 1...100 { bench.say("\(number)-" + String(repeating: "x", count: 100)) }
        bench.settle()
        let heard = bench.takeHeard()
        #expect(heard.contains { $0.hasPrefix("said 1-") })
        #expect(heard.contains { $0.hasPrefix("the chat store is busy, try again: 100-") })
        #expect(heard.count { $0.hasPrefix("said") } == heard.count { $0.hasPrefix("heard") })
    }
}
