package import Chat
import IRC
package import StateStore
import Tenant

/// A user that was looked up by nickname, here or in the store.
package enum FoundUser {
    case here(Session)
    /// With the user's inbox.
    case elsewhere(SessionRecord, LogKey)

    /// The session, if it is on this shard.
    package var session: Session? {
        if case .here(let session) = self { session } else { nil }
    }

    package var record: SessionRecord {
        switch self {
        case .here(let session): session.record
        case .elsewhere(let record, _): record
        }
    }

    package var user: User {
        switch self {
        case .here(let session): session.user
        case .elsewhere(let record, _): record.user
        }
    }

    package var nick: String {
        switch self {
        case .here(let session): session.requester.user.nick.raw
        case .elsewhere(let record, _): record.user.nick.raw
        }
    }

    package var away: String? {
        switch self {
        case .here(let session): session.requester.user.away
        case .elsewhere(let record, _): record.user.away
        }
    }

    var inbox: LogKey {
        switch self {
        case .here(let session): session.inbox
        case .elsewhere(_, let inbox): inbox
        }
    }

    /// Holds as long as the nickname belongs to this session.
    ///
    /// Which nickname a session here has is known here first, so it only has to be there yet.
    var claim: Condition {
        switch self {
        case .here(let session): Condition(session.inbox, .exists)
        case .elsewhere(let record, let inbox):
            NameClaim.condition(record.user.nick, of: record.session, in: inbox.tenant)
        }
    }
}

extension NameClaim {
    /// Holds as long as a nickname belongs to a session.
    static func condition(_ nick: Nickname, of session: SessionID, in tenant: TenantID) -> Condition {
        Condition(LogKey(tenant, .nick, nick.folded), .equals(FieldName(Self.field), Self.bytes(session)))
    }
}
