package import NIOCore

/// A user in a channel.
package struct Member: Hashable, Sendable {
    package var session: SessionID
    package var user: User
    package var modes: MemberModes
    /// The number of the last ``UserChange`` that is in the user: logs come one by one, so it may be older here than there.
    package var changes: UInt32
    /// When it came in, milliseconds since 1970: a session that waits has not left.
    package let joined: Int64

    package init(session: SessionID, user: User, modes: MemberModes, changes: UInt32 = 0, joined: Int64 = 0) {
        self.session = session
        self.user = user
        self.modes = modes
        self.changes = changes
        self.joined = joined
    }

    /// Writes all but the user's metadata, which comes last wherever a member is kept.
    package func encode(into buffer: inout ByteBuffer) {
        buffer.writeSession(self.session)
        buffer.writeInteger(self.modes.rawValue)
        buffer.writeInteger(self.changes)
        buffer.writeInteger(self.joined)
        self.user.encode(into: &buffer)
    }

    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    package init?(from buffer: inout ByteBuffer) {
        guard let session = buffer.readSession(), let modes = buffer.readInteger(as: UInt8.self),
            let (changes, joined) = buffer.readMultipleIntegers(as: (UInt32, Int64).self),
            let user = User(from: &buffer)
        else { return nil }
        let ranks = MemberModes(rawValue: modes)
        self.init(session: session, user: user, modes: ranks, changes: changes, joined: joined)
    }

    /// Reads a member's field.
    package init?(field bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        self.init(from: &buffer)
        guard let metadata = Metadata(lastFrom: &buffer) else { return nil }
        self.user = self.user.with(metadata)
    }

    /// Whether a change of the user is not in it yet.
    package func lacks(_ number: UInt32) -> Bool { UserChange.isNewer(number, than: self.changes) }
}
