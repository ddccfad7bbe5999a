import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// Leases, and what a pod leaves behind.
struct PodTests {
    @Test(arguments: LiveDriver.all)
    func `a lease that is renewed in time holds`(driver: LiveDriver) async throws {
        try await driver.run { world in
            for _ in 1...3 {
                let renewal = try await world.first.renewLease(for: .seconds(30))
                #expect(renewal == .kept)
            }
            let lapsed = try await world.first.lapsedPods()
            #expect(lapsed.isEmpty)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `the last of what is on its way to the history can be read from a log that a pod holds`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = LogKey(world.tenant, .user, "session:1")
            _ = try await shard.append(Transaction(changes: [.text(log, "made", holder: .set(world.first.pod))]))
            let said = (1...20).map { LogChange.text(log, "\($0)", feed: FeedLabel("@a b")) }
            _ = try await shard.append(Transaction(changes: said)).stamps()
            let texts = try await shard.entries(of: log).map { String(buffer: $0.payload) }
            #expect(texts.suffix(16) == (5...20).map(String.init)[...], "\(texts)")
            let last = try await shard.entries(of: log, after: 20)
            #expect(last.map { String(buffer: $0.payload) } == ["20"])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `what a pod carries with its lease is shown until it renews with something else or nothing`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let pod = world.first.pod
            #expect(try await world.first.liveFigures().isEmpty)
            for figures: [UInt8] in [[1, 2], [0, 13, 10, 255, 36, 0], []] {
                #expect(try await world.first.renewLease(for: .seconds(30), carrying: figures) == .kept)
                #expect(try await world.first.liveFigures() == [pod: figures])
            }
            _ = try await world.first.renewLease(for: .seconds(30))
            #expect(try await world.first.liveFigures().isEmpty)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `what a pod carries is not shown once its lease lapsed`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let store = world.first
            _ = try await store.renewLease(for: .milliseconds(1), carrying: [1])
            try await until("a lease's end") { try await store.liveFigures().isEmpty }
        }
    }

    @Test(arguments: LiveDriver.withPods)
    func `what several pods carry is shown to each, and that of a buried one is forgotten`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let other = try await world.backend.pod()
            _ = try await world.first.renewLease(for: .seconds(30), carrying: [1])
            _ = try await other.renewLease(for: .seconds(30), carrying: [2])
            #expect(try await other.liveFigures() == [world.first.pod: [1], other.pod: [2]])
            try await self.lapse(other, in: world)
            try await world.first.bury(other.pod)
            #expect(try await other.renewLease(for: .seconds(30)) == .forgotten)
            #expect(try await world.first.liveFigures() == [world.first.pod: [1]])
        }
    }

    @Test(arguments: LiveDriver.withPods)
    func `pods and producers are never the same`(driver: LiveDriver) async throws {
        try await driver.run { world in
            var pods: Set<PodID> = [world.first.pod]
            var producers: Set<ProducerID> = []
            for _ in 1...5 {
                let store = try await world.backend.pod()
                pods.insert(store.pod)
                for _ in 1...3 { producers.insert(try await TestShard(store).producer) }
            }
            #expect(pods.count == 6)
            #expect(producers.count == 15)
        }
    }

    @Test(arguments: LiveDriver.withPods)
    func `the logs of a lapsed pod are its orphans until they are taken over or dropped`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let dead = try await world.backend.pod()
            let (shard, reaper) = (try await TestShard(dead), try await world.shard())
            let logs = (1...4).map { LogKey(world.tenant, .user, "session:\($0)") }
            for log in logs {
                _ = try await shard.append(Transaction(changes: [.text(log, "made", holder: .set(dead.pod))]))
            }
            _ = try await shard.append(Transaction(changes: [.text(logs[3], "let go", holder: .cleared)]))
            #expect(try await world.first.orphans(of: dead.pod, limit: 10).isEmpty)
            try await self.lapse(dead, in: world)
            #expect(Set(try await world.first.orphans(of: dead.pod, limit: 10)) == Set(logs[0...2]))
            #expect(try await world.first.orphans(of: dead.pod, limit: 2).count == 2)
            try await world.first.bury(dead.pod)
            #expect(try await world.first.lapsedPods() == [dead.pod])
            #expect(try await !world.first.hasLease(dead.pod))
            #expect(try await world.first.hasLease(world.first.pod))
            _ = try await reaper.append(
                Transaction(changes: [
                    .text(logs[0], "quit", [], .drop), .text(logs[1], "moved", holder: .set(world.first.pod)),
                ])
            )
            #expect(try await world.first.orphans(of: dead.pod, limit: 10) == [logs[2]])
            _ = try await reaper.append(Transaction(changes: [.text(logs[2], "quit", [], .drop)]))
            try await world.first.bury(dead.pod)
            #expect(try await world.first.lapsedPods().isEmpty)
            #expect(try await reaper.load(logs).map(\.exists) == [false, true, false, true])
        }
    }

    @Test(arguments: LiveDriver.withPods)
    func `the slots of a buried pod are given back`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let dead = try await world.backend.pod()
            let (shard, reaper) = (try await TestShard(dead), try await world.shard())
            let counter = CounterKey(world.tenant, "connections")
            #expect(try await reaper.reserve(4, of: counter, limit: 10) == 4)
            #expect(try await shard.reserve(10, of: counter, limit: 10) == 6)
            try await self.lapse(dead, in: world)
            #expect(try await reaper.reserve(10, of: counter, limit: 10) == 0)
            try await world.first.bury(dead.pod)
            #expect(try await reaper.reserve(10, of: counter, limit: 10) == 6)
        }
    }

    @Test(arguments: LiveDriver.withPods)
    func `a pod that comes back learns that its lease had lapsed, and is not buried`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let late = try await world.backend.pod()
            try await self.lapse(late, in: world)
            #expect(try await late.renewLease(for: .seconds(30)) == .lapsed)
            #expect(try await late.renewLease(for: .seconds(30)) == .kept)
            #expect(try await world.first.lapsedPods().isEmpty)
            let shard = try await TestShard(late)
            let counter = CounterKey(world.tenant, "connections")
            #expect(try await shard.reserve(10, of: counter, limit: 10) == 10)
            try await world.first.bury(late.pod)
            #expect(try await world.shard().reserve(10, of: counter, limit: 10) == 0)
        }
    }

    @Test(arguments: LiveDriver.withPods)
    func `a pod that was buried while it lived is told so`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let late = try await world.backend.pod()
            try await self.lapse(late, in: world)
            try await world.first.bury(late.pod)
            #expect(try await late.renewLease(for: .seconds(30)) == .forgotten)
            #expect(try await late.renewLease(for: .seconds(30)) == .kept)
        }
    }

    /// Lets a pod's lease end.
    private func lapse(_ store: any LiveStore, in world: World) async throws {
        _ = try await store.renewLease(for: .milliseconds(1))
        let first = world.first
        try await within(.seconds(10), "a lease's end") {
            while try await !first.lapsedPods().contains(store.pod) { try Task.checkCancellation() }
        }
    }
}
