// From a connection to a session, and back.

import Chat
import Simulation
import Tenant
import Testing

@Suite struct RegistrationTests {
    @Test func `a client that says who it is is welcomed`() async throws {
        let harness = try CommandHarness(motd: ["Be kind."])
        let client = harness.connect()
        let lines = await harness.send(client, "NICK Ann", "USER ann 0 * :Ann A.")
        #expect(lines.first?.hasPrefix(":acme.localhost 001 Ann :Welcome to ") == true)
        #expect(lines.contains { $0.contains(" 004 Ann acme.localhost roost-") && $0.contains(" Biorw ") })
        #expect(lines.contains { $0.contains(" 005 Ann ") && $0.contains(" CHANMODES=beI,k,l,imnprst ") })
        #expect(lines.contains(":acme.localhost 372 Ann :- Be kind."))
        #expect(lines.contains(":acme.localhost 251 Ann :There are 1 users on 1 server"))
    }

    @Test func `a nickname belongs to one`() async throws {
        let harness = try CommandHarness(shards: 2)
        _ = await harness.join("Ann")
        let other = harness.connect(shard: 1)
        let refused = await harness.send(other, "NICK ann", "USER x 0 * :X")
        #expect(refused.count == 1 && refused[0].hasPrefix(":acme.localhost 433 * ann :"), "\(refused)")
        #expect(await harness.send(other, "NICK bob").first?.hasPrefix(":acme.localhost 001 bob ") == true)
    }
}
