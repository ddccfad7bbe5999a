// Work that a client shows before it gets an account, or in: a number by which a hash begins with zeros. What has to be known of a
// question stands in it, sealed by a key that the edges share, so nobody remembers questions; that an answer is good once is for
// who takes it.

import Chat
package import Crypto

/// A question that takes some work to answer.
package struct ProofChallenge: Hashable, Sendable {
    /// As it stands in a URL.
    package let text: String
    /// With how many zero bits the hash has to begin.
    package let difficulty: Int
    /// Until when an answer is taken, in seconds since 1970.
    package let expires: Int64
    /// Tells it from all others.
    package let nonce: String
    /// For whom it is: what counts as one client, hashed.
    package let client: String

    /// How many answers a client may show in an hour.
    package static let answersAnHour = 20

    /// Whether a number answers it: SHA-256 of the text, a colon and the number begins with as many zero bits as are asked for.
    ///
    /// - Parameter number: In decimal digits, 16 at most.
    /// - Returns: Whether it does.
    package func isSolved(by number: String) -> Bool {
        guard 1...16 ~= number.utf8.count, number.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else { return false }
        var zeros = 0
        for byte in SHA256.hash(data: Array("\(self.text):\(number)".utf8)) {
            zeros += byte.leadingZeroBitCount
            if byte != 0 { break }
        }
        return zeros >= self.difficulty
    }
}

/// Makes a tenant's questions, and knows them again.
///
/// A question is a version (1 byte), the difficulty (1), the end (4, seconds since 1970), the nonce (8), the client (8), and 16 bytes of
/// HMAC-SHA-256 over those, in Base64 for URLs.
package struct ProofKey: Sendable {
    private static let version: UInt8 = 1
    private static let head = 22
    private static let seal = 16
    private let key: SymmetricKey

    /// Derives the tenant's key (HKDF, RFC 5869).
    ///
    /// - Parameters:
    ///   - secret: The installation's secret, the same on every edge.
    ///   - tenant: Whose questions.
    package init(from secret: SymmetricKey, tenant: TenantID) {
        self.key = HostCloak.tenantKey(from: secret, tenant: tenant, purpose: "proof of work")
    }

    /// What stands for a client.
    ///
    /// - Parameter clients: What counts as one client: an address, or the network that one client has all of.
    /// - Returns: Hexadecimal digits.
    package func client(_ clients: String) -> String { Self.hexadecimal(self.mark(clients)) }

    /// Asks somebody.
    ///
    /// - Parameters:
    ///   - clients: Whom: what counts as one client.
    ///   - difficulty: With how many zero bits the hash has to begin.
    ///   - expires: Until when an answer is taken, in seconds since 1970.
    ///   - random: Another number each time.
    /// - Returns: The question.
    package func challenge(for clients: String, difficulty: Int, expires: Int64, random: UInt64) -> ProofChallenge {
        let head =
            [Self.version, UInt8(clamping: difficulty)] + Self.bytes(UInt32(clamping: expires)) + Self.bytes(random)
            + self.mark(clients)
        return Self.read(head, Base64URL.encode(head + self.tag(head)))
    }

    /// Knows a question again.
    ///
    /// - Parameters:
    ///   - text: As it stood in the URL.
    ///   - now: Seconds since 1970.
    /// - Returns: nil if it is none of this tenant's, or over.
    package func open(_ text: String, at now: Int64) -> ProofChallenge? {
        guard text.utf8.count <= 64, let bytes = Base64URL.decode(text), bytes.count == Self.head + Self.seal,
            bytes[0] == Self.version
        else { return nil }
        let head = Array(bytes.prefix(Self.head))
        // In the same time whatever it is.
        guard ConstantTime.equal(self.tag(head), Array(bytes.dropFirst(Self.head))) else { return nil }
        let challenge = Self.read(head, text)
        return now < challenge.expires ? challenge : nil
    }

    private static func read(_ head: [UInt8], _ text: String) -> ProofChallenge {
        ProofChallenge(
            text: text,
            difficulty: Int(head[1]),
            expires: head[2..<6].reduce(0) { $0 << 8 | Int64($1) },
            nonce: Self.hexadecimal(head[6..<14]),
            client: Self.hexadecimal(head[14..<22])
        )
    }

    private func mark(_ clients: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("client \(clients)".utf8), using: self.key).prefix(8))
    }

    private func tag(_ head: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: head, using: self.key).prefix(Self.seal))
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
