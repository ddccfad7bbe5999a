// Who may talk to those who look after the network, and to nobody else.

import NIOCore

/// That somebody is kept apart: why, until when, and by whom.
package struct Quarantine: Hashable, Sendable {
    package let reason: String
    /// Milliseconds since 1970; nil until it is ended.
    package let until: Int64?
    /// What whoever said so was.
    package let role: Role

    package init(reason: String, until: Int64?, role: Role) {
        (self.reason, self.until, self.role) = (reason, until, role)
    }

    /// That of a ban which keeps people apart.
    package init(_ ban: NetworkBan) { self.init(reason: ban.reason, until: ban.until, role: ban.role) }

    /// Whether it holds at a time.
    package func holds(at now: Int64) -> Bool { self.until.map { now < $0 } ?? true }

    // MARK: In a session's record

    /// The field that holds it.
    package static let field = FieldKey(.setting, "quarantine")

    /// The field of a session that is kept apart, or is not any more.
    package static func update(_ quarantine: Quarantine?) -> FieldUpdate {
        FieldUpdate(
            Self.field,
            quarantine.map { quarantine in
                var buffer = ByteBuffer()
                quarantine.encode(into: &buffer)
                return Array(buffer.readableBytesView)
            }
        )
    }

    /// - Returns: nil if the bytes are not what ``update(_:)`` wrote.
    package init?(_ bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        self.init(from: &buffer)
    }

    func encode(into buffer: inout ByteBuffer) {
        buffer.writeText(self.reason)
        buffer.writeText(self.role.rawValue)
        buffer.writeOptionalText(self.until.map { String($0) })
    }

    init?(from buffer: inout ByteBuffer) {
        guard let reason = buffer.readText(), let role = buffer.readText(), let until = buffer.readOptionalText() else {
            return nil
        }
        self.init(reason: reason, until: until.flatMap { Int64($0) }, role: Role(stored: role))
    }
}
