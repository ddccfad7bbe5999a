import Crypto
import Foundation
import Tenant
import Testing

/// The client's half, for tests: it proves any password to any server.
private struct ScramClient {
    static func final(
        password: String,
        firstBare: String,
        serverFirst: String,
        header: [UInt8] = Array("n,,".utf8)
    ) throws -> [UInt8] {
        let parts = serverFirst.split(separator: ",").map { $0.dropFirst(2) }
        let salt = try #require(Data(base64Encoded: String(parts[1])))
        var block = Data(
            HMAC<SHA256>.authenticationCode(for: salt + [0, 0, 0, 1], using: .init(data: Data(password.utf8)))
        )
        var salted = Array(block)
        for _ in 1..<(try #require(Int(parts[2]))) {
            block = Data(HMAC<SHA256>.authenticationCode(for: block, using: .init(data: Data(password.utf8))))
            for (index, byte) in block.enumerated() { salted[index] ^= byte }
        }
        let clientKey = Data(HMAC<SHA256>.authenticationCode(for: Data("Client Key".utf8), using: .init(data: salted)))
        let withoutProof = "c=\(Data(header).base64EncodedString()),r=\(parts[0])"
        let message = Data("\(firstBare),\(serverFirst),\(withoutProof)".utf8)
        let signature = HMAC<SHA256>.authenticationCode(
            for: message,
            using: .init(data: Data(SHA256.hash(data: clientKey)))
        )
        let proof = Data(zip(clientKey, signature).map { $0 ^ $1 }).base64EncodedString()
        return Array("\(withoutProof),p=\(proof)".utf8)
    }
}

@Suite struct `SCRAM-SHA-256` {
    private let credentials: ScramCredentials

    init() throws {
        let salt = try #require(Data(base64Encoded: "W22ZaJ0SNY7soEsUEjb6gQ=="))
        self.credentials = try ScramCredentials(password: "pencil", salt: Array(salt), iterations: 4096)
    }

