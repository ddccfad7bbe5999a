import IRC
import NIOCore

/// A session as the store keeps it: enough for another pod to answer WHOIS, or to end the session when its pod died.
package struct SessionRecord: Hashable, Sendable {
    package var session: SessionID
    package var user: User
    /// Folded names of the channels that the session is in.
    package var channels: Set<String>
    /// The number of the last ``UserChange``.
    package var changes: UInt32
    /// Who holds it, if it outlives its connections; nil if it ends with the pod that it began on.
    package var holds: SessionHolds?
    /// How the user is connected; nil where that was not looked for.
    package var facts: UserFacts?
    /// Of whom the user wants to hear nothing.
    package var silence = SilenceList()
    /// What marks the last move of one of its channels to another name; nil if none ever did.
    package var mark: String?
    /// When the account was made that it is logged in to, milliseconds since 1970; nil if that is not known.
    package var accountSince: Int64?
    /// What the user is, if it is an operator; nil where none ever asked for that, or an earlier version wrote it.
    package var role: Role?
    /// Why it is kept apart; nil if it is not, or that is said of its account.
    package var quarantine: Quarantine?
    /// The number of the holds with which it waits since a server ended, and not since its people went; nil if there is none.
    package var outlived: UInt32?

    package init(
        session: SessionID,
        user: User,
        channels: Set<String> = [],
        changes: UInt32 = 0,
        holds: SessionHolds? = nil,
        facts: UserFacts? = nil
    ) {
        self.session = session
        self.user = user
        self.channels = channels
        self.changes = changes
        self.holds = holds
        self.facts = facts
    }

    /// The field that holds the user; what else there is of the session has fields of its own.
    package static let userField = FieldKey(.setting, "user")

    package var userUpdate: FieldUpdate {
        var buffer = ByteBuffer()
        buffer.writeSession(self.session)
        buffer.writeInteger(self.changes)
        self.user.encode(into: &buffer)
        self.user.metadata.encodeLast(into: &buffer)
        return FieldUpdate(Self.userField, Array(buffer.readableBytesView))
    }

    /// The field that marks the last move of a channel.
    package static let markField = FieldKey(.setting, "moved")

    private static let accountSinceField = FieldKey(.setting, "since")

    /// When the account was made that it is logged in to, milliseconds since 1970; nil if that is not known.
    package static func accountSinceUpdate(_ since: Int64?) -> FieldUpdate {
        FieldUpdate(Self.accountSinceField, since.map { Array(String($0).utf8) })
    }

    private static let outlivedField = FieldKey(.setting, "outlived")

    /// Says that it waits since a server ended, for as long as the holds have this number.
    package static func outlivedUpdate(_ revision: UInt32) -> FieldUpdate {
        FieldUpdate(Self.outlivedField, Array(String(revision).utf8))
    }

    /// Whether nobody takes part in it since a server ended.
    package var waitsForServer: Bool { self.holds?.detached != nil && self.outlived == self.holds?.revision }

    private static let roleField = FieldKey(.setting, "role")

    /// What the user is as an operator.
    package static func roleUpdate(_ role: Role) -> FieldUpdate {
        FieldUpdate(Self.roleField, Array(role.rawValue.utf8))
    }

    package static func channelUpdate(_ folded: String, isMember: Bool) -> FieldUpdate {
        FieldUpdate(FieldKey(.channel, folded), isMember ? [] : nil)
    }

    /// Reads the fields of a user's log.
    ///
    /// - Returns: nil if there is no session in them.
    package init?(fields: some Sequence<(FieldKey, [UInt8])>) {
        var record: SessionRecord?
        var channels: Set<String> = []
        var holds: SessionHolds?
        var facts: UserFacts?
        var silence = SilenceList()
        var mark: String?
        var accountSince: Int64?
        var role: Role?
        var quarantine: Quarantine?
        var outlived: UInt32?
        for (key, value) in fields {
            if key == Self.userField {
                var buffer = ByteBuffer(bytes: value)
                guard let session = buffer.readSession(), let changes = buffer.readInteger(as: UInt32.self),
                    let user = User(from: &buffer), let metadata = Metadata(lastFrom: &buffer)
                else { return nil }
                record = SessionRecord(session: session, user: user.with(metadata), changes: changes)
            } else if key == SessionHolds.field {
                var buffer = ByteBuffer(bytes: value)
                guard let found = SessionHolds(from: &buffer) else { return nil }
                holds = found
            } else if key == UserFacts.field {
                facts = UserFacts(value)
            } else if key == SilenceList.field {
                silence = SilenceList(value) ?? SilenceList()
            } else if key == Self.markField {
                mark = String(decoding: value, as: UTF8.self)
            } else if key == Self.accountSinceField {
                accountSince = Int64(String(decoding: value, as: UTF8.self))
            } else if key == Quarantine.field {
                quarantine = Quarantine(value)
            } else if key == Self.outlivedField {
                outlived = UInt32(String(decoding: value, as: UTF8.self))
            } else if key == Self.roleField {
                role = Role(stored: String(decoding: value, as: UTF8.self))
            } else if key.section == .channel {
                channels.insert(key.name)
            }
        }
        guard var record else { return nil }
        record.channels = channels
        record.holds = holds
        record.facts = facts
        record.silence = silence
        record.mark = mark
        record.accountSince = accountSince
        record.role = role
        record.quarantine = quarantine
        record.outlived = outlived
        self = record
    }
}

/// Who has a name: the one field of a nickname's log, and of an account's.
package enum NameClaim {
    package static let field = FieldKey(.setting, "session")

    package static func bytes(_ session: SessionID) -> [UInt8] { Array(session.text.utf8) }

    package static func session(_ bytes: [UInt8]) -> SessionID? {
        SessionID(text: String(decoding: bytes, as: UTF8.self))
    }
}
