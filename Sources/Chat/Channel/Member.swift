package import NIOCore

/// A user in a channel.
package struct Member: Hashable, Sendable {
    package var session: SessionID
    package var user: User
    package var modes: MemberModes

    package init(session: SessionID, user: User, modes: MemberModes) {
        self.session = session
        self.user = user
        self.modes = modes
    }

    package func encode(into buffer: inout ByteBuffer) {
        buffer.writeSession(self.session)
        buffer.writeInteger(self.modes.rawValue)
        self.user.encode(into: &buffer)
    }

    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    package init?(from buffer: inout ByteBuffer) {
        guard let session = buffer.readSession(), let modes = buffer.readInteger(as: UInt8.self),
            let user = User(from: &buffer)
        else { return nil }
        self.init(session: session, user: user, modes: MemberModes(rawValue: modes))
    }
}
