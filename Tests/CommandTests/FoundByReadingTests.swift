// Faults that were found by reading; each failed before it was mended.

import Edge
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct FoundByReadingTests {
    @Test func `a log-in that cannot be checked repeats no secret`() async throws {
        let harness = try CommandHarness()
        harness.accounts.failure = .unavailable
        let client = harness.connect()
        client.send("CAP REQ :sasl standard-replies", "NICK ann", "USER ann 0 * :Ann", "AUTHENTICATE PLAIN")
        await harness.settle()
        _ = client.take()
        let secret = "AGJvYgBzZWNyZXQ="
        let lines = await harness.send(client, "AUTHENTICATE \(secret)")
        #expect(lines.contains { $0.contains(" FAIL AUTHENTICATE TEMPORARILY_UNAVAILABLE ") }, "\(lines)")
        #expect(!lines.contains { $0.contains(secret) })
    }

    @Test func `a secret channel and one that is not there look the same`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.join("ann")
        _ = await harness.send(ann, "JOIN #Hidden", "MODE #Hidden +s")
        let bob = await harness.join("bob")
        #expect(await harness.send(bob, "NAMES #HIDDEN") == [":acme.localhost 366 bob #HIDDEN :End of NAMES list"])
        #expect(await harness.send(bob, "NAMES #NOTHERE") == [":acme.localhost 366 bob #NOTHERE :End of NAMES list"])
    }

    @Test(arguments: ["NOTICE", "NOTICE ,", "NOTICE , :x", "NOTICE nobody :x", "NOTICE #none :x"])
    func `a NOTICE is never answered`(line: String) async throws {
        let harness = try CommandHarness()
        let early = harness.connect()
        #expect(await harness.send(early, line) == [])
        let ann = await harness.join("ann")
        #expect(await harness.send(ann, line) == [])
    }

    @Test func `messages that wait behind others count against the tenant's rate`() async throws {
        var quotas = Quotas.unlimited
        quotas.messagesPerSecond = Quota(limit: 2)
        let harness = try CommandHarness(quotas: quotas)
        let ann = await harness.join("ann")
        let bob = await harness.join("bob")
        for client in [ann, bob] { _ = await harness.send(client, "JOIN #a") }
        _ = bob.take()
        let lines = (0..<20).map { "PRIVMSG #a :\($0)" }
        for line in lines { ann.send(line) }
        await harness.settle()
        // A burst of two seconds' and what fills meanwhile.
        #expect(bob.take().count <= 6)
        #expect(ann.take().contains { $0.contains("RATE_LIMITED") || $0.contains("too many messages") })
    }

    @Test func `a whole network is searched in turns`() async throws {
        let harness = try CommandHarness()
        for number in 0..<450 { _ = await harness.join("user\(number)") }
        let ann = await harness.join("ann")
        ann.send("WHO *nobody*")
        // Nothing of it has ended before the loop did other work.
        #expect(ann.take() == [])
        await harness.settle()
        #expect(ann.take() == [":acme.localhost 315 ann *nobody* :End of WHO list"])
    }

    @Test func `who waits for the server is not timed out for it`() async throws {
        var limits = ConnectionLimits.withoutFloodControl
        limits.registrationTimeout = .seconds(20)
        let harness = try CommandHarness(limits: limits)
        let silent = harness.connect()
        await harness.advance(by: 30)
        #expect(silent.isClosed)
    }

    @Test func `an account and its host come together`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "secret")
        let ann = await harness.join("ann", capabilities: "sasl")
        let bob = await harness.join("bob", capabilities: "account-notify chghost")
        for client in [ann, bob] { _ = await harness.send(client, "JOIN #a") }
        _ = bob.take()
        _ = await harness.send(ann, "AUTHENTICATE PLAIN")
        // "\0ann\0secret"
        let lines = await harness.send(ann, "AUTHENTICATE AGFubgBzZWNyZXQ=")
        #expect(lines.contains { $0.contains(" 900 ann ") } && lines.contains { $0.contains(" 903 ann ") }, "\(lines)")
        let told = bob.take()
        #expect(told.count == 2 && told[0].hasSuffix(" ACCOUNT ann") && told[1].contains(" CHGHOST "), "\(told)")
    }
}
