import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// Which logs a tenant has.
struct NameTests {
    @Test(arguments: LiveDriver.all)
    func `names and counts are those of the logs that exist, by tenant and kind`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let other = try #require(TenantID("other"))
            let names = Set((0..<1500).map { "#\($0)" })
            for name in names {
                try await shard.on { client in
                    client.append(Transaction(changes: [.text(world.channel(name), "x")])) { _ in }
                }
            }
            try await shard.say("x", in: LogKey(other, .channel, "#elsewhere"))
            try await shard.say("x", in: LogKey(world.tenant, .tenant, ""))
            _ = try await shard.append(Transaction(changes: [.text(world.channel("#gone"), "x", [], .drop)]))
            #expect(try await shard.names(world.tenant, .channel) == names)
            #expect(try await shard.count(world.tenant, .channel) == 1500)
            #expect(try await shard.names(other, .channel) == ["#elsewhere"])
            #expect(try await shard.names(world.tenant, .tenant) == [""])
            #expect(try await shard.names(world.tenant, .nick).isEmpty)
            #expect(try await shard.count(world.tenant, .user) == 0)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `the cell has logs of its own, beside those of every tenant`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = LogKey(.cell, .projection, "tenants")
            let field = FieldName(Section("t"), "acme")
            _ = try await shard.follow(log)
            for name in ["1", "2"] {
                _ = try await shard.append(Transaction(changes: [.text(log, name, [.set(field, Array(name.utf8))])]))
            }
            try await shard.receiver.wait(forEntries: 2, of: log)
            #expect(try await shard.load(log)?.fields == [field: [UInt8(ascii: "2")]])
            #expect(try await shard.names(.cell, .projection) == ["tenants"])
            let change = LogChange.text(log, "held", holder: .set(world.first.pod))
            _ = try await shard.append(Transaction(changes: [change]))
            #expect(try await shard.names(world.tenant, .projection).isEmpty)
            #expect(try await world.first.renewLease(for: .seconds(30)) == .kept)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `logs whose names look like parts of others are kept apart`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let names = ["a", "a:h", "a:s", ":h", "", "i", "a:h:h", "*"]
            for name in names {
                let change = LogChange.text(world.channel(name), name, [.set(.member(name), Array(name.utf8))])
                _ = try await shard.append(Transaction(changes: [change]))
            }
            for name in names {
                #expect(try await shard.load(world.channel(name))?.fields == [.member(name): Array(name.utf8)])
                let entries = try await shard.entries(of: world.channel(name))
                #expect(entries.map { String(buffer: $0.payload) } == [name])
            }
            #expect(try await shard.names(world.tenant, .channel) == Set(names))
        }
    }
}
