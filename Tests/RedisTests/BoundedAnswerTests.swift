import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// Redis serves nobody else while it makes an answer, so no answer is large.
///
/// A Redis that ends a connection on which more than two megabytes wait tells those that are.
@Suite(.serialized) struct BoundedAnswerTests {
    private static let limit = ["--client-output-buffer-limit", "normal", "2mb", "0", "0"]

    @Test func `a follower that missed much of many logs gets all of it, in pieces`() async throws {
        try await RedisWorld.run(options: Self.limit) { world in
            let logs = (1...64).map { world.channel("#\($0)") }
            let listener = try await world.shard(world.faultyStore())
            let speaker = try await world.shard(world.store())
            for log in logs {
                try await speaker.say("0", in: log)
                _ = try await listener.follow(log)
            }
            try await world.cutOff(listener)
            let text = String(repeating: "x", count: 4000)
            for number in 1...30 {
                let said = logs.map { log in
                    Transaction(changes: [LogChange(log, payload: ByteBuffer(string: "\(number) \(text)"))])
                }
                for result in try await speaker.append(together: said) { _ = try result.get() }
            }
            world.proxy.set(.pass)
            for log in logs {
                try await listener.receiver.wait(forEntries: 30, of: log)
                let numbers = listener.receiver.payloads(of: log).map { String($0.prefix { $0 != " " }) }
                #expect(numbers == (1...30).map(String.init))
            }
            #expect(reloads(listener.receiver.events).isEmpty)
        }
    }

    @Test func `a list of channels costs no more for those with many members`() async throws {
        try await RedisWorld.run(options: Self.limit) { world in
            let shard = try await world.shard(world.store())
            let text = Array(String(repeating: "x", count: 2000).utf8)
            let (members, topic) = (Section("m"), FieldName(Section("s"), "topic"))
            for channel in 1...4 {
                for start in stride(from: 0, to: 2000, by: 100) {
                    let fields = (start..<start + 100).map { FieldChange.set(FieldName(members, "\($0)"), text) }
                    let change = LogChange(world.channel("#\(channel)"), fields: fields + [.set(topic, [1])])
                    _ = try await shard.append(Transaction(changes: [change]))
                }
            }
            let request = Excerpt.Request(fields: [topic], counts: [members])
            let page = try await shard.page(world.tenant, .channel, after: nil, limit: 100, request)
            #expect(page.excerpts.map { $0.counts[members] } == [2000, 2000, 2000, 2000])
            #expect(page.excerpts.allSatisfy { $0.fields == [topic: [1]] })
        }
    }

    private func put(_ names: some Sequence<Int>, _ value: String) -> Transaction {
        let fields = names.map { FieldChange.set(Projection.field(ofCertificate: "t\($0)"), Array(value.utf8)) }
        return Transaction(changes: [LogChange(Projection.log, payload: ByteBuffer(string: value), fields: fields)])
    }

    @Test func `a projection of thirty thousand is loaded in pieces, as it is at one moment while others change it`()
        async throws
    {
        try await RedisWorld.run(options: Self.limit) { world in
            let count = 30_000
            let writer = try await world.shard(world.store())
            let reader = try await world.shard(world.store())
            let filler = String(repeating: "c", count: 200)
            for start in stride(from: 0, to: count, by: 500) {
                _ = try await writer.append(self.put(start..<start + 500, "0 \(filler)"))
            }
            // Each change sets two fields to one number, far from each other: at one moment they are the same.
            let changes = Task {
                var number = 1
                while !Task.isCancelled {
                    _ = try await writer.append(self.put([1, count - 1], "\(number) \(filler)"))
                    number += 1
                }
            }
            for _ in 1...3 {
                let snapshot = try #require(try await reader.load(Projection.log))
                let numbers = [1, count - 1].map { snapshot.fields[Projection.field(ofCertificate: "t\($0)")] }
                #expect(snapshot.fields.count == count)
                #expect(numbers[0] == numbers[1] && numbers[0] != nil)
            }
            let followed = try await reader.follow(Projection.log)
            #expect(followed.fields.count == count)
            changes.cancel()
            _ = await changes.result
            let last = try #require(try await writer.load(Projection.log))
            try await reader.receiver.wait(for: "the last change") { events in
                let reached = TestReceiver.entries(of: Projection.log, in: events).last?.position
                return (reached ?? followed.position) == last.position
            }
            let heard = reader.receiver.entries(of: Projection.log).map(\.position.sequence)
            #expect(heard == Array(followed.position.sequence + 1..<last.position.sequence + 1))
        }
    }

    @Test func `a channel of twenty thousand is followed in pieces, as it is at one moment while others come and go`()
        async throws
    {
        try await RedisWorld.run(options: Self.limit) { world in
            let (count, members) = (20_000, Section("m"))
            let log = world.channel("#large")
            let (writer, reader) = (try await world.shard(world.store()), try await world.shard(world.store()))
            let text = String(repeating: "m", count: 150)
            func joining(_ names: some Sequence<Int>, _ value: String) -> Transaction {
                let fields = names.map { FieldChange.set(FieldName(members, "s\($0)"), Array("\(value) \(text)".utf8)) }
                return Transaction(changes: [LogChange(log, payload: ByteBuffer(string: value), fields: fields)])
            }
            for start in stride(from: 0, to: count, by: 500) {
                _ = try await writer.append(joining(start..<start + 500, "0"))
            }
            // Two come and go together, with messages between.
            let changes = Task {
                var number = 1
                while !Task.isCancelled {
                    _ = try await writer.append(joining([count + 1, count + 2], "\(number)"))
                    try await writer.say("hello", in: log)
                    let both = [1, 2].map { FieldChange.remove(FieldName(members, "s\(count + $0)")) }
                    _ = try await writer.append(Transaction(changes: [LogChange(log, fields: both)]))
                    number += 1
                }
            }
            for _ in 1...5 {
                let snapshot = try #require(try await reader.load(log))
                let pair = [1, 2].map { snapshot.fields[FieldName(members, "s\(count + $0)")] }
                #expect(pair[0] == pair[1])
                #expect(snapshot.fields.count == (pair[0] == nil ? count : count + 2))
            }
            let followed = try await reader.follow(log)
            changes.cancel()
            _ = await changes.result
            let last = try #require(try await writer.load(log)).position.sequence
            try await reader.receiver.wait(for: "the last entry") { events in
                TestReceiver.entries(of: log, in: events).last?.position.sequence ?? followed.position.sequence == last
            }
            let heard = reader.receiver.entries(of: log).map(\.position.sequence)
            #expect(heard == Array(followed.position.sequence + 1..<last + 1))
        }
    }

    @Test func `fields that go while a projection is loaded are not in it`() async throws {
        try await RedisWorld.run(options: Self.limit) { world in
            let shard = try await world.shard(world.store())
            _ = try await shard.append(self.put(0..<2000, String(repeating: "c", count: 200)))
            let loading = Task { try await shard.load(Projection.log) }
            let remove = (0..<2000).map { FieldChange.remove(Projection.field(ofCertificate: "t\($0)")) }
            let other = try await world.shard(world.store())
            guard
                case .appended(let stamps) = try await other.append(
                    Transaction(changes: [LogChange(Projection.log, fields: remove)])
                )
            else { return }
            let snapshot = try #require(try await loading.value)
            let isAfter = snapshot.position == stamps.last?.position
            #expect(snapshot.fields.count == (isAfter ? 0 : 2000))
            #expect(try await shard.load(Projection.log)?.fields.isEmpty == true)
        }
    }
}
