import Glibc
import Logging
import NIOCore
import StateStore
import Tenant
import Testing

/// What is live, on a disk: what the next process finds.
struct ImageTests {
    @Test(arguments: [false, true])
    func `the next process has the logs with their fields and what was said last, under epochs of its own`(
        isEnded: Bool
    ) async throws {
        let first = try ImageBench()
        let (room, inbox) = (first.channel("#room"), LogKey(first.tenant, .user, "1"))
        for number in 0..<20 { first.set("m\(number)", [UInt8(number), 0, 255], in: room) }
        for number in 1...100 { first.say("\(number)", in: room) }
        let last = try #require(first.set("session", [], in: inbox, holder: .set(first.store.pod)))
        if isEnded { await first.finish { await $0.shutdown() } } else { first.keep() }
        let second = try first.killed()
        let snapshot = try second.snapshot(room)
        #expect(snapshot.fields == (try first.snapshot(room)).fields && snapshot.fields.count == 20)
        #expect(second.texts(room) == (37...100).map(String.init))
        #expect(second.entries(room).map(\.position) == first.entries(room).suffix(64).map(\.position))
        #expect(snapshot.position.sequence == 120 && snapshot.position.epoch > last.position.epoch)
        #expect(try #require(second.say("next", in: room)).position.sequence == 121)
        #expect(second.store.pod != first.store.pod && second.client.producer != first.client.producer)
        #expect(second.store.lastSeen == 1_000_000)
        #expect(first.logged.all.isEmpty && second.logged.all.isEmpty)
    }

    @Test func `what a process held is a lapsed pod's until it is dropped or taken over`() async throws {
        let first = try ImageBench()
        let logs = (1...3).map { LogKey(first.tenant, .user, "\($0)") }
        for log in logs { first.set("session", [1], in: log, holder: .set(first.store.pod)) }
        // What says nothing and is held is held all the same.
        let hold = LogKey(first.tenant, .hold, "4.1.0")
        first.append(LogChange(hold, holder: .set(first.store.pod)))
        #expect(try await first.store.lapsedPods().isEmpty)
        first.keep()
        let second = try first.killed()
        #expect(try await second.store.lapsedPods() == [first.store.pod])
        #expect(Set(try await second.store.orphans(of: first.store.pod, limit: 10)) == Set(logs + [hold]))
        second.set("session", [2], in: logs[0], holder: .set(second.store.pod))
        for log in logs[1...] { second.append(LogChange(log, lifetime: .drop)) }
        try await second.store.bury(first.store.pod)
        #expect(try await second.store.lapsedPods() == [first.store.pod])
        // A third one finds what is left of both.
        second.keep()
        let third = try second.killed()
        #expect(Set(try await third.store.lapsedPods()) == [first.store.pod, second.store.pod])
        third.append(LogChange(hold, lifetime: .drop))
        try await third.store.bury(first.store.pod)
        #expect(try await third.store.lapsedPods() == [second.store.pod])
    }

