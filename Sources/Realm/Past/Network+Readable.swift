import Chat
import StateStore
import Tenant

/// How far back somebody may read.
struct Horizon: Sendable {
    /// Milliseconds since 1970; the least number for all that is kept.
    var time = Int64.min
    /// By its folded name, whose direct messages they are: those from before there was this account are of one that is gone.
    var account: String?
}

extension Past {
    /// The time of a horizon, milliseconds since 1970; the least number for all that is kept.
    func time(of horizon: Horizon, in tenant: TenantID) async throws(DurableStoreError) -> Int64 {
        guard let account = horizon.account, let found = try await self.accounts.find(account, of: tenant) else {
            return horizon.time
        }
        return max(horizon.time, found.createdAt)
    }
}

extension Network {
    /// How far back a session may read a conversation of its own.
    ///
    /// In a channel of mode `J` to when it came in, by the clock of the shard on which it joined.
    func readable(_ conversation: Conversation, by session: Session) -> Horizon {
        switch conversation {
        case .channel(let folded): Horizon(time: self.replicas[folded]?.readable(by: session) ?? .min)
        case .direct: Horizon(account: session.party.account)
        }
    }

    /// Whether what happened in a conversation may be read beside what was said: not where members do not see each other come
    /// and go (mode `u`), but for hosts.
    func showsEvents(of conversation: Conversation, to session: Session) -> Bool {
        guard case .channel(let folded) = conversation, let replica = self.replicas[folded] else { return true }
        return ChannelView(replica, for: session).seesEverybody
    }

    /// The channels of which a session may not read everything, by their folded names, with the time since when it may.
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
    /// The same search in some conversations, of what was said there since a time.
    func since(_ time: Int64 = .min, in conversations: [String]) -> HistorySearch {
        var search = self
        search.conversations = conversations
        if time > .min { search.after = max(self.after ?? .min, time - 1) }
        return search
    }
}

extension HistoryRecord {
    /// Whether it was said to a user, and not in a channel.
    var isDirect: Bool { self.conversation.first == "@" }
}
