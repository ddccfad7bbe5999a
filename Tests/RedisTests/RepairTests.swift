import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// Followers that missed something.
@Suite(.serialized) struct RepairTests {
    @Test func `what was said while a follower was cut off comes to it afterwards, in order`() async throws {
        try await RedisWorld.run { world in
            let logs = (1...5).map { world.channel("#\($0)") }
            let listener = try await world.shard(world.faultyStore())
            let speaker = try await world.shard(world.store())
            for log in logs {
                try await speaker.say("0", in: log)
                _ = try await listener.follow(log)
            }
            try await world.cutOff(listener)
            for number in 1...40 {
                for log in logs { try await speaker.say("\(number)", in: log) }
            }
            world.proxy.set(.pass)
            for log in logs {
                try await listener.receiver.wait(forEntries: 40, of: log)
                #expect(listener.receiver.payloads(of: log) == (1...40).map(String.init))
            }
            #expect(reloads(listener.receiver.events).isEmpty)
        }
    }

    @Test func `a busy log keeps what is younger than a minute, and later little of it`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let listener = try await world.shard(world.faultyStore())
            let speaker = try await world.shard(world.store())
            _ = try await listener.follow(log)
            try await world.cutOff(listener)
            for number in 1...2000 { try await speaker.say("\(number)", in: log) }
            world.proxy.set(.pass)
            try await listener.receiver.wait(forEntries: 2000, of: log)
            #expect(listener.receiver.payloads(of: log) == (1...2000).map(String.init))

