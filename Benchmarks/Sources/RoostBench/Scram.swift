// The client's half of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding.

import COpenSSL
import Glibc

/// The keys that a password gives with a salt, which a client keeps: to derive them is slow on purpose.
struct ScramKeys {
    private var salt: [UInt8] = []
    private var iterations = 0
    private var salted: [UInt8] = []

    mutating func salted(_ password: String, salt: [UInt8], iterations: Int) -> [UInt8] {
        if salt == self.salt, iterations == self.iterations { return self.salted }
        var key = [UInt8](repeating: 0, count: 32)
        let text = Array(password.utf8).map { CChar(bitPattern: $0) }
        PKCS5_PBKDF2_HMAC(
            text,
            Int32(text.count),
            salt,
            Int32(salt.count),
            Int32(iterations),
            EVP_sha256(),
            Int32(key.count),
            &key
        )
        (self.salt, self.iterations, self.salted) = (salt, iterations, key)
        return key
    }
}

/// One exchange.
struct Scram {
    static let mechanism = "SCRAM-SHA-256"

    private let bare: String
    private let nonce: String
    private var signature = ""

    init(account: String, nonce: String) {
        self.nonce = nonce
        self.bare = "n=\(account),r=\(nonce)"
    }

    /// The first message, encoded.
    var first: String { Base64.encode(Array("n,,\(bare)".utf8)) }

    /// The answer to the server's challenge, encoded.
    ///
    /// - Throws: ``BenchError/violation(_:)`` when the challenge is none.
    mutating func proof(for challenge: String, password: String, keys: inout ScramKeys) throws(BenchError) -> String {
        let text = String(decoding: Base64.decode(challenge), as: UTF8.self)
        let parts = text.split(separator: ",")
        guard parts.count == 3, parts[0].hasPrefix("r=\(nonce)"), parts[1].hasPrefix("s="), parts[2].hasPrefix("i="),
            let iterations = Int(parts[2].dropFirst(2)), iterations > 0
        else { throw .violation("not a challenge: \(text)") }
        let salt = Base64.decode(String(parts[1].dropFirst(2)))
        let salted = keys.salted(password, salt: salt, iterations: iterations)
        let clientKey = Self.hmac(salted, "Client Key")
        var storedKey = [UInt8](repeating: 0, count: 32)
        SHA256(clientKey, clientKey.count, &storedKey)
        let withoutProof = "c=biws,\(parts[0])"
        let signed = "\(bare),\(text),\(withoutProof)"
        let proof = zip(clientKey, Self.hmac(storedKey, signed)).map { $0 ^ $1 }
        signature = "v=" + Base64.encode(Self.hmac(Self.hmac(salted, "Server Key"), signed))
        return Base64.encode(Array("\(withoutProof),p=\(Base64.encode(proof))".utf8))
    }

    /// Checks that the server knows the account too.
    ///
    /// - Throws: ``BenchError/violation(_:)`` when it does not.
    func check(_ answer: String) throws(BenchError) {
        guard String(decoding: Base64.decode(answer), as: UTF8.self) == signature else {
            throw .violation("the server's signature is wrong")
        }
    }

    private static func hmac(_ key: [UInt8], _ text: String) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        let bytes = Array(text.utf8)
        HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &code, nil)
        return code
    }
}

/// Base64 with padding.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        let count = EVP_EncodeBlock(&text, bytes, Int32(bytes.count))
        return String(decoding: text.prefix(Int(count)), as: UTF8.self)
    }

    /// The bytes of a text; none if it is not base64.
    static func decode(_ text: String) -> [UInt8] {
        let text = Array(text.utf8)
        var bytes = [UInt8](repeating: 0, count: text.count / 4 * 3 + 3)
        let count = Int(EVP_DecodeBlock(&bytes, text, Int32(text.count)))
        // It counts the padding as bytes.
        let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        return count < 0 ? [] : Array(bytes.prefix(count - padding))
    }
}
