package import Chat
import IRC
import StateStore
import Tenant

/// A user that was looked up by nickname, here or in the store.
package enum FoundUser {
    case here(Session)
    case elsewhere(UserElsewhere)

    /// The session, if it is on this shard.
    package var session: Session? {
        if case .here(let session) = self { session } else { nil }
    }

    package var record: SessionRecord {
        switch self {
        case .here(let session): session.record
        case .elsewhere(let other): other.record
        }
    }

    package var user: User {
        switch self {
        case .here(let session): session.user
        case .elsewhere(let other): other.record.user
        }
    }

    package var nick: String {
        switch self {
        case .here(let session): session.requester.user.nick.raw
        case .elsewhere(let other): other.record.user.nick.raw
        }
    }

    package var away: String? {
        switch self {
        case .here(let session): session.requester.user.away
        case .elsewhere(let other): other.record.user.away
        }
    }

    var inbox: LogKey {
        switch self {
        case .here(let session): session.inbox
        case .elsewhere(let other): other.inbox
        }
    }

    /// The session and the account that it is logged in to.
    var identity: (session: SessionID, account: String?) {
        switch self {
        case .here(let session): (session.id, session.requester.user.account)
        case .elsewhere(let other): (other.record.session, other.record.user.account)
        }
    }

    /// As whom they take part in direct messages.
    var party: Conversation.Party { .init(self.identity.session, account: self.identity.account) }

    /// Holds as long as the nickname belongs to this session.
    ///
    /// Which nickname a session here has is known here first, so it only has to be there yet.
    var claim: Condition {
        switch self {
        case .here(let session): Condition(session.inbox, .exists)
        case .elsewhere(let other):
            NameClaim.condition(other.record.user.nick, of: other.record.session, in: other.inbox.tenant)
        }
    }

    /// Holds as long as the user is as it is known here, its nickname and what it is away with included.
    var unchanged: Condition {
        switch self {
        case .here(let session): Condition(session.inbox, .exists)
        case .elsewhere(let other): other.unchanged
        }
    }

    /// The number of the last change of the user that ``unchanged`` rests on.
    var changes: UInt32 {
        switch self {
        case .here: 0
        case .elsewhere(let other): other.record.changes
        }
    }

    /// Whether it goes by exactly this nickname, for all that is known here.
    func goes(by nick: String) -> Bool {
        switch self {
        case .here(let session): session.isPresent && session.requester.user.nick.raw == nick
        case .elsewhere(let other): other.record.user.nick.raw == nick
        }
    }
}

/// A user that another shard has, as its record was when it was looked up.
package final class UserElsewhere {
    let record: SessionRecord
    let inbox: LogKey
    /// Holds as long as the record is the same: a message that rests on it needs no other look at the user.
    let unchanged: Condition

    /// - Returns: nil if the log is no session's.
    init?(_ snapshot: Snapshot) {
        let field = FieldName(SessionRecord.userField)
        guard let record = SessionRecord(fields: snapshot.chatFields), let bytes = snapshot.fields[field] else {
            return nil
        }
        self.record = record
        self.inbox = snapshot.log
        self.unchanged = Condition(snapshot.log, .equals(field, bytes))
    }
}

extension NameClaim {
    /// The log of all nicknames that look like this one, of which one is somebody's at a time.
    static func log(of nick: Nickname, in tenant: TenantID) -> LogKey {
        LogKey(tenant, .nick, Likeness.form(of: nick))
    }

    /// Holds as long as a nickname belongs to a session.
    static func condition(_ nick: Nickname, of session: SessionID, in tenant: TenantID) -> Condition {
        Condition(Self.log(of: nick, in: tenant), .equals(FieldName(Self.field), Self.bytes(session)))
    }
}
