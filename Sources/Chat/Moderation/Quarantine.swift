// Who may talk to those who look after the network, and to nobody else.

import NIOCore

/// That somebody is kept apart, or only muted: why, until when, and by whom.
package struct Quarantine: Hashable, Sendable {
    package let reason: String
    /// Milliseconds since 1970; nil until it is ended.
    package let until: Int64?
    /// What whoever said so was.
    package let role: Role
    /// Whether they say nothing, and may be where they like.
    package let isMute: Bool

    package init(reason: String, until: Int64?, role: Role, isMute: Bool = false) {
        (self.reason, self.until, self.role, self.isMute) = (reason, until, role, isMute)
    }

    /// That of a ban which keeps people apart.
    package init(_ ban: NetworkBan) {
        self.init(reason: ban.reason, until: ban.until, role: ban.role, isMute: ban.effect == .mute)
    }

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
        // Behind all that an earlier version reads, which keeps apart who is muted.
        if self.isMute { buffer.writeText(Self.mute) }
    }

    private static let mute = "mute"

    init?(from buffer: inout ByteBuffer) {
        guard let reason = buffer.readText(), let role = buffer.readText(), let until = buffer.readOptionalText() else {
            return nil
        }
        let isMute = buffer.readableBytes > 0 && buffer.readText() == Self.mute
        self.init(reason: reason, until: until.flatMap { Int64($0) }, role: Role(stored: role), isMute: isMute)
    }
}
