import Chat
import StateStore

/// How far back who asks may read: in a channel of mode `J` to when it came in.
///
/// By the clock of the shard on which it joined.
extension Network {
    /// - Returns: Milliseconds since 1970; the least number for all that is kept.
    func readable(_ conversation: Conversation, by session: Session) -> Int64 {
        guard case .channel(let folded) = conversation, let replica = self.replicas[folded] else { return .min }
        return replica.readable(by: session)
    }

    /// The channels of which a session may not read everything, by their folded names, with that time.
    func horizons(of session: Session) -> [String: Int64] {
        let limited = session.memberships.filter { $0.state.modes.contains(.sinceJoined) }
        return Dictionary(limited.map { ($0.key.name, $0.readable(by: session)) }) { first, _ in first }
    }
}

extension ChannelReplica {
    /// Since when a member may read it, milliseconds since 1970; the least number for all that is kept.
    func readable(by session: Session) -> Int64 {
        guard self.state.modes.contains(.sinceJoined) else { return .min }
        return self.state.members[session.id]?.joined ?? .max
    }
}

extension HistoryRepository.Part {
    /// The same part of what there is since a time.
    ///
    /// What is asked for around a place may still have some from before.
    func since(_ time: Int64) -> HistoryRepository.Part {
        if time == .min { return self }
        let floor = HistoryCursor.start(of: time)
        switch self {
        case .latest(let after): return .latest(after: max(after ?? floor, floor))
        case .before(let cursor): return .between(max(cursor, floor), floor)
        case .after(let cursor): return .after(max(cursor, floor))
        case .around(let cursor): return cursor < floor ? .after(floor) : self
        case .between(let first, let second): return .between(max(first, floor), max(second, floor))
        }
    }
}

extension HistorySearch {
    /// The same search in one conversation, of what was said there since a time.
    func since(_ time: Int64, in conversation: String) -> HistorySearch {
        var search = self
        search.conversations = [conversation]
        if time > .min { search.after = max(self.after ?? .min, time - 1) }
        return search
    }
}
