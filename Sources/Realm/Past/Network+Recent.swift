import Chat
import IRC
import StateStore

/// What was said just now: it is on its way to the durable store and may not be there yet, so that whoever asks for the past
/// right after coming back would miss it.
extension Network {
    /// How many of a log's latest entries are looked at: more than the history's writer is ever behind while it is well.
    static let latest = 400

    /// Records of the latest entries of the logs that a conversation stands in; fewer or none if the store cannot say.
    func recent(
        of conversation: Conversation,
        with found: FoundUser?,
        events: Bool,
        for actor: Actor,
        _ then: @escaping ([HistoryRecord]) -> Void
    ) {
        switch conversation {
        case .channel(let folded):
            guard let replica = self.replicas[folded] else { return then([]) }
            self.latest(of: replica.key, in: conversation, events: events, then) { _ in true }
        case .direct:
            let own = actor.session.inbox
            func belongs(to party: Conversation.Party) -> (ChatMessage) -> Bool {
                { $0.belongs(to: conversation, receivedBy: party) }
            }
            self.latest(
                of: own,
                in: conversation,
                events: events,
                { received in
                    guard let found, found.inbox != own else { return then(received) }
                    self.latest(
                        of: found.inbox,
                        in: conversation,
                        events: events,
                        { sent in
                            then(received + sent)
                        },
                        belongs(to: found.party)
                    )
                },
                belongs(to: actor.session.party)
            )
        }
    }

    private func latest(
        of log: LogKey,
        in conversation: Conversation,
        events: Bool,
        _ then: @escaping ([HistoryRecord]) -> Void,
        _ belongs: @escaping (ChatMessage) -> Bool
    ) {
        self.store.excerpts(of: [log], Excerpt.Request(fields: [])) { result in
            guard case .success(let excerpts) = result, let end = excerpts.first?.position, end != .none else {
                return then([])
            }
            self.store.entries(of: log, after: end.sequence(before: Self.latest), limit: Self.latest) { result in
                let entries = (try? result.get()) ?? []
                then(
                    entries.compactMap { entry in
                        if log.kind == .user, !entry.isSaid(belongs) { return nil }
                        guard let record = HistoryRecord(entry, of: log, in: conversation.text) else { return nil }
                        return record.redaction == nil && record.kind.isEvent && !events ? nil : record
                    }
                )
            }
        }
    }
}

extension Entry {
    /// Whether an entry of a user's log is a message of some conversation; or takes one back, whichever.
    fileprivate func isSaid(_ belongs: (ChatMessage) -> Bool) -> Bool {
        if let message = ChatMessage(entry: self.payload) { return belongs(message) }
        if case .redacted? = UserEvent(self.payload) { return true }
        return false
    }
}

extension HistoryRepository.Part {
    /// The part of records that are from two places, some of them from both, oldest first and without what was taken back.
    func select(from all: [HistoryRecord], limit: Int) -> [HistoryRecord] {
        var byID: [Stamp: HistoryRecord] = [:]
        for record in all where byID[record.id]?.redaction == nil { byID[record.id] = record }
        let sorted = byID.values.filter { $0.redaction == nil }.sorted { $0.cursor < $1.cursor }
        switch self {
        case .latest(let after):
            return Array(sorted.filter { record in after.map { record.cursor > $0 } ?? true }.suffix(limit))
        case .before(let cursor): return Array(sorted.filter { $0.cursor < cursor }.suffix(limit))
        case .after(let cursor): return Array(sorted.filter { $0.cursor > cursor }.prefix(limit))
        case .around(let cursor):
            let before = sorted.filter { $0.cursor < cursor }.suffix(limit / 2)
            return Array(before) + sorted.filter { $0.cursor >= cursor }.prefix(limit - before.count)
        case .between(let first, let second):
            let (low, high) = (min(first, second), max(first, second))
            let inside = sorted.filter { $0.cursor > low && $0.cursor < high }
            return Array(first <= second ? inside.prefix(limit) : inside.suffix(limit))
        }
    }
}
