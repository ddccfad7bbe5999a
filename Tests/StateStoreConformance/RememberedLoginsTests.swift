import NIOCore
import NIOPosix
import StateStore
import Tenant
import TestSupport
import Testing

/// The log of a tenant's remembered log-ins: of thousands, read whole, forgotten one by one, and erased with its tenant.
struct RememberedLoginsTests {
    private static func set(_ name: String) -> FieldChange {
        .set(RememberedLogins.field(of: name), Array(repeating: 7, count: 400))
    }

    @Test(arguments: LiveDriver.all)
    func `as many as there may be are read whole while others come`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let (shard, other) = (try await world.shard(), try await world.shardElsewhere())
            let log = RememberedLogins.log(of: world.tenant)
            for start in stride(from: 0, to: RememberedLogins.most, by: 1000) {
                let fields = (start..<start + 1000).map { Self.set("a\($0)") }
                _ = try await shard.append(Transaction(changes: [LogChange(log, fields: fields)]))
            }
            async let loading = shard.load(log)
            for number in 0..<10 {
                _ = try await other.append(Transaction(changes: [LogChange(log, fields: [Self.set("b\(number)")])]))
            }
            let loaded = try #require(try await loading)
            #expect(loaded.fields.count >= RememberedLogins.most)
            #expect(try await shard.load(log)?.fields.count == RememberedLogins.most + 10)
            let request = Excerpt.Request(
                fields: [RememberedLogins.field(of: "a7")],
                counts: [RememberedLogins.section]
            )
            let excerpt = try #require(try await shard.excerpts(of: [log], request).first)
            #expect(excerpt.fields.count == 1 && excerpt.counts.values.first == RememberedLogins.most + 10)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `those are forgotten who are named, and nothing is made of who was not remembered`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let (shard, log) = (try await world.shard(), RememberedLogins.log(of: world.tenant))
            let writer = ProjectionWriter(
                live: world.first,
                owner: "test",
                loop: MultiThreadedEventLoopGroup.singleton.next()
            )
            try await writer.forgetLogins(of: ["ann"], in: world.tenant)
            #expect(try await world.first.remains(of: world.tenant) == 0)
            let names = (0..<1200).map { "a\($0)" } + ["ann"]
            _ = try await shard.append(Transaction(changes: [LogChange(log, fields: names.map(Self.set))]))
            try await writer.forgetLogins(of: Array(names.dropLast()), in: world.tenant)
            #expect(try await shard.load(log)?.fields.keys.map(\.name) == ["ann"])
            try await writer.forgetLogins(of: ["ann", "bob"], in: world.tenant)
            #expect(try await shard.load(log)?.exists == false)
            #expect(try await world.first.remains(of: world.tenant) == 0)
        }
    }
}
