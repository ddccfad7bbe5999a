// AUTHENTICATE SCRAM-SHA-256 (RFC 5802, RFC 7677; ircv3.net/specs/extensions/sasl-3.1).

import Crypto
import Foundation
import Simulation
import Testing

/// The client's side, for one round of hashing.
private struct Scram {
    let account: String
    let password: String
    private let nonce = "rOprNGfwEbeRWgbNEkqO"
    private var bare: String { "n=\(self.account),r=\(self.nonce)" }

    var first: String { Data("n,,\(self.bare)".utf8).base64EncodedString() }

    private static func hash(_ key: some ContiguousBytes, _ data: some DataProtocol) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: key)))
    }

    /// The proof for a challenge, and the signature that the server then owes.
    func answer(_ challenge: String) -> (message: String, signature: String)? {
        guard let server = Data(base64Encoded: challenge).map({ String(decoding: $0, as: UTF8.self) }) else {
            return nil
        }
        let parts = server.split(separator: ",").map { String($0.dropFirst(2)) }
        guard parts.count == 3, parts[0].hasPrefix(self.nonce), parts[2] == "1",
            let salt = Data(base64Encoded: parts[1])
        else { return nil }
        let salted = Self.hash(Data(self.password.utf8), salt + [0, 0, 0, 1])
        let client = Self.hash(salted, Data("Client Key".utf8))
        let final = "c=biws,r=\(parts[0])"
        let signed = Data("\(self.bare),\(server),\(final)".utf8)
        let proof = Data(zip(client, Self.hash(Data(SHA256.hash(data: client)), signed)).map { $0 ^ $1 })
        let signature = Self.hash(Self.hash(salted, Data("Server Key".utf8)), signed)
        return (
            Data("\(final),p=\(proof.base64EncodedString())".utf8).base64EncodedString(),
            Data("v=\(signature.base64EncodedString())".utf8).base64EncodedString()
        )
    }
}

@Suite struct ScramTests {
    /// Tries to log in; how it ended, if the server proved itself to who succeeded.
    private func logIn(_ client: Client, _ account: String, _ password: String) async throws -> [String] {
        let scram = Scram(account: account, password: password)
        #expect(await client.send("AUTHENTICATE SCRAM-SHA-256").shorts == ["AUTHENTICATE +"])
        let challenge = await client.send("AUTHENTICATE \(scram.first)")
        let answer = try #require(scram.answer(challenge.first?.text ?? ""), "\(challenge)")
        let lines = await client.send("AUTHENTICATE \(answer.message)")
        guard lines.first?.command == "AUTHENTICATE" else { return lines.commands }
        #expect(lines.shorts == ["AUTHENTICATE \(answer.signature)"])
        return await client.send("AUTHENTICATE +").commands
    }

    @Test func `AUTHENTICATE SCRAM-SHA-256 proves both sides to each other`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "pencil")
        let client = await harness.negotiating()
        #expect(try await self.logIn(client, "ann", "pencil") == ["900", "903"])
        #expect(await client.send("CAP END").first?.command == "001")
        #expect(await client.send("WHOIS ann").with("330").first?.parameters[2] == "ann")
    }

    @Test(arguments: [("ann", "wrong"), ("nobody", "pencil"), ("nobody", "nobody's")])
    func `a wrong proof and an unknown account look alike`(account: String, password: String) async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "pencil")
        let client = await harness.negotiating()
        #expect(try await self.logIn(client, account, password) == ["904"])
        #expect(try await self.logIn(client, "ann", "pencil") == ["900", "903"])
    }

    @Test func `tries with a proof count as those with a password`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "pencil")
        let client = await harness.negotiating()
        for _ in 0..<10 { #expect(try await self.logIn(client, "ann", "wrong") == ["904"]) }
        _ = await client.send("AUTHENTICATE PLAIN")
        #expect(await client.send("AUTHENTICATE \(plain("ann", "pencil"))").isEmpty)
    }

    @Test func `good log-ins with a proof do not count as tries`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "pencil")
        for index in 0..<20 {
            let client = await harness.negotiating("n\(index)")
            #expect(try await self.logIn(client, "ann", "pencil") == ["900", "903"])
        }
    }
}
