// SASL OAUTHBEARER (RFC 7628): logging in by an issuer's token.

import Foundation
import Realm
import Simulation
import StateStore
import Tenant
import Testing

/// Takes tokens that are called like the account, and none of other issuers.
private struct Tokens: TokenAuthority {
    func check(_ token: Redacted<String>, by settings: OAuthSettings) async -> TokenVerdict {
        switch token.reveal() {
        case "away": .unavailable
        case "bad": .bad(.signature)
        case let name: .good(account: name)
        }
    }
}

@Suite struct BearerTests {
    private func harness(creates: Bool = false, limits: SessionLimits = SessionLimits()) throws -> CommandHarness {
        var accounts = AccountSettings.standard
        var oauth = OAuthSettings()
        (oauth.issuer, oauth.audience, oauth.createsAccounts) = ("https://id.example", "chat", creates)
        (accounts.oauth, accounts.required) = (oauth, true)
        return try CommandHarness(sessions: limits, accounts: accounts, tokens: Tokens())
    }

    private func message(_ token: String, header: String = "n,,") -> String {
        Data("\(header)\u{1}host=acme.localhost\u{1}port=6697\u{1}auth=Bearer \(token)\u{1}\u{1}".utf8)
            .base64EncodedString()
    }

    /// What is told to who logs in so, challenges as text.
    private func logsIn(_ client: Client, _ message: String) async -> [String] {
        var heard = await client.send("AUTHENTICATE OAUTHBEARER", "AUTHENTICATE \(message)").shorts.dropFirst()
        if let challenge = heard.first, challenge.hasPrefix("AUTHENTICATE ") {
            let text = Data(base64Encoded: String(challenge.dropFirst("AUTHENTICATE ".count)))
            heard = [text.map { String(decoding: $0, as: UTF8.self) } ?? "?"]
            heard += await client.send("AUTHENTICATE AQ==").shorts
        }
        return Array(heard)
    }

    @Test func `a good token logs in to the account that it names`() async throws {
        let harness = try self.harness()
        harness.accounts.add("ann", password: "sesame")
        for header in ["n,,", "y,,", "n,a=ann,", "n,a=ANN,"] {
            let client = harness.stranger()
            #expect(await client.send("CAP LS 302").map(\.text).joined().contains(",OAUTHBEARER"))
            _ = await client.send("CAP REQ :sasl", "NICK ann", "USER ann 0 * :A")
            let heard = await self.logsIn(client, self.message("ann", header: header))
            #expect(heard.count == 2 && heard[0].hasPrefix("900") && heard[1].hasPrefix("903"), "\(header): \(heard)")
            #expect(await client.send("CAP END").commands.contains("001"))
            #expect(await client.send("WHOIS ann").with("330").first?.parameters.contains("ann") == true)
        }
    }

    @Test func `what is wrong is told as programs read it, and then by 904`() async throws {
        let harness = try self.harness()
        harness.accounts.add("ann", password: "sesame")
        let client = harness.stranger()
        _ = await client.send("CAP REQ :sasl standard-replies")
        let place = #""openid-configuration":"https://id.example/.well-known/openid-configuration""#
        for message in [self.message("bad"), self.message("ann", header: "n,a=bob,")] {
            let heard = await self.logsIn(client, message)
            #expect(heard.first == #"{"status":"invalid_token",\#(place)}"#, "\(heard)")
            #expect(heard.count == 2 && heard[1].hasPrefix("904"), "\(heard)")
        }
        let away = await self.logsIn(client, self.message("away"))
        #expect(away.first == #"{"status":"temporarily_unavailable",\#(place)}"#, "\(away)")
        #expect(away.count == 3 && away[1].hasPrefix("FAIL AUTHENTICATE TEMPORARILY_UNAVAILABLE"), "\(away)")
        for text in [
            "n,,\u{1}auth=Bearer \u{1}\u{1}", "n,,\u{1}host=x\u{1}\u{1}", "n,,\u{1}auth=Basic x\u{1}\u{1}", "x",
            "p=tls-unique,,\u{1}auth=Bearer ann\u{1}\u{1}", "n,,\u{1}auth=Bearer ann\u{1}",
            "n,a==41nn,\u{1}auth=Bearer ann\u{1}\u{1}",
            "n,,\u{1}auth=Bearer ann\u{1}auth=Bearer bob\u{1}\u{1}",
        ] {
            let heard = await self.logsIn(client, Data(text.utf8).base64EncodedString())
            #expect(heard.first == #"{"status":"invalid_request"}"# && heard.count == 2, "\(text): \(heard)")
        }
    }

    @Test func `an account is made at the first log-in where the tenant says so`() async throws {
        let closed = try self.harness()
        let client = closed.stranger()
        _ = await client.send("CAP REQ :sasl standard-replies")
        let refused = await self.logsIn(client, self.message("new"))
        #expect(
            refused.last?.hasPrefix("904") == true && refused.contains { $0.contains("NO_SUCH_ACCOUNT") },
            "\(refused)"
        )

        let harness = try self.harness(creates: true)
        let new = harness.stranger()
        _ = await new.send("CAP REQ :sasl standard-replies", "NICK new", "USER new 0 * :N")
        #expect(await self.logsIn(new, self.message("new")).last?.hasPrefix("903") == true)
        #expect(harness.accounts.known("new")?.state == .active)
        let other = harness.stranger()
        _ = await other.send("CAP REQ :sasl standard-replies")
        for name in ["NickServ", "with,comma", "a\u{0}b"] where !name.contains("\u{0}") {
            let heard = await self.logsIn(other, self.message(name))
            #expect(heard.last?.hasPrefix("904") == true, "\(heard)")
            #expect(harness.accounts.known(name) == nil)
        }
    }

    @Test func `accounts that tokens make count as those that people register`() async throws {
        var limits = SessionLimits()
        limits.registrationsPerHour = 1
        let harness = try self.harness(creates: true, limits: limits)
        for (name, end) in [("one", "903"), ("two", "904")] {
            let client = harness.stranger()
            _ = await client.send("CAP REQ :sasl standard-replies")
            let heard = await self.logsIn(client, self.message(name))
            #expect(heard.last?.hasPrefix(end) == true, "\(heard)")
            #expect((harness.accounts.known(name) != nil) == (end == "903"))
        }
    }

    @Test func `it is neither offered nor taken where no issuer is named`() async throws {
        let harness = try CommandHarness(tokens: Tokens())
        harness.accounts.add("ann", password: "sesame")
        let client = harness.stranger()
        #expect(await client.send("CAP LS 302").allSatisfy { !$0.text.contains("OAUTHBEARER") })
        _ = await client.send("CAP REQ :sasl")
        #expect(await client.send("AUTHENTICATE OAUTHBEARER").commands == ["908", "904"])
    }
}
