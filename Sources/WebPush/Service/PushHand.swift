import StateStore

/// The records of the feed that a reader has in hand: which are done with, and which were held long enough.
///
/// A record that was handed out again meanwhile is in hand already.
actor PushHand {
    private struct Held {
        var left = 1
        let since: ContinuousClock.Instant
    }

    private var held: [FeedRecord.ID: Held] = [:]
    /// How long a record waits in the feed for what is made of it: less than after what it would be handed out to another.
    private let patience: Duration

    init(patience: Duration) { self.patience = patience }

    var count: Int { self.held.count }

    /// Takes records.
    ///
    /// - Returns: Those that were not in hand.
    func take(_ records: [FeedRecord], at now: ContinuousClock.Instant) -> [FeedRecord] {
        records.filter { record in
            guard self.held[record.id] == nil else { return false }
            self.held[record.id] = Held(since: now)
            return true
        }
    }

    /// So much more is made of one.
    func expect(_ id: FeedRecord.ID) { self.held[id]?.left += 1 }

    /// Something that was made of one is done.
    func finished(_ id: FeedRecord.ID) { self.held[id]?.left -= 1 }

    /// Lets records go that are to be handed out again.
    func giveBack(_ ids: some Sequence<FeedRecord.ID>) { for id in ids { self.held[id] = nil } }

    /// Those that the feed needs to keep no longer.
    func due(at now: ContinuousClock.Instant) -> [FeedRecord.ID] {
        self.held.filter { $0.value.left <= 0 || $0.value.since.duration(to: now) >= self.patience }.map(\.key)
    }
}
