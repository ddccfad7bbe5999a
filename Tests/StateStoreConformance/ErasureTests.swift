import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// What is left of a tenant that is erased: nothing, and all of the others.
struct ErasureTests {
    @Test(arguments: LiveDriver.all)
    func `everything of an erased tenant is gone, and nothing of another`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let tenants = try ["acme", "acme-2", "other"].map { try #require(TenantID($0)) }
            for tenant in tenants { try await self.fill(tenant, shard, pod: world.first.pod) }
            let before = try await world.first.remains(of: tenants[1])
            #expect(try await world.first.remains(of: tenants[0]) == before)
            try await world.first.erase(tenants[0])
            #expect(try await world.first.remains(of: tenants[0]) == 0)
            #expect(try await world.first.remains(of: tenants[1]) == before)
            #expect(try await world.first.remains(of: tenants[2]) == before)
            #expect(try await shard.load(LogKey(tenants[0], .channel, "#1"))?.exists == false)
            #expect(try await shard.count(tenants[0], .channel) == 0)
            #expect(try await shard.count(tenants[1], .channel) == 40)
            // A second time there is nothing to do.
            try await world.first.erase(tenants[0])
            #expect(try await world.first.remains(of: tenants[1]) == before)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `an erased tenant's slots and tokens are free again, and giving back what was erased harms nobody`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let (slots, tokens) = (CounterKey(world.tenant, "connections"), CounterKey(world.tenant, "messages"))
            #expect(try await shard.reserve(5, of: slots, limit: 5) == 5)
            #expect(try await shard.take(5, from: tokens, rate: 0.001, burst: 5) == 5)
            try await world.first.erase(world.tenant)
            #expect(try await shard.take(5, from: tokens, rate: 0.001, burst: 5) == 5)
            try await shard.on { $0.release(5, of: slots) }
            #expect(try await shard.reserve(9, of: slots, limit: 5) == 5)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `others' journal records that came in one call with an erased tenant's are still handed out`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let other = try #require(TenantID("other"))
            #expect(try await world.first.feedStanding(of: .history).waiting == 0)
            // In one turn of the loop, so in one call.
            try await shard.on { client in
                for number in 0..<10 {
                    for tenant in [world.tenant, other] {
                        let log = LogKey(tenant, .channel, "#\(number)")
                        client.append(Transaction(changes: [.text(log, "\(number)", feed: .any)])) { _ in }
                    }
                }
            }
            try await shard.say("last", in: LogKey(world.tenant, .channel, "#last"), feed: .any)
            #expect(try await world.first.feedStanding(of: .history).waiting > 0)
            try await world.first.erase(world.tenant)
            let store = world.first
            let records = try await within(.seconds(60), "the other tenant's records") {
                var records: [FeedRecord] = []
                while records.count < 10 {
                    records += try await store.readFeed(as: .history, limit: 100, timeout: .milliseconds(100))
                    try Task.checkCancellation()
                }
                return records
            }
            #expect(records.allSatisfy { $0.log.tenant == other })
            #expect(records.map { String(buffer: $0.entry.payload) } == (0..<10).map(String.init))
            try await world.first.acknowledge(records.map(\.id), as: .history)
            #expect(try await world.first.feedStanding(of: .history).waiting == 0)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `who follows a log of an erased tenant hears of its next beginning`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#a")
            let old = try await shard.say("old", in: log).stamps()[0].position
            _ = try await shard.follow(log)
            try await world.first.erase(world.tenant)
            let new = try await shard.say("new", in: log).stamps()[0].position
            #expect(new.epoch > old.epoch)
            #expect(new.sequence == 1)
            #expect(shard.receiver.entries(of: log).last?.position == new)
        }
    }

    /// Gives a tenant something of every kind.
    private func fill(_ tenant: TenantID, _ shard: TestShard, pod: PodID) async throws {
        for number in 0..<40 {
            let log = LogKey(tenant, .channel, "#\(number)")
            let field = FieldChange.set(.member("ann"), [1])
            _ = try await shard.append(Transaction(changes: [.text(log, "said", [field], feed: .any)]))
        }
        let inbox = LogKey(tenant, .user, "session")
        _ = try await shard.append(Transaction(changes: [.text(inbox, "made", holder: .set(pod))]))
        try await shard.say("here", in: LogKey(tenant, .nick, "ann"))
        try await shard.say("all", in: LogKey(tenant, .tenant, ""))
        let login = FieldChange.set(RememberedLogins.field(of: "ann"), [1])
        let change = LogChange(RememberedLogins.log(of: tenant), fields: [login])
        _ = try await shard.append(Transaction(changes: [change]))
        _ = try await shard.reserve(3, of: CounterKey(tenant, "connections"), limit: 10)
        _ = try await shard.take(3, from: CounterKey(tenant, "messages"), rate: 0.001, burst: 10)
    }
}
