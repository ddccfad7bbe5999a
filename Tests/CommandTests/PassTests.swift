// PASS as a way to log in (modern.ircdocs.horse PASS).

import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct PassTests {
    @Test(arguments: [("sesame", "ann"), ("ann:sesame", "other"), (":ann:sesame", "other")])
    func `PASS with an account's password logs in`(password: String, nick: String) async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        let client = harness.stranger()
        let lines = await client.send("PASS \(password)", "NICK \(nick)", "USER x 0 * :X")
        #expect(lines.first?.command == "001", "\(lines)")
        #expect(
            await client.send("WHOIS \(nick)").with("330").first?.parameters == [nick, nick, "ann", "is logged in as"]
        )
    }

    @Test(arguments: ["wrong", "ann:wrong", "nobody:sesame", ":"])
    func `PASS with a wrong password closes the connection`(password: String) async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        let client = harness.stranger()
        let lines = await client.send("PASS \(password)", "NICK ann", "USER x 0 * :X")
        #expect(lines.commands == ["464", "ERROR"], "\(lines)")
        #expect(client.isClosed)
        #expect(await harness.client("ann").send("LUSERS").first?.text.contains("1 users") == true)
    }

    @Test(arguments: ["x", "sesame", "a b"])
    func `PASS that nobody asked for is passed over`(password: String) async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        let lines = await harness.stranger().send("PASS :\(password)", "NICK bob", "USER x 0 * :X")
        #expect(lines.first?.command == "001", "\(lines)")
        #expect(await harness.client("cid").send("WHOIS bob").with("330").isEmpty)
    }

    @Test(arguments: ["", "CAP REQ batch"], ["", "PASS x"])
    func `who needs an account is told so, whatever the client knows`(first: String, second: String) async throws {
        var settings = AccountSettings.standard
        settings.required = true
        let harness = try CommandHarness(accounts: settings)
        let client = harness.stranger()
        for line in [first, second] where !line.isEmpty { _ = await client.send(line) }
        let lines = await client.send("NICK bob", "USER x 0 * :X", "CAP END")
        #expect(lines.shorts.first == "FAIL * ACCOUNT_REQUIRED You must log in with SASL to connect", "\(lines)")
        #expect(lines.last?.command == "ERROR" && client.isClosed)
    }

    @Test func `PASS is for the time before registration`() async throws {
        let harness = try CommandHarness()
        #expect(await harness.stranger().send("PASS").begin(with: ["461 PASS"]))
        #expect(await harness.client("ann").send("PASS x").begin(with: ["462"]))
    }

    @Test func `PASS lets nobody in whose account cannot be checked`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        harness.accounts.failure = .unavailable
        let client = harness.stranger()
        let lines = await client.send("PASS sesame", "NICK ann", "USER x 0 * :X")
        #expect(lines.commands == ["ERROR"] && lines[0].text.contains("try again"), "\(lines)")
    }
}
