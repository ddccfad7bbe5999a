import NIOCore

/// How a user is connected: what only some may know, and so no part of ``User``.
///
/// It stands beside the user in the session's log, so that every shard can tell those who may know it.
package struct UserFacts: Hashable, Sendable {
    /// The address behind the cloak, without a port.
    package var address: String
    /// Whether all that takes part in the session is encrypted on its way.
    package var isSecure: Bool
    /// The SHA-256 of the client's certificate, in lower-case hexadecimal digits.
    package var fingerprint: String?

    package init(address: String, isSecure: Bool, fingerprint: String? = nil) {
        self.address = address
        self.isSecure = isSecure
        self.fingerprint = fingerprint
    }

    /// The field of a session's log that has them.
    package static let field = FieldKey(.setting, "facts")

    package var bytes: [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeText(self.address)
        buffer.writeFlag(self.isSecure)
        buffer.writeOptionalText(self.fingerprint)
        return Array(buffer.readableBytesView)
    }

    /// - Returns: nil if the bytes are not what ``bytes`` wrote.
    package init?(_ bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        guard let address = buffer.readText(), let isSecure = buffer.readFlag() else { return nil }
        guard let fingerprint = buffer.readOptionalText() else { return nil }
        self.init(address: address, isSecure: isSecure, fingerprint: fingerprint)
    }
}
