// Who was not let in is counted by why.

import Chat
import Edge
import Realm
import Simulation
import Tenant
import Testing

@Suite struct AdmissionTests {
    private func counted(_ harness: CommandHarness) -> [String: UInt64] {
        harness.shards.map(\.realm.currentStatistics.admissions).reduce(into: [:]) { all, counts in
            for (count, number) in counts { all["\(count.outcome) \(count.reason.rawValue)", default: 0] += number }
        }
    }

    @Test func `each refusal is counted once by its reason, and who is let in is not`() async throws {
        var quotas = Quotas.unlimited
        quotas.connections = Quota(limit: 2)
        quotas.connectionsPerAddress = Quota(limit: 1)
        quotas.newConnectionsPerSecond = Quota(limit: 4)
        let harness = try CommandHarness(shards: 2, quotas: quotas)
        _ = await harness.client("ann", address: "198.51.100.1")
        #expect(self.counted(harness).isEmpty)
        _ = await harness.client("two", shard: 1, address: "198.51.100.1")
        #expect(self.counted(harness) == ["refuse address": 1])
        _ = await harness.client("bob", address: "198.51.100.2")
        _ = await harness.client("cid", address: "198.51.100.3")
        #expect(self.counted(harness) == ["refuse address": 1, "refuse full": 1])
        let fifth = harness.stranger(shard: 1)
        #expect(await fifth.hears().first?.text.contains("Too many new connections") == true)
        #expect(self.counted(harness)["throttle rate"] == 1)
        await harness.apply(try HostedTenant.simulated(quotas: quotas, state: .cordoned))
        await harness.advance(by: 2)
        _ = await harness.stranger().hears()
        #expect(self.counted(harness)["refuse closed"] == 1)
    }

    @Test func `where accounts are required a guest is told to log in before anything of its nickname`() async throws {
        var settings = AccountSettings.standard
        settings.required = true
        let harness = try CommandHarness(accounts: settings)
        let lines = await harness.stranger().send("NICK NickServ", "USER x 0 * :X")
        #expect(lines.with("FAIL").first?.parameters.prefix(2) == ["*", "ACCOUNT_REQUIRED"])
        #expect(self.counted(harness) == ["demand-login account": 1])
    }
}
