// Capability negotiation (ircv3.net/specs/extensions/capability-negotiation).

import Simulation
import Tenant
import Testing

@Suite struct CapTests {
    /// What CAP LS offers, names with their values.
    private func offer(_ lines: [Line]) -> [String: String] {
        lines.with("CAP").flatMap { $0.text.split(separator: " ") }.reduce(into: [:]) { offered, word in
            let parts = word.split(separator: "=", maxSplits: 1)
            offered[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
    }

    @Test func `CAP LS offers everything, with values for those who know them`() async throws {
        let harness = try CommandHarness()
        let lines = await harness.stranger().send("CAP LS 302")
        #expect(lines.last?.parameters.prefix(2) == ["*", "LS"] && lines.last?.parameters.count == 3)
        let offered = self.offer(lines)
        #expect(
            Set((everyCapability + " cap-notify sasl").split(separator: " ").map(String.init)).isSubset(
                of: offered.keys
            )
        )
        #expect(offered["sasl"] == "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512")
        let old = self.offer(await harness.stranger().send("CAP LS"))
        #expect(old["sasl"] == "" && old.values.allSatisfy(\.isEmpty))
    }

    @Test(arguments: [
        ("302", true), ("303", true), ("99999999999999999999", true), ("301", false), ("-99999999999999999999", false),
        ("x", false), ("302x", false),
    ])
    func `CAP LS takes any number for a version`(version: String, isCurrent: Bool) async throws {
        let client = try CommandHarness().stranger()
        #expect(self.offer(await client.send("CAP LS \(version)"))["sasl"]?.isEmpty == !isCurrent)
        #expect(await client.send("CAP LIST").first?.text == (isCurrent ? "cap-notify" : ""))
    }

    @Test(arguments: ["CAP LS", "CAP LS 301"])
    func `CAP LS is one line for who does not know of more`(line: String) async throws {
        let client = try CommandHarness().stranger()
        let lines = await client.send(line)
        #expect(lines.count == 1 && lines[0].description.utf8.count <= 510)
        let known = (everyCapability + " sasl").split(separator: " ").map(String.init)
        #expect(Set(known).isSubset(of: self.offer(lines).keys))
        #expect(await client.send("CAP REQ :batch").shorts == ["CAP * ACK batch"])
    }

    @Test func `CAP LS holds registration up until CAP END`() async throws {
        let client = try CommandHarness().stranger()
        #expect(await client.send("CAP LS 302", "NICK ann", "USER ann 0 * :Ann", "PING x").commands.last == "PONG")
        #expect(await client.send("CAP END").first?.command == "001")
    }

    @Test func `CAP REQ is granted or refused as a whole`() async throws {
        let client = try CommandHarness().stranger()
        #expect(
            await client.send("CAP REQ :server-time no-such-thing echo-message").shorts
                == ["CAP * NAK server-time no-such-thing echo-message"]
        )
        #expect(await client.send("CAP LIST").shorts == ["CAP * LIST "])
        #expect(await client.send("CAP REQ :server-time batch").shorts == ["CAP * ACK server-time batch"])
        #expect(await client.send("CAP REQ :-batch").shorts == ["CAP * ACK -batch"])
        #expect(await client.send("CAP LIST").shorts == ["CAP * LIST server-time"])
        #expect(await client.send("CAP REQ :Server-Time").shorts == ["CAP * NAK Server-Time"])
    }

    @Test func `cap-notify comes with version 302 and stays`() async throws {
        let client = try CommandHarness().stranger()
        _ = await client.send("CAP LS 302")
        #expect(await client.send("CAP LIST").shorts == ["CAP * LIST cap-notify"])
        #expect(await client.send("CAP REQ :-cap-notify").shorts == ["CAP * NAK -cap-notify"])
    }

    @Test(arguments: [("CAP FOO", "410 FOO"), ("CAP", "461 CAP")])
    func `CAP refuses what it does not know`(line: String, expected: String) async throws {
        #expect(await (try CommandHarness()).stranger().send(line).begin(with: [expected]))
    }

    @Test func `CAP END after registration changes nothing`() async throws {
        #expect(await (try CommandHarness()).client("ann").send("CAP END").isEmpty)
    }

    @Test func `capabilities that come late hold in channels from then on`() async throws {
        let harness = try CommandHarness()
        let room = await harness.room("#a", "ann", "bob")
        #expect(
            await room[1].send("CAP REQ :server-time extended-join").shorts == ["CAP bob ACK server-time extended-join"]
        )
        let cid = await harness.client("cid", in: "#a")
        let joined = await room[1].hears()
        #expect(joined.shorts == ["cid JOIN #a * Real cid"])
        #expect(joined[0].tags["time"]?.hasSuffix("Z") == true)
        _ = await room[1].send("CAP REQ :-server-time -extended-join")
        _ = await cid.send("PART #a", "JOIN #a")
        let later = await room[1].hears()
        #expect(later.shorts == ["cid PART #a", "cid JOIN #a"] && later.allSatisfy(\.tags.isEmpty))
        #expect(await room[0].hears().shorts == ["cid JOIN #a", "cid PART #a", "cid JOIN #a"])
    }

    @Test func `mechanisms that come and go are told to those who want to know`() async throws {
        let harness = try CommandHarness()
        let knowing = harness.stranger()
        _ = await knowing.send("CAP LS 302", "CAP REQ :sasl", "NICK ann", "USER ann 0 * :Ann", "CAP END")
        let other = await harness.client("bob")
        var settings = AccountSettings.standard
        settings.saslMechanisms = []
        await harness.apply(try .simulated(accounts: settings))
        #expect(await knowing.hears().shorts == ["CAP ann DEL sasl"])
        #expect(await knowing.send("CAP LIST").shorts == ["CAP ann LIST cap-notify"])
        #expect(await knowing.send("CAP REQ :sasl").shorts == ["CAP ann NAK sasl"])
        settings.saslMechanisms = [.plain]
        await harness.apply(try .simulated(accounts: settings))
        #expect(await knowing.hears().shorts == ["CAP ann NEW sasl=PLAIN"])
        #expect(await other.hears().isEmpty)
    }
}
