// How those are connected who take part in a session, for those who may know it on other shards.

import Chat
import IRC
import StateStore

extension Session {
    /// How those here are connected: the address and the certificate of who came last, and whether all are encrypted.
    var ownFacts: UserFacts? {
        guard var facts = self.attachments.last?.facts else { return nil }
        facts.isSecure = self.attachments.allSatisfy(\.isSecure)
        return facts
    }

    /// Those here have changed: the session's log says how they are connected now.
    ///
    /// What another shard has written last holds where others take part there; so it is what came last, as nearly as anybody
    /// can say.
    func weighFacts() {
        guard self.isPresent, let facts = self.ownFacts, facts != self.facts else { return }
        self.facts = facts
        let change = LogChange(self.inbox, fields: [.set(FieldName(UserFacts.field), facts.bytes)])
        self.network.store.append(
            Transaction(conditions: [Condition(self.inbox, .exists)], changes: [change])
        ) { _ in }
    }

    /// For how many seconds it has said nothing through those here.
    var idleSeconds: UInt32 { self.network.shard.seconds &- self.lastSpoke }

    /// Somebody elsewhere asks for that.
    func tellHowIdle(_ asker: SessionID) {
        let inbox = self.network.inboxKey(asker)
        let answer = UserEvent.idle(self.id, seconds: self.idleSeconds).encoded
        self.network.store.append(LogChange(inbox, payload: answer), if: Condition(inbox, .exists)) { _ in }
    }
}
