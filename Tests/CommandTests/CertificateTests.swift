// CERT, and AUTHENTICATE EXTERNAL (RFC 4422 appendix A): accounts that clients' certificates log in to.

import Foundation
import Realm
import Simulation
import Tenant
import Testing

@Suite struct CertificateTests {
    private static let first = String(repeating: "ab", count: 32)
    private static let second = String(repeating: "0f", count: 32)

    /// Somebody in the middle of the negotiation, with or without a certificate.
    private func stranger(
        _ harness: CommandHarness,
        _ fingerprint: String?,
        as nick: String = "x"
    ) async -> (client: Client, sasl: String?) {
        let client = Client(harness: harness, wire: harness.connect(fingerprint: fingerprint))
        let words = await client.send("CAP LS 302").with("CAP").flatMap { $0.text.split(separator: " ") }
        _ = await client.send("CAP REQ :sasl standard-replies", "NICK \(nick)", "USER x 0 * :X")
        return (client, words.first { $0.hasPrefix("sasl=") }.map(String.init))
    }

    private func member(_ harness: CommandHarness, _ account: String, _ fingerprint: String?) async -> Client {
        let client = await self.stranger(harness, fingerprint, as: account).client
        harness.accounts.add(account, password: "sesame")
        _ = await client.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain(account, "sesame"))", "CAP END")
        return client
    }

    private func external(_ client: Client, as account: String = "") async -> [Line] {
        let message = account.isEmpty ? "+" : Data(account.utf8).base64EncodedString()
        return await client.send("AUTHENTICATE EXTERNAL", "AUTHENTICATE \(message)").filter {
            $0.command != "AUTHENTICATE"
        }
    }

    @Test func `CERT ADD takes the certificate that the client shows, which logs in from then on`() async throws {
        let harness = try CommandHarness()
        let ann = await self.member(harness, "ann", Self.first)
        #expect(await ann.send("CERT ADD").begin(with: ["NOTE CERT CERTIFICATE_ADDED \(Self.first) "]))
        #expect(await ann.send("CERT ADD").begin(with: ["NOTE CERT CERTIFICATE_ADDED \(Self.first) "]))
        let listed = await ann.send("CERT LIST").shorts
        #expect(listed.count == 2 && listed[0].hasPrefix("NOTE CERT CERTIFICATE \(Self.first) "), "\(listed)")
        #expect(listed[1].hasPrefix("NOTE CERT CERTIFICATES_END 1 "), "\(listed)")

        let (phone, offered) = await self.stranger(harness, Self.first)
        #expect(offered == "sasl=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,EXTERNAL")
        #expect(await self.external(phone, as: "bob").commands == ["904"])
        let lines = await self.external(phone, as: "Ann")
        #expect(lines.commands == ["900", "903"] && lines[0].parameters[2] == "ann")

        #expect(await ann.send("CERT DEL \(Self.first.uppercased())").begin(with: ["NOTE CERT CERTIFICATE_REMOVED"]))
        #expect(await ann.send("CERT DEL \(Self.first)").begin(with: ["FAIL CERT UNKNOWN_CERTIFICATE"]))
        #expect(await self.external(await self.stranger(harness, Self.first).client).commands == ["904"])
    }

    @Test func `a certificate is one account's, and others are added by their fingerprints`() async throws {
        let harness = try CommandHarness()
        let ann = await self.member(harness, "ann", nil)
        #expect(await ann.send("CERT ADD").begin(with: ["FAIL CERT NO_CERTIFICATE"]))
        let colons = stride(from: 0, to: 64, by: 2).map { _ in "AB" }.joined(separator: ":")
        #expect(await ann.send("CERT ADD \(colons)").begin(with: ["NOTE CERT CERTIFICATE_ADDED \(Self.first) "]))
        let bob = await self.member(harness, "bob", Self.first)
        #expect(await bob.send("CERT ADD").begin(with: ["FAIL CERT CERTIFICATE_IN_USE"]))
        #expect(await bob.send("CERT DEL \(Self.first)").begin(with: ["FAIL CERT UNKNOWN_CERTIFICATE"]))
        for number in 1..<Network.certificateLimit {
            let fingerprint = String(repeating: "\(number)", count: 64)
            #expect(await ann.send("CERT ADD \(fingerprint)").begin(with: ["NOTE CERT CERTIFICATE_ADDED"]))
        }
        #expect(await ann.send("CERT ADD \(Self.second)").begin(with: ["FAIL CERT LIMIT_REACHED"]))
    }

    @Test func `who shows no certificate, or an unknown one, is not logged in by it`() async throws {
        let harness = try CommandHarness()
        let (without, offered) = await self.stranger(harness, nil)
        #expect(offered == "sasl=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512")
        #expect(await without.send("AUTHENTICATE EXTERNAL").commands == ["908", "904"])
        let (unknown, _) = await self.stranger(harness, Self.second)
        #expect(await self.external(unknown).commands == ["904"])
        // An account of no name is nobody's.
        #expect(await self.external(unknown, as: " ").commands == ["904"])
    }

    @Test(arguments: [
        ("CERT ADD abcd", "FAIL CERT INVALID_FINGERPRINT ADD "), ("CERT DEL xyz", "FAIL CERT INVALID_FINGERPRINT DEL "),
        ("CERT DEL", "FAIL CERT INVALID_PARAMS "), ("CERT NOSUCH", "FAIL CERT INVALID_PARAMS "),
        ("CERT LIST", "FAIL CERT ACCOUNT_REQUIRED "),
    ])
    func `CERT says what is wrong`(line: String, answer: String) async throws {
        let harness = try CommandHarness()
        let guest = await harness.client("guest", "standard-replies")
        #expect(await guest.send(line).begin(with: [answer]))
    }

    @Test func `what a tenant does not offer logs nobody in`() async throws {
        var settings = AccountSettings.standard
        settings.saslMechanisms = [.plain]
        let harness = try CommandHarness(accounts: settings)
        let ann = await self.member(harness, "ann", Self.first)
        _ = await ann.send("CERT ADD")
        let (client, offered) = await self.stranger(harness, Self.first)
        #expect(offered == "sasl=PLAIN")
        #expect(await client.send("AUTHENTICATE EXTERNAL").commands == ["908", "904"])
    }

    @Test func `accounts that cannot be read are told to be`() async throws {
        let harness = try CommandHarness()
        let ann = await self.member(harness, "ann", Self.first)
        _ = await ann.send("CERT ADD")
        harness.accounts.failure = .unavailable
        #expect(await ann.send("CERT LIST").begin(with: ["FAIL CERT TEMPORARILY_UNAVAILABLE"]))
        let lines = await self.external(await self.stranger(harness, Self.first).client)
        #expect(lines.commands.last == "904" && lines.last?.text.contains("cannot be checked") == true, "\(lines)")
    }
}
