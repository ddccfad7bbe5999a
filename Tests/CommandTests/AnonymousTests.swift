// SASL ANONYMOUS (RFC 4505): guests where others have to log in.

import Foundation
import Simulation
import Tenant
import Testing

@Suite struct AnonymousTests {
    private static func settings(_ isOffered: Bool) -> AccountSettings {
        var settings = AccountSettings.standard
        (settings.anonymous, settings.required) = (isOffered, true)
        return settings
    }

    private static func trace(_ text: String) -> String {
        text.isEmpty ? "+" : Data(text.utf8).base64EncodedString()
    }

    @Test func `AUTHENTICATE ANONYMOUS lets a guest in where accounts are required`() async throws {
        let harness = try CommandHarness(accounts: Self.settings(true))
        let guest = harness.stranger()
        let offered = await guest.send("CAP LS 302").map(\.text).joined()
        #expect(offered.contains("sasl=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,ANONYMOUS"))
        _ = await guest.send("CAP REQ :sasl", "NICK guest", "USER guest 0 * :G")
        #expect(await guest.send("AUTHENTICATE ANONYMOUS").shorts == ["AUTHENTICATE +"])
        #expect(await guest.send("AUTHENTICATE \(Self.trace("admin@example.com"))").commands == ["903"])
        let welcome = await guest.send("CAP END")
        #expect(welcome.commands.contains("001"))
        // What it said is nobody's to believe, and shown to nobody.
        #expect(await guest.send("WHOIS guest").allSatisfy { $0.command != "330" && !$0.text.contains("admin@") })
        // Without that nobody is let in.
        let other = harness.stranger()
        #expect(await other.send("NICK other", "USER other 0 * :O").shorts.first?.contains("ACCOUNT_REQUIRED") == true)
        #expect(await guest.send("AUTHENTICATE ANONYMOUS", "AUTHENTICATE +").commands.last == "904")
    }

    @Test func `it is neither offered nor taken unless the tenant says so`() async throws {
        let harness = try CommandHarness(accounts: Self.settings(false))
        let guest = harness.stranger()
        #expect(await guest.send("CAP LS 302").allSatisfy { !$0.text.contains("ANONYMOUS") })
        _ = await guest.send("CAP REQ :sasl")
        #expect(await guest.send("AUTHENTICATE ANONYMOUS").commands == ["908", "904"])
    }

    @Test(arguments: [("", true), ("x", true), (String(repeating: "é", count: 255), true)])
    func `what is said may be empty, or 255 characters long`(trace: String, isTaken: Bool) async throws {
        let harness = try CommandHarness(accounts: Self.settings(true))
        let guest = harness.stranger()
        _ = await guest.send("CAP REQ :sasl", "AUTHENTICATE ANONYMOUS")
        let text = Self.trace(trace)
        let lines = stride(from: 0, to: text.count, by: 400).map { start in
            String(text.dropFirst(start).prefix(400))
        }
        var heard: [Line] = []
        for line in lines { heard += await guest.send("AUTHENTICATE \(line)") }
        #expect(heard.commands == [isTaken ? "903" : "904"])
    }

    @Test func `what is too long or no text is refused, and a log-in behind it counts`() async throws {
        let harness = try CommandHarness(accounts: Self.settings(true))
        harness.accounts.add("ann", password: "sesame")
        let guest = harness.stranger()
        _ = await guest.send("CAP REQ :sasl", "NICK ann", "USER ann 0 * :A")
        let long = Self.trace(String(repeating: "x", count: 256))
        for message in [long, Data([0xFF, 0xFE]).base64EncodedString()] {
            _ = await guest.send("AUTHENTICATE ANONYMOUS")
            #expect(await guest.send("AUTHENTICATE \(message)").commands == ["904"])
        }
        _ = await guest.send("AUTHENTICATE ANONYMOUS", "AUTHENTICATE +")
        _ = await guest.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))")
        _ = await guest.send("CAP END")
        #expect(await guest.send("WHOIS ann").with("330").count == 1)
    }
}
