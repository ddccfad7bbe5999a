import Chat
import StateStore

/// A user that was looked up by nickname, here or in the store.
struct FoundUser {
    let record: SessionRecord
    let inbox: LogKey
    /// The log of the nickname, which says who holds it.
    let nickKey: LogKey
    /// The session, if it is on this shard.
    let session: Session?

    var user: User { self.record.user }

    /// Holds as long as the nickname belongs to this session.
    var condition: Condition {
        Condition(self.nickKey, .equals(FieldName(NickClaim.field), NickClaim.bytes(self.record.session)))
    }
}
