import Chat
import IRC
import NIOCore
import StateStore
import Tenant

/// Ends of sessions on their way to the store.
///
/// No client waits for them, and what stayed behind would hold a nickname for as long as this pod lives. Bounded by the
/// sessions that there were.
final class SessionEnds {
    unowned let shard: RealmShard
    private var pending: [(end: Transaction, attempt: Int, then: (Outcome) -> Void)] = []
    /// After so many it is told to those who are here, and the history does without.
    private static let fedAttempts = 5

    /// How it ended.
    enum Outcome {
        case appended
        /// What it rested on does not hold.
        case refused
        /// Given up: this pod has no say any more.
        case given
    }

    var isEmpty: Bool { self.pending.isEmpty && self.underWay == 0 }
    private var underWay = 0

    init(_ shard: RealmShard) { self.shard = shard }

    /// Appends an end: again and again until the store said that it is applied, or never can be.
    func append(_ end: Transaction, attempt: Int = 1, _ then: @escaping (Outcome) -> Void = { _ in }) {
        self.underWay += 1
        // What it would take there may be just what there is no room for.
        self.shard.store.append(attempt > Self.fedAttempts ? end.unfed : end) { result in
            self.underWay -= 1
            switch result {
            case .failure(.unavailable), .failure(.busy), .failure(.uncertain), .failure(.invalidAnswer):
                self.pending.append((end, attempt + 1, then))
            case .failure(.fenced), .failure(.occupied), .failure(.closed): then(.given)
            case .success(.appended): then(.appended)
            case .success(.refused): then(.refused)
            }
        }
    }

    /// Once a second: what could not be appended before.
    func retry() {
        guard !self.pending.isEmpty, self.shard.store.isReady else { return }
        let pending = self.pending
        self.pending = []
        for (end, attempt, then) in pending { self.append(end, attempt: attempt, then) }
    }

    /// What ends a session, whoever ends it: its own shard, or another after its pod died.
    ///
    /// It rests on the nickname: a session that does not hold it any more was ended by somebody else, and what the name's new
    /// holder has must not be touched. And on that none of its channels went on under another name meanwhile, in which it would
    /// stay behind. Leaving a channel that one is not in changes nothing.
    ///
    /// - `awaited`: what it is awaited as, by channels; before it leaves them, so that they stay.
    static func end(
        of record: SessionRecord,
        reason: String,
        tenant: TenantID,
        now: Int64,
        isFed: Bool,
        awaited: [String: AwaitedRank] = [:]
    ) -> Transaction {
        let author = Author(record.session, record.user)
        let inbox = LogKey(tenant, .user, record.session.text)
        var changes: [LogChange] = []
        for name in record.channels.sorted() {
            if let rank = awaited[name] {
                let event = ChannelEvent.awaited([rank], gone: [])
                let update = FieldChange(ChannelState.awaitedUpdate(rank))
                changes.append(LogChange(LogKey(tenant, .channel, name), payload: event.encoded, fields: [update]))
                changes.append(AwaitedRanks.note(name, until: rank.until, of: tenant))
            }
            let quit = LogChange(
                LogKey(tenant, .channel, name),
                payload: ChannelEvent.quit(record.session, by: author, reason: reason).encoded,
                fields: [
                    .remove(FieldName(FieldKey(.member, record.session.text))),
                    .remove(FieldName(FieldKey(.invitation, record.session.text))),
                ],
                lifetime: .whileInhabited,
                feed: isFed ? FeedLabel(Conversation.channel(name).text) : nil
            )
            changes.append(quit)
        }
        changes.append(
            LogChange(
                NameClaim.log(of: record.user.nick, in: tenant),
                payload: NickEvent.offline(nick: record.user.nick.raw).encoded,
                lifetime: .drop
            )
        )
        changes.append(
            LogChange(
                inbox,
                payload: UserEvent.signedOff(reason: reason).encoded,
                lifetime: .drop,
                holder: .cleared
            )
        )
        changes.append(
            LogChange(
                LogKey(tenant, .tenant, ""),
                payload: TenantEvent.nickGivenUp(record.user, at: now, address: record.facts?.address).encoded
            )
        )
        if let holds = record.holds {
            changes += holds.holders.map { LogChange($0.log(of: inbox), lifetime: .drop, holder: .cleared) }
            if let account = holds.account {
                changes.append(LogChange(LogKey(tenant, .account, account), lifetime: .drop))
            }
        }
        let claim = NameClaim.condition(record.user.nick, of: record.session, in: tenant)
        let mark = FieldName(SessionRecord.markField)
        let isWhereItWas = Condition(inbox, record.mark.map { .equals(mark, Array($0.utf8)) } ?? .absent(mark))
        return Transaction(conditions: [claim, isWhereItWas], changes: changes)
    }
}
