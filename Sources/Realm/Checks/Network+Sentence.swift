import Chat
import Checks
import IRC
import Logging
import StateStore

/// What is done in a channel to who said what a check does not let through.
extension Network {
    /// Mutes somebody, takes them out of the channel, or keeps them out; with its note, in one transaction.
    ///
    /// What cannot be done is logged: what was said is not heard in any case.
    func carryOut(_ hit: CheckVerdict.Hit, on utterance: Utterance, in replica: ChannelReplica) {
        let session = utterance.session
        let (key, name, nick) = (replica.key.name, replica.state.name, session.user.nick.raw)
        // The next message is refused while the first sees to that none follows.
        guard session.isMember(of: replica), session.sentenced.insert(key).inserted else { return }
        let until = self.shard.now + hit.duration
        let sentence: ChannelState.Sentence =
            switch hit.action {
            case .kick: .kick
            case .ban: .ban(until: until)
            default: .mute(until: until)
            }
        let (seconds, actor) = (hit.duration / 1000, Actor(session, through: utterance.attachment))
        let length = hit.action == .kick ? "" : " \(seconds)s"
        let detail = "\(hit.action.rawValue)\(length) \(nick): \(hit.name): \(hit.reason)"
        self.change(
            name,
            alsoApart: true,
            by: actor,
            { replica throws(Refusal) in
                let events = replica.state.decide(
                    sentence,
                    of: session.id,
                    by: self.serverAuthor,
                    reason: "Check: \(hit.name)",
                    now: self.shard.now
                )
                if events.isEmpty { return .nothing(()) }
                let leaves = events.contains { if case .kicked = $0 { true } else { false } }
                var transaction = replica.change(events, lifetime: leaves ? .whileInhabited : .keep)
                if leaves {
                    let field = FieldChange(SessionRecord.channelUpdate(replica.key.name, isMember: false))
                    transaction.changes.append(LogChange(session.inbox, fields: [field]))
                }
                let event = TenantEvent.audited(self.entryOfCheck(replica.state.name.raw, detail))
                transaction.changes.append(
                    LogChange(self.ownLog, payload: event.encoded, feed: FeedLabel("audit"))
                )
                return Decided(transaction: transaction, value: ())
            },
            then: { (result: Result<Void, Refusal>) in
                session.sentenced.remove(key)
                guard case .failure(let refusal) = result else { return }
                self.shard.logger.warning(
                    "what a check says was not done",
                    metadata: ["tenant": "\(self.id)", "check": "\(hit.name)", "reason": "\(refusal.reason.rawValue)"]
                )
            }
        )
    }
}