            // A minute passes, twice: the mark's time is the last of the numbers that the log's hash has.
            let age = """
                local meta = redis.call('HGET', KEYS[1], '\\0')
                local time = struct.unpack('>I8', meta, 49)
                meta = string.sub(meta, 1, 48) .. struct.pack('>I8', time - 70000) .. string.sub(meta, 57)
                redis.call('HSET', KEYS[1], '\\0', meta)
                """
            for number in 2001...2002 {
                _ = try world.server.command("EVAL", age, "1", "r:\(log):h")
                try await speaker.say("\(number)", in: log)
            }
            // Redis trims by nodes of a hundred.
            let kept = try await speaker.entries(of: log, after: 0, limit: 2002)
            #expect((64...264).contains(kept.count))
            #expect(kept.last?.position.sequence == 2002)
        }
    }

    @Test func `a follower that missed more than is kept gets the state as it is, and goes on from there`() async throws
    {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            var configuration = RedisWorld.impatient
            configuration.entriesKept[.channel] = 10
            let listener = try await world.shard(world.faultyStore(configuration))
            let speaker = try await world.shard(world.store(configuration))
            _ = try await listener.follow(log)
            try await speaker.say("1", in: log)
            try await listener.receiver.wait(forEntries: 1, of: log)
            try await world.cutOff(listener)
            for number in 2...400 {
                let set = FieldChange.set(FieldName(Section("M"), "last"), Array("\(number)".utf8))
                let change = LogChange(log, payload: ByteBuffer(string: "\(number)"), fields: [set])
                _ = try await speaker.append(Transaction(changes: [change]))
            }
            world.proxy.set(.pass)
            try await listener.receiver.wait(for: "a reload") { !reloads($0).isEmpty }
            let snapshot = try #require(reloads(listener.receiver.events).first)
            #expect(snapshot.position.sequence == 400)
            #expect(snapshot.fields == [FieldName(Section("M"), "last"): Array("400".utf8)])
            try await speaker.say("401", in: log)
            try await listener.receiver.wait(forEntries: 2, of: log)
            #expect(listener.receiver.payloads(of: log) == ["1", "401"])
        }
    }

    @Test func `a follower that missed a log's end and its new beginning is told`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let listener = try await world.shard(world.faultyStore())
            let speaker = try await world.shard(world.store())
            try await speaker.say("old", in: log)
            _ = try await listener.follow(log)
            try await world.cutOff(listener)
            _ = try await speaker.append(Transaction(changes: [LogChange(log, lifetime: .drop)]))
            guard case .appended(let stamps) = try await speaker.say("new", in: log) else { return }
            world.proxy.set(.pass)
            try await listener.receiver.wait(for: "a reload") { !reloads($0).isEmpty }
            try await speaker.say("newer", in: log)
            try await listener.receiver.wait(for: "the new log") { events in
                TestReceiver.entries(of: log, in: events).last.map { String(buffer: $0.payload) } == "newer"
            }
            #expect(reloads(listener.receiver.events).map(\.position.epoch) == [stamps[0].position.epoch])
        }
    }

    @Test func `a follower that missed a log's end is told that it does not exist`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let listener = try await world.shard(world.faultyStore())
            let speaker = try await world.shard(world.store())
            try await speaker.say("old", in: log)
            _ = try await listener.follow(log)
            try await world.cutOff(listener)
            _ = try await speaker.append(Transaction(changes: [LogChange(log, lifetime: .drop)]))
            world.proxy.set(.pass)
            try await listener.receiver.wait(for: "a reload") { reloads($0).map(\.exists) == [false] }
        }
    }

    @Test func `a server that lost everything starts new epochs, and followers are told`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard(world.store())
            _ = try await shard.follow(log)
            try await shard.say("before", in: log)
            #expect(try world.server.command("FLUSHALL") == "OK")
            #expect(try world.server.command("FUNCTION", "FLUSH") == "OK")
            try await shard.say("after", in: log)
            try await shard.say("later", in: log)
            let entries = shard.receiver.entries(of: log)
            #expect(entries.first.map { String(buffer: $0.payload) } == "before")
            #expect(entries.last.map { String(buffer: $0.payload) } == "later")
            let epochs = entries.map(\.position.epoch)
            #expect(epochs == epochs.sorted() && Set(epochs).count == 2)
            let states = reloads(shard.receiver.events)
            #expect(!states.isEmpty && states.allSatisfy(\.fields.isEmpty))
        }
    }

    @Test func `own entries that the subscription does not bring are asked for before the append completes`()
        async throws
    {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard(world.store())
            _ = try await shard.follow(log)
            for number in 1...20 {
                _ = try world.server.command("CLIENT", "KILL", "TYPE", "pubsub")
                try await shard.say("\(number)", in: log)
                #expect(shard.receiver.entries(of: log).last?.position.sequence == UInt64(number))
            }
            #expect(shard.receiver.payloads(of: log) == (1...20).map(String.init))
        }
    }

    @Test func `a log whose first entries the subscription does not bring was not missed`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard(world.store())
            _ = try await shard.follow(log)
            _ = try world.server.command("CLIENT", "KILL", "TYPE", "pubsub")
            try await shard.say("1", in: log)
            #expect(shard.receiver.payloads(of: log) == ["1"])
            #expect(reloads(shard.receiver.events).isEmpty)
        }
    }

    @Test func `what was missed comes in slices when there is room for each, and other logs do not wait`() async throws
    {
        try await RedisWorld.run { world in
            let (long, other) = (world.channel("#long"), world.channel("#other"))
            let listener = try await world.shard(world.faultyStore())
            let speaker = try await world.shard(world.store())
            for log in [long, other] { _ = try await listener.follow(log) }
            try await world.cutOff(listener)
            let said = (1...1000).map { number in
                let text = "\(number) " + String(repeating: "x", count: 470)
                return Transaction(changes: [LogChange(long, payload: ByteBuffer(string: text))])
            }
            for result in try await speaker.append(together: said) { _ = try result.get() }
            listener.receiver.holdRepairs(of: long)
            world.proxy.set(.pass)
            try await listener.receiver.wait(for: "a repair") { $0.contains { $0.isRepair } }
            try await speaker.say("here", in: other)
            try await listener.receiver.wait(forEntries: 1, of: other)
            #expect(listener.receiver.entries(of: long).isEmpty)

            var slices: [Int] = []
            while listener.receiver.entries(of: long).count < 1000 {
                let before = listener.receiver.events
                _ = try await listener.on { _ in listener.receiver.letRepairsGoOn() }
                try await listener.receiver.wait(for: "more of it") { events in
                    events.count { $0.isRepair } > before.count { $0.isRepair }
                        || TestReceiver.entries(of: long, in: events).count == 1000
                }
                let had = TestReceiver.entries(of: long, in: before).count
                slices.append(listener.receiver.entries(of: long).count - had)
            }
            #expect(slices.allSatisfy { $0 < 200 }, "\(slices)")
            try await speaker.say("1001 ", in: long)
            try await listener.receiver.wait(forEntries: 1001, of: long)
            let numbers = listener.receiver.payloads(of: long).map { String($0.prefix { $0 != " " }) }
            #expect(numbers == (1...1001).map(String.init))
            #expect(reloads(listener.receiver.events).isEmpty)
        }
    }
}
