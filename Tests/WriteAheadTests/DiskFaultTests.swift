import Glibc
import NIOCore
import StateStore
import Testing

/// A disk that is full, or refuses.
struct DiskFaultTests {
    private static var small: JournalLimits {
        var limits = JournalLimits()
        (limits.segment, limits.room, limits.step, limits.waiting) = (4000, 2000, 500, 1000)
        limits.longest = 8000
        return limits
    }

    /// Says something until the first refusal.
    private func fill(_ bench: Bench) -> [String] {
        var said: [String] = []
        for number in 1...200 {
            bench.say("\(number)-" + String(repeating: "x", count: 100))
            bench.settle()
            let heard = bench.takeHeard()
            if heard.contains(where: { $0.hasPrefix("refused") }) { break }
            said += heard.filter { $0.hasPrefix("said") }
        }
        return said
    }

    @Test func `on a full disk what is kept is refused, the rest goes on, and with room again all is well`()
        async throws
    {
        let bench = try Bench(limits: Self.small)
        bench.disk.configure { $0.capacity = $0.size }
        let said = self.fill(bench)
        #expect(said.count > 3, "there was room on the disk already")
        #expect(said.count < 100)
        #expect(bench.client.isReady, "connections are read")
        bench.say("free", in: bench.other, isFed: false)
        #expect(bench.takeHeard() == ["heard free", "said free"])
        // Everything that was acknowledged is there, whatever happens.
        #expect(try await bench.journal().count == said.count)
        #expect(try await Bench(bench.disk.afterCut()).journal().count == said.count)
        bench.disk.configure { $0.capacity = .max }
        bench.worker.passTime()
        bench.settle()
        bench.say("again")
        bench.settle()
        #expect(bench.takeHeard() == ["heard again", "said again"])
        #expect(bench.logged.all.filter { $0.contains("room") }.count == 2, "told once, and that it is over")
    }

    @Test func `what the history takes makes room on a full disk`() async throws {
        let bench = try Bench(limits: Self.small)
        while bench.disk.fileNames.count < 3 {
            bench.say(String(repeating: "x", count: 100))
            bench.settle()
        }
        bench.disk.configure { $0.capacity = $0.size }
        _ = self.fill(bench)
        try await bench.store.acknowledge(try await bench.journal().map(\.id), as: .history)
        bench.settle()
        bench.worker.passTime()
        bench.settle()
        _ = bench.takeHeard()
        bench.say("again")
        bench.settle()
        #expect(bench.takeHeard() == ["heard again", "said again"])
    }

    @Test(arguments: [EMFILE, ENFILE, EACCES, EIO, EDQUOT, ENOSPC])
    func `while no new file can be made the old one goes on, and with new files again all is well`(
        code: CInt
    ) async throws {
        let bench = try Bench(limits: Self.small)
        bench.disk.configure { $0.refused["create"] = code }
        let said = self.fill(bench)
        #expect(said.count > 25, "a file's length and the room beyond it")
        #expect(said.count < 100)
        #expect(bench.client.isReady, "connections are read")
        bench.say("free", in: bench.other, isFed: false)
        #expect(bench.takeHeard() == ["heard free", "said free"])
        #expect(try await Bench(bench.disk.afterCut()).journal().count == said.count)
        bench.disk.configure { $0.refused = [:] }
        bench.worker.passTime()
        bench.settle()
        bench.say("again")
        bench.settle()
        #expect(bench.takeHeard() == ["heard again", "said again"])
        #expect(bench.logged.all.filter { $0.contains("room") }.count == 2, "told once, and that it is over")
    }

    @Test func `a folder that is gone is not written to`() async throws {
        let bench = try Bench(limits: Self.small)
        bench.disk.configure { $0.refused["create"] = ENOENT }
        _ = self.fill(bench)
        #expect(!bench.client.isReady)
        #expect(bench.logged.all.contains { $0.contains("nothing is accepted") })
    }

    @Test
    func `after a sync that failed what is in flight waits until it is written elsewhere, and nothing else is taken`()
        async throws
    {
        let bench = try Bench()
        bench.say("before")
        bench.settle()
        let old = bench.disk.fileNames
        _ = bench.takeHeard()
        bench.disk.configure { $0.failures = 100 }
        bench.say("one")
        bench.client.load([bench.log]) { [ear = bench.ear] result in
            if case .success = result { ear.heard.append("loaded") }
        }
        bench.settle()
        #expect(bench.takeHeard() == ["unsettled one"])
        #expect(!bench.client.isReady)
        bench.say("two")
        bench.say("three", in: bench.other, isFed: false)
        #expect(bench.takeHeard() == ["refused two", "refused three"])
        bench.disk.configure { $0.failures = 0 }
        bench.worker.passTime()
        bench.settle()
        #expect(bench.takeHeard().filter { $0 != "ready" } == ["heard one", "said one", "loaded"])
        bench.say("four")
        bench.settle()
        #expect(bench.takeHeard() == ["heard four", "said four"])
        #expect(bench.disk.fileNames.count == old.count + 1, "the file is not trusted any more")
        let found = try await Bench(bench.disk.afterCut()).journal().map { String(buffer: $0.entry.payload) }
        #expect(found == ["before", "one", "four"])
        #expect(bench.logged.all.map { $0.prefix(5) } == ["error", "notic"], "told once, and that it is over")
    }

    @Test func `who waits for a disk that refuses is told at the end that the store closes`() async throws {
        let bench = try Bench()
        bench.disk.configure { $0.failures = 100 }
        bench.say("one")
        bench.settle()
        await bench.finish { await $0.shutdown() }
        bench.settle()
        #expect(bench.takeHeard() == ["unsettled one", "closed one"])
    }

    @Test func `an erasure that the disk refuses is not told as done`() async throws {
        let bench = try Bench()
        bench.say("secret")
        bench.settle()
        bench.disk.configure { $0.failures = 100 }
        bench.say("more")
        bench.settle()
        await #expect(throws: LiveStoreError.self) { try await bench.store.erase(bench.log.tenant) }
    }
}
