import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// A Redis that has no memory left: what leaves must be able to.
@Suite(.serialized) struct FullMemoryTests {
    private static let members = Section("M")

    /// Takes away or gives the memory that is left, and waits until the store has noticed.
    private func set(_ isFull: Bool, _ world: RedisWorld, _ shard: TestShard) async throws {
        _ = try world.server.command("CONFIG", "SET", "maxmemory", isFull ? "1" : "0")
        let log = world.channel("#probe")
        try await until("the store's notice") {
            do {
                try await shard.say("probe", in: log)
                return !isFull
            } catch LiveStoreError.unavailable {
                return isFull
            }
        }
    }

    private func join(_ log: LogKey, _ name: String, holder: LogChange.Holder = .unchanged) -> Transaction {
        let set = FieldChange.set(FieldName(Self.members, name), Array(name.utf8))
        return Transaction(changes: [LogChange(log, fields: [set], holder: holder)])
    }

    private func quit(_ log: LogKey, _ name: String) -> Transaction {
        let remove = FieldChange.remove(FieldName(Self.members, name))
        let change = LogChange(
            log,
            payload: ByteBuffer(string: "quit"),
            fields: [remove],
            lifetime: .dropIfEmpty(Self.members),
            feed: .any
        )
        // As a sign-off does, it also tells the tenant, which changes no field.
        let tenant = LogChange(LogKey(log.tenant, .tenant, ""), payload: ByteBuffer(string: "gone"))
        return Transaction(changes: [change, tenant])
    }

    @Test func `at maxmemory who is here can leave, and nobody comes or speaks`() async throws {
        try await RedisWorld.run { world in
            let (log, counter) = (world.channel("#a"), CounterKey(world.tenant, "connections"))
            let shard = try await world.shard(world.store())
            _ = try await shard.follow(log)
            _ = try await shard.append(self.join(log, "ann"))
            _ = try await shard.append(self.join(log, "bob"))
            #expect(try await shard.reserve(5, of: counter, limit: 10) == 5)
            try await self.set(true, world, shard)

            await #expect(throws: LiveStoreError.self) { try await shard.say("hello", in: log) }
            await #expect(throws: LiveStoreError.self) { try await shard.append(self.join(log, "cid")) }
            await #expect(throws: LiveStoreError.self) { try await shard.reserve(1, of: counter, limit: 10) }
            guard case .appended = try await shard.append(self.quit(log, "ann")) else {
                Issue.record("who wanted to leave was kept")
                return
            }
            #expect(try await shard.load(log)?.fields.keys.map(\.name) == ["bob"])
            #expect(shard.receiver.payloads(of: log).last == "quit")
            try await shard.on { $0.release(5, of: counter) }
            _ = try await shard.append(self.quit(log, "bob"))
            #expect(try await shard.load(log)?.exists == false)

            try await self.set(false, world, shard)
            #expect(try await shard.reserve(10, of: counter, limit: 10) == 10)
            guard case .appended = try await shard.say("hello again", in: log) else {
                Issue.record("there is room again")
                return
            }
        }
    }

    @Test func `one call with somebody who comes and somebody who leaves refuses the one and lets the other go`()
        async throws
    {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard(world.store())
            _ = try await shard.append(self.join(log, "ann"))
            try await self.set(true, world, shard)
            let results = try await shard.append(together: [self.join(log, "bob"), self.quit(log, "ann")])
            guard case .failure(.unavailable) = results[0], case .success(.appended) = results[1] else {
                Issue.record("\(results)")
                return
            }
        }
    }

    @Test func `at maxmemory a reaper ends what a dead pod left, and the journal empties`() async throws {
        try await RedisWorld.run { world in
            let (dead, alive) = (try await world.store(), try await world.store())
            let (shard, reaper) = (try await world.shard(dead), try await world.shard(alive))
            let log = LogKey(world.tenant, .user, "session")
            _ = try await shard.append(self.join(log, "ann", holder: .set(dead.pod)))
            try await shard.say("kept", in: world.channel("#a"), feed: .any)
            #expect(try await alive.renewLease(for: .seconds(60)) == .kept)
            _ = try await dead.renewLease(for: .milliseconds(1))
            try await self.set(true, world, shard)
            try await until("the lease's end") { try await alive.lapsedPods() == [dead.pod] }
            let orphans = try await alive.orphans(of: dead.pod, limit: 10)
            #expect(orphans == [log])
            let end = LogChange(log, payload: ByteBuffer(string: "ended"), lifetime: .drop, holder: .cleared)
            guard case .appended = try await reaper.append(Transaction(changes: [end])) else {
                Issue.record("the orphan stays")
                return
            }
            try await alive.bury(dead.pod)
            #expect(try await alive.lapsedPods().isEmpty)
            let records = try await alive.readFeed(as: .history, limit: 10, timeout: .seconds(5))
            #expect(records.map { String(buffer: $0.entry.payload) } == ["kept"])
            try await alive.acknowledge(records.map(\.id), as: .history)
            #expect(try await alive.feedStanding(of: .history).waiting == 0)
        }
    }
}