    @Test func `the published conversation works word for word`() throws {
        // RFC 7677 section 3.
        var server = ScramServer(nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
        let request = try server.receiveFirst(Array("n,,n=user,r=rOprNGfwEbeRWgbNEkqO".utf8))
        #expect(request.account == "user" && request.authorizationIdentity == nil)
        let challenge = try server.challenge(self.credentials)
        #expect(challenge == "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
        let verdict = try server.receiveFinal(
            Array(
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
                    .utf8
            )
        )
        #expect(verdict == "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    }

    @Test func `a wrong password is refused, and nothing may follow`() throws {
        var server = ScramServer(nonce: "server")
        _ = try server.receiveFirst(Array("n,,n=user,r=client".utf8))
        let final = try ScramClient.final(
            password: "pencils",
            firstBare: "n=user,r=client",
            serverFirst: try server.challenge(self.credentials)
        )
        self.expect(.credentials) { () throws(AccountError) in try server.receiveFinal(final) }
        self.expect(.malformed) { () throws(AccountError) in try server.receiveFinal(final) }
    }

    /// `#expect(throws:)` cannot capture a value that cannot be copied.
    private func expect(_ expected: AccountError, _ body: () throws(AccountError) -> some Any) {
        do throws(AccountError) {
            _ = try body()
            Issue.record("nothing was refused")
        } catch {
            #expect(error == expected)
        }
    }

    @Test(arguments: [
        ("", AccountError.malformed), ("n,,", .malformed), ("n,,n=user", .malformed), ("n,,r=x,n=user", .malformed),
        ("x,,n=user,r=x", .malformed), ("n,b=x,n=user,r=x", .malformed), ("n,,n=us=er,r=x", .malformed),
        ("n,,n=,r=x", .malformed),
        ("n,,n=user,r=", .malformed), ("n,,n=us\0er,r=x", .malformed), ("n,,m=ext,n=user,r=x", .unknownExtension),
        ("p=tls-exporter,,n=user,r=x", .channelBinding),
    ])
    func `a first message that breaks the rules is refused`(message: String, error: AccountError) {
        var server = ScramServer(nonce: "server")
        self.expect(error) { () throws(AccountError) in try server.receiveFirst(Array(message.utf8)) }
    }

    @Test(arguments: [
        ("c=biws,r=clientserveR,p=AAAA", AccountError.malformed), ("c=eSws,r=clientserver,p=AAAA", .channelBinding),
        ("c=biws", .malformed), ("c=biws,r=clientserver", .malformed), ("c=biws,r=clientserver,p=AAAA", .malformed),
        ("r=clientserver,c=biws,p=AAAA", .malformed),
        ("c=biws,r=clientserver,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", .credentials), ("", .malformed),
    ])
    func `a last message that breaks the rules is refused`(message: String, error: AccountError) throws {
        var server = ScramServer(nonce: "server")
        _ = try server.receiveFirst(Array("n,,n=user,r=client".utf8))
        _ = try server.challenge(self.credentials)
        self.expect(error) { () throws(AccountError) in try server.receiveFinal(Array(message.utf8)) }
    }

    @Test func `names with commas and equals signs, and other identities, are read`() throws {
        var server = ScramServer(nonce: "server")
        let request = try server.receiveFirst(Array("y,a=boss=2Cinc,n=a=3Db=2Cc,r=x".utf8))
        #expect(request == .init(account: "a=b,c", authorizationIdentity: "boss,inc"))
    }

    @Test func `channel binding is checked when it is offered`() throws {
        let binding = ScramServer.ChannelBinding(name: "tls-exporter", data: [1, 2, 3])
        var downgraded = ScramServer(nonce: "server", binding: binding)
        self.expect(.channelBinding) { () throws(AccountError) in
            try downgraded.receiveFirst(Array("y,,n=user,r=x".utf8))
        }
        for (data, fits) in [([1, 2, 3], true), ([1, 2, 4], false)] as [([UInt8], Bool)] {
            var server = ScramServer(nonce: "server", binding: binding)
            _ = try server.receiveFirst(Array("p=tls-exporter,,n=user,r=client".utf8))
            let final = try ScramClient.final(
                password: "pencil",
                firstBare: "n=user,r=client",
                serverFirst: try server.challenge(self.credentials),
                header: Array("p=tls-exporter,,".utf8) + data
            )
            if fits {
                #expect(try server.receiveFinal(final).hasPrefix("v="))
            } else {
                self.expect(.channelBinding) { () throws(AccountError) in try server.receiveFinal(final) }
            }
        }
    }

    @Test func `an unknown account is challenged like a known one and never let in`() throws {
        let key = SymmetricKey(data: Array(repeating: 7, count: 32))
        let fake = ScramCredentials.unknown("nobody", key: key)
        #expect(fake == ScramCredentials.unknown("Nobody", key: key), "asking twice tells nothing")
        #expect(fake.salt != ScramCredentials.unknown("somebody", key: key).salt)
        #expect(
            fake.salt
                != ScramCredentials.unknown("nobody", key: SymmetricKey(data: Array(repeating: 8, count: 32))).salt
        )
        let real = try ScramCredentials(password: "x")
        #expect(fake.iterations == real.iterations && fake.salt.count == real.salt.count)
        var server = ScramServer(nonce: "server")
        _ = try server.receiveFirst(Array("n,,n=nobody,r=client".utf8))
        let final = try ScramClient.final(
            password: "x",
            firstBare: "n=nobody,r=client",
            serverFirst: try server.challenge(fake)
        )
        self.expect(.credentials) { () throws(AccountError) in try server.receiveFinal(final) }
    }

    @Test func `credentials survive as text`() throws {
        #expect(ScramCredentials(text: self.credentials.text) == self.credentials)
        #expect(self.credentials.text.hasPrefix("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"))
        for text in ["", "SCRAM-SHA-256$4096:W22Z$AAAA:AAAA", "SCRAM-SHA-1" + self.credentials.text.dropFirst(13)] {
            #expect(ScramCredentials(text: text) == nil)
        }
    }

    @Test func `each mechanism finds its own in an account's text, and takes no other's`() throws {
        let made = try AccountCredentials(
            name: "ann",
            password: "pencil",
            parameters: .init(logN: 4, blockSize: 8, parallelism: 1)
        )
        #expect(made.scram.map(\.hash) == ScramHash.allCases)
        for credentials in made.scram {
            #expect(ScramCredentials(text: made.scramText, credentials.hash) == credentials)
            let others = ScramHash.allCases.filter { $0 != credentials.hash }
            #expect(others.allSatisfy { ScramCredentials(text: credentials.text, $0) == nil })
            #expect(ScramCredentials(text: credentials.text + " " + credentials.text, credentials.hash) == nil)
        }
        #expect(made.scram.map(\.storedKey.count) == [32, 64] && made.scram.map(\.serverKey.count) == [32, 64])
        #expect(made.scram[0].salt != made.scram[1].salt)
        var server = ScramServer(.sha512, nonce: "server")
        _ = try server.receiveFirst(Array("n,,n=ann,r=client".utf8))
        self.expect(.malformed) { () throws(AccountError) in try server.challenge(made.scram[0]) }
    }
}