    @Test(arguments: 1...3)
    func `no two entries of several processes stand at one place, though none of them gets to write anything`(
        lives: Int
    ) throws {
        var bench = try ImageBench()
        let room = bench.channel("#room")
        var places: Set<Position> = [try #require(bench.set("m", [1], in: room)).position]
        bench.keep()
        for life in 1...lives {
            bench = try bench.killed()
            places.insert(try #require(bench.say("\(life)", in: room)).position)
            places.insert(try #require(bench.say("\(life)", in: bench.channel("#new\(life)"))).position)
        }
        #expect(places.count == 1 + 2 * lives)
    }

    @Test func `what was acknowledged after the last image is among what was said last`() async throws {
        let first = try ImageBench(journal: SimulatedDisk(seed: 2))
        let room = first.channel("#room")
        first.set("m", [1], in: room)
        first.say("one", in: room, isFed: true)
        first.keep()
        let stamp = try #require(first.say("two", in: room, isFed: true))
        first.say("elsewhere", in: first.channel("#new"), isFed: true)
        let second = try first.killed()
        #expect(second.texts(room) == ["one", "two"])
        #expect(second.entries(room).last?.position == stamp.position)
        #expect(try second.snapshot(room).position.sequence == stamp.position.sequence)
        #expect(try !second.snapshot(second.channel("#new")).exists)
        let journal = try await second.store.readFeed(as: .history, limit: 10, timeout: .zero)
        #expect(journal.map { String(buffer: $0.entry.payload) } == ["one", "two", "elsewhere"])
        #expect(journal[1].entry.position == stamp.position)
    }

    @Test func `what was said between a restart and the first image after it is among what was said last`() throws {
        var bench = try ImageBench(journal: SimulatedDisk(seed: 2))
        let room = bench.channel("#room")
        bench.set("m", [1], in: room)
        bench.keep()
        for life in 1...3 {
            bench = try bench.killed()
            bench.say("\(life)", in: room, isFed: true)
        }
        #expect(try bench.killed().texts(room) == ["1", "2", "3"])
    }

    @Test func `what is no longer known to be whole is forgotten, so that who missed something is told so`()
        async throws
    {
        let first = try ImageBench(journal: SimulatedDisk(seed: 2))
        let room = first.channel("#room")
        first.set("m", [1], in: room)
        first.say("one", in: room, isFed: true)
        first.keep()
        let before = try first.images.copy()
        // The history has it, and the journal no more.
        first.say("two", in: room, isFed: true)
        let records = try await first.store.readFeed(as: .history, limit: 10, timeout: .zero)
        try await first.store.acknowledge(records.map(\.id), as: .history)
        await first.finish { await $0.shutdown() }
        let second = try ImageBench(before, journal: first.journal?.afterCut())
        #expect(second.texts(room).isEmpty)
        #expect(try second.value("m", in: room) == [1])
    }

    @Test func `an image shows nothing that the journal does not have`() throws {
        let first = try ImageBench(journal: SimulatedDisk(seed: 2))
        let room = first.channel("#room")
        first.set("m", [1], in: room)
        // On its way to a disk that refuses it.
        first.journal?.configure { $0.refused["write"] = EIO }
        first.say("nobody heard it", in: room, isFed: true)
        first.keep()
        first.journal?.configure { $0.refused = [:] }
        #expect(try first.killed().texts(room).isEmpty)
    }

    @Test func `nothing is written while nothing changes`() throws {
        let bench = try ImageBench()
        bench.set("m", [1], in: bench.channel("#room"))
        bench.keep()
        let syncs = bench.images.syncs
        #expect(syncs > 0)
        for _ in 1...3 { bench.keep() }
        #expect(bench.images.syncs == syncs)
        bench.say("something", in: bench.channel("#room"))
        bench.keep()
        #expect(bench.images.syncs > syncs)
    }

    @Test func `a tenant that was erased does not come back`() async throws {
        let bench = try ImageBench()
        bench.set("m", [7, 7, 7, 7], in: bench.channel("#secret"))
        bench.keep()
        #expect(bench.images.keeps("#secret"))
        await bench.finish { [tenant = bench.tenant] in try? await $0.erase(tenant) }
        #expect(!bench.images.keeps("#secret"))
        #expect(try !bench.killed().snapshot(bench.channel("#secret")).exists)
    }

    @Test func `a field that is moved from one log to another is in one of them in every image`() async throws {
        let bench = try ImageBench()
        for number in 0..<400 {
            bench.append(LogChange(bench.channel("#\(number)"), fields: [.set(Self.own, [])]), within: 0)
        }
        let moved = FieldName(Section("M"), "moved")
        bench.append(LogChange(bench.channel("#0"), fields: [.set(moved, [])]), within: 0)
        let store = bench.store
        let images = Task.detached { (0..<40).map { _ in InProcessLiveStore(from: store.takeImage()) } }
        let call = PendingCall { _ = await images.value }
        var place = 0
        while !call.isDone {
            let next = (place + 211) % 400
            bench.append(
                LogChange(bench.channel("#\(place)"), fields: [.remove(moved)]),
                LogChange(bench.channel("#\(next)"), fields: [.set(moved, [])]),
                within: 0
            )
            place = next
            await Task.yield()
        }
        let logs = (0..<400).map { bench.channel("#\($0)") }
        for store in await images.value {
            var count = 0
            store.makeClient(on: bench.loop, receiver: Bench.Ear()).load(logs) { result in
                count = (try? result.get().count { $0.fields[moved] != nil }) ?? 0
            }
            #expect(count == 1)
        }
    }

    private static let own = FieldName(Section("O"), "own")
}
