import Crypto
import StateStore
import Tenant
import Testing
import WebPush

/// A device that decrypts what it is pushed, by the words of RFC 8291 and apart from the code under test.
struct Device {
    private let key = P256.KeyAgreement.PrivateKey()
    private let secret = SymmetricKey(size: .bits128).withUnsafeBytes { [UInt8]($0) }
    let keys: PushKeys

    /// - Throws: If its own keys are taken for none.
    init() throws {
        let point = [UInt8](self.key.publicKey.x963Representation)
        self.keys = try #require(PushKeys(publicKey: point, secret: self.secret))
    }

    private var publicKey: [UInt8] { self.keys.publicKey }

    /// What it says when it is registered.
    var words: String { "p256dh=\(Base64URL.encode(self.publicKey));auth=\(Base64URL.encode(self.secret))" }

    func registration(
        _ capabilities: String = "message-tags server-time account-tag",
        at endpoint: String = "https://push.example/a"
    ) -> PushRegistration? {
        PushEndpoint(endpoint).map {
            PushRegistration(
                endpoint: $0,
                keys: self.keys,
                capabilities: capabilities.split(separator: " ").map(String.init)
            )
        }
    }

    func decrypt(_ body: [UInt8]) throws -> [UInt8] {
        let salt = Array(body[0..<16])
        let sender = try P256.KeyAgreement.PublicKey(x963Representation: body[21..<86])
        let shared = try self.key.sharedSecretFromKeyAgreement(with: sender).withUnsafeBytes { [UInt8]($0) }
        func code(_ key: [UInt8], _ text: [UInt8]) -> [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: key)))
        }
        let info = Array("WebPush: info\0".utf8) + self.publicKey + body[21..<86]
        let input = code(code(self.secret, shared), info + [1])
        let random = code(salt, input)
        let content = code(random, Array("Content-Encoding: aes128gcm\0".utf8) + [1]).prefix(16)
        let nonce = code(random, Array("Content-Encoding: nonce\0".utf8) + [1]).prefix(12)
        let box = try AES.GCM.SealedBox(combined: Array(nonce) + body[86...])
        let text = [UInt8](try AES.GCM.open(box, using: SymmetricKey(data: content)))
        return Array(text[..<(text.lastIndex(of: 2) ?? 0)])
    }
}
