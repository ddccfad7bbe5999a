import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// Keys of one tenant that are not what they should be: an operation is applied whole or not at all, and fails alone.
@Suite(.serialized) struct BadKeyTests {
    private static let members = Section("M")

    private func join(_ log: LogKey, _ name: String) -> LogChange {
        LogChange(log, payload: ByteBuffer(string: name), fields: [.set(FieldName(Self.members, name), [1])])
    }

    /// What is broken, and the command that breaks it.
    private static let breakages: [[String]] = [
        ["SET", "r:acme:c:#bad:h", "no hash"],
        ["HSET", "r:acme:c:#bad:h", "\0", "short"],
        ["SET", "r:acme:ui", "no set"],
    ]

    @Test(arguments: breakages)
    func `a transaction over a broken log changes none of its logs, and those beside it go on`(
        breakage: [String]
    ) async throws {
        try await RedisWorld.run { world in
            let (good, bad, other) = (world.channel("#good"), world.channel("#bad"), world.channel("#other"))
            let user = LogKey(world.tenant, .user, "session")
            let shard = try await world.shard(world.store())
            for log in [good, other] { _ = try await shard.follow(log) }
            _ = try await shard.append(Transaction(changes: [self.join(good, "ann")]))
            try world.server.send(breakage)

            // All of them in one call.
            let whole = Transaction(changes: [self.join(good, "bob"), self.join(bad, "bob"), self.join(user, "bob")])
            let results = try await shard.append(together: [
                Transaction(changes: [LogChange(other, payload: ByteBuffer(string: "before"))]), whole,
                Transaction(changes: [self.join(good, "cid")]),
            ])
            guard case .success(.appended) = results[0], case .failure = results[1],
                case .success(.appended(let stamps)) = results[2]
            else {
                Issue.record("\(results)")
                return
            }
            // Nothing of the broken one came between.
            #expect(stamps.map(\.position.sequence) == [2])
            #expect(shard.receiver.payloads(of: good) == ["ann", "cid"])
            #expect(shard.receiver.payloads(of: other) == ["before"])
            #expect(try await shard.load(good)?.fields.keys.map(\.name).sorted() == ["ann", "cid"])
            // Members that never came are not counted.
            let counted = try await shard.excerpts(of: [good], Excerpt.Request(fields: [], counts: [Self.members]))
            #expect(counted[0].counts == [Self.members: 2])
        }
    }

    @Test func `counters that are broken fail alone`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let counter = CounterKey(world.tenant, "connections")
            let shard = try await world.shard(world.store())
            _ = try world.server.command("SET", "r:acme:k:connections", "no hash")
            _ = try world.server.command("SADD", "r:acme:b:connections", "no text")
            let message = LogChange(log, payload: ByteBuffer(string: "hello"))
            let results: [Result<Int, LiveStoreError>] = try await shard.together([
                { $0.reserve(1, of: counter, limit: 10, $1) },
                { $0.take(1, from: counter, rate: 1, burst: 10, $1) },
                { client, completion in
                    client.append(Transaction(changes: [message])) { completion($0.map { _ in 0 }) }
                },
            ])
            guard case .failure = results[0], case .failure = results[1], case .success = results[2] else {
                Issue.record("\(results)")
                return
            }
        }
    }

    @Test func `a bucket that was taken from while the clock was years ahead fills again`() async throws {
        try await RedisWorld.run { world in
            let bucket = CounterKey(world.tenant, "messages")
            let shard = try await world.shard(world.store())
            let future = "return redis.call('SET', KEYS[1], struct.pack('>dd', 0, 1e15))"
            _ = try world.server.command("EVAL", future, "1", "r:acme:b:messages")
            try await until("a token") {
                try await shard.take(1, from: bucket, rate: 1000, burst: 10) == 1
            }
        }
    }

    @Test func `a stream that is left over from an erased log takes nothing from the new one`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard(world.store())
            for number in 1...5 { try await shard.say("old \(number)", in: log) }
            // Erasing finds one of the two keys first, and somebody appends before it finds the other.
            _ = try world.server.command("DEL", "r:acme:c:#a:h")
            _ = try await shard.follow(log)
            for number in 1...3 {
                let results = try await shard.append(together: [
                    Transaction(changes: [LogChange(log, payload: ByteBuffer(string: "new \(number)"))]),
                    Transaction(changes: [LogChange(world.channel("#b"), payload: ByteBuffer(string: "beside"))]),
                ])
                for result in results { _ = try result.get() }
            }
            #expect(shard.receiver.payloads(of: log) == ["new 1", "new 2", "new 3"])
            #expect(try await shard.entries(of: log).map { String(buffer: $0.payload) } == ["new 1", "new 2", "new 3"])
        }
    }

    @Test func `a stream that was tampered with is made anew, and followers still hear everything`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard(world.store())
            _ = try await shard.follow(log)
            try await shard.say("1", in: log)
            _ = try world.server.command("XADD", "r:acme:c:#a:s", "100-0", "c", "x")
            try await shard.say("2", in: log)
            _ = try world.server.command("SET", "r:acme:c:#a:s", "no stream")
            try await shard.say("3", in: log)
            #expect(shard.receiver.payloads(of: log) == ["1", "2", "3"])
        }
    }
}
