// Logging in by SCRAM as a client does it, so that the server's own implementation does not judge itself.

import Crypto
import Foundation
import Testing

/// The client's side.
private struct ScramClient {
    let account: String
    let password: String
    /// SHA-512, or SHA-256.
    let isLong: Bool
    private let nonce = "rOprNGfwEbeRWgbNEkqO"
    private var bare: String { "n=\(self.account),r=\(self.nonce)" }

    var first: String { Data("n,,\(self.bare)".utf8).base64EncodedString() }

    private func keyed(_ key: some ContiguousBytes, _ data: some DataProtocol) -> Data {
        let key = SymmetricKey(data: key)
        return self.isLong
            ? Data(HMAC<SHA512>.authenticationCode(for: data, using: key))
            : Data(HMAC<SHA256>.authenticationCode(for: data, using: key))
    }

    private func hash(_ data: Data) -> Data {
        self.isLong ? Data(SHA512.hash(data: data)) : Data(SHA256.hash(data: data))
    }

    /// RFC 5802 section 2.2, Hi.
    private func salted(_ salt: Data, _ rounds: Int) -> Data {
        var last = self.keyed(Data(self.password.utf8), salt + [0, 0, 0, 1])
        var all = last
        for _ in 1..<rounds {
            last = self.keyed(Data(self.password.utf8), last)
            all = Data(zip(all, last).map { $0 ^ $1 })
        }
        return all
    }

    /// The proof for a challenge, and the signature that the server then owes.
    func answer(_ challenge: String) -> (message: String, signature: String)? {
        guard let server = Data(base64Encoded: challenge).map({ String(decoding: $0, as: UTF8.self) }) else {
            return nil
        }
        let parts = server.split(separator: ",").map { String($0.dropFirst(2)) }
        guard parts.count == 3, parts[0].hasPrefix(self.nonce), let rounds = Int(parts[2]), 1...100_000 ~= rounds,
            let salt = Data(base64Encoded: parts[1])
        else { return nil }
        let salted = self.salted(salt, rounds)
        let client = self.keyed(salted, Data("Client Key".utf8))
        let final = "c=biws,r=\(parts[0])"
        let signed = Data("\(self.bare),\(server),\(final)".utf8)
        let proof = Data(zip(client, self.keyed(self.hash(client), signed)).map { $0 ^ $1 })
        let signature = self.keyed(self.keyed(salted, Data("Server Key".utf8)), signed)
        return (
            Data("\(final),p=\(proof.base64EncodedString())".utf8).base64EncodedString(),
            Data("v=\(signature.base64EncodedString())".utf8).base64EncodedString()
        )
    }
}

extension Client {
    /// Tries to log in by SCRAM; what came of it, if the server proved itself to who succeeded.
    ///
    /// - `pause`: what happens before the proof is sent.
    /// - `wait`: what happens between the server's proof and the end of the exchange.
    func proves(
        _ account: String,
        _ password: String,
        isLong: Bool = false,
        pause: () async -> Void = {},
        wait: () async -> Void = {}
    ) async throws -> [Line] {
        let scram = ScramClient(account: account, password: password, isLong: isLong)
        #expect(await self.send("AUTHENTICATE SCRAM-SHA-\(isLong ? 512 : 256)").shorts == ["AUTHENTICATE +"])
        let challenge = await self.send("AUTHENTICATE \(scram.first)")
        let answer = try #require(scram.answer(challenge.first?.text ?? ""), "\(challenge)")
        await pause()
        _ = await self.hears()
        let lines = await self.send("AUTHENTICATE \(answer.message)")
        guard lines.first?.command == "AUTHENTICATE" else { return lines }
        #expect(lines.shorts == ["AUTHENTICATE \(answer.signature)"])
        await wait()
        return await self.send("AUTHENTICATE +")
    }
}
