import Crypto

/// What a device gave for its pushes to be encrypted with (RFC 8291 section 2).
package struct PushKeys: Hashable, Sendable {
    /// Bytes of a P-256 point that is not compressed.
    package static let pointBytes = 65
    /// Bytes of the authentication secret.
    package static let secretBytes = 16
    /// More than both take, with padding and with what a later draft may add.
    package static let maximumBytes = 400

    /// The device's public key: a point on P-256.
    package let publicKey: [UInt8]
    /// What proves that a push is from who was given it.
    package let secret: [UInt8]

    /// - Returns: nil if the sizes are others, or the key is no point on the curve.
    package init?(publicKey: [UInt8], secret: [UInt8]) {
        guard publicKey.count == Self.pointBytes, secret.count == Self.secretBytes,
            (try? P256.KeyAgreement.PublicKey(x963Representation: publicKey)) != nil
        else { return nil }
        self.publicKey = publicKey
        self.secret = secret
    }

    /// Reads what a client says: `p256dh=…;auth=…` as message tags are written, in any order; other keys are passed over.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.maximumBytes else { return nil }
        var values: [Substring: [UInt8]] = [:]
        for part in String(text).split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0] == "p256dh" || pair[0] == "auth" else { continue }
            guard values[pair[0]] == nil, let bytes = Base64URL.decode(pair[1]) else { return nil }
            values[pair[0]] = bytes
        }
        guard let publicKey = values["p256dh"], let secret = values["auth"] else { return nil }
        self.init(publicKey: publicKey, secret: secret)
    }
}

extension PushKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of them: they end in no log.
    package var description: String { "PushKeys" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
