package import NIOCore

/// Changes to one tenant's logs that happen together or not at all.
package struct Transaction: Sendable {
    /// Checked first, in order; the first that fails refuses the whole transaction.
    package var conditions: [Condition]
    /// Applied in order.
    ///
    /// Every change makes exactly one entry in its log. All logs belong to one tenant.
    package var changes: [LogChange]

    package init(conditions: [Condition] = [], changes: [LogChange]) {
        self.conditions = conditions
        self.changes = changes
    }

    /// The same, and nothing of it in the feed.
    package var unfed: Transaction {
        var transaction = self
        for index in transaction.changes.indices { transaction.changes[index].feed = nil }
        return transaction
    }

    /// Whether it sets nothing and takes something away: it is applied however full the store is, since it is what empties it.
    package var leaves: Bool {
        var takesAway = false
        for change in self.changes {
            for case .set in change.fields { return false }
            if case .set = change.holder { return false }
            if !change.fields.isEmpty || change.lifetime != .keep || change.holder == .cleared { takesAway = true }
        }
        return takesAway
    }
}

/// A fact about a log that a decision rested on.
package struct Condition: Sendable, Hashable {
    package enum Test: Sendable, Hashable {
        /// No entry after this position changed a field, and the log is still of this epoch.
        /// `Position.none` asks that the log does not exist.
        case unchanged(since: Position)
        /// The log exists.
        case exists
        /// The field is not set.
        case absent(FieldName)
        /// The field is set to exactly this.
        indirect case equals(FieldName, [UInt8])
        /// Fewer than `limit` logs of this log's kind exist in the tenant, or this log exists already.
        case logsBelow(Int)
    }

    package let log: LogKey
    package let test: Test

    package init(_ log: LogKey, _ test: Test) {
        self.log = log
        self.test = test
    }
}

/// What a transaction does to one log: one entry, and the fields that go with it.
package struct LogChange: Sendable {
    /// What becomes of the log after the change.
    package enum Lifetime: Sendable, Hashable {
        /// It stays.
        case keep
        /// It is dropped, with fields and entries, if no field of the section is set any more, and none of the other one that keeps it.
        case dropIfEmpty(Section, unless: Section? = nil)
        /// It is dropped after this entry was published.
        case drop
    }

    /// Whose lease keeps the log alive.
    ///
    /// The logs of a pod whose lease lapsed are its orphans.
    package enum Holder: Sendable, Hashable {
        case unchanged
        case set(PodID)
        case cleared
    }

    package var log: LogKey
    /// The entry's payload; empty when only fields change.
    package var payload: ByteBuffer
    package var fields: [FieldChange]
    package var lifetime: Lifetime
    package var holder: Holder
    /// What the entry goes to the feed as; nil if it does not.
    package var feed: FeedLabel?
    /// A time, in milliseconds since 1970, that the entry's is later than: that of what its author had seen, perhaps in another log.
    ///
    /// Counts for less than ``leap`` ahead of the store's clock: who answers faster than that has the time of the clock.
    package var after: Int64

    /// How far ahead of the store's clock an entry's time may be, in milliseconds, for coming after another's.
    package static let leap: Int64 = 50

    package init(
        _ log: LogKey,
        payload: ByteBuffer = ByteBuffer(),
        fields: [FieldChange] = [],
        lifetime: Lifetime = .keep,
        holder: Holder = .unchanged,
        feed: FeedLabel? = nil,
        after: Int64 = 0
    ) {
        self.log = log
        self.payload = payload
        self.fields = fields
        self.lifetime = lifetime
        self.holder = holder
        self.feed = feed
        self.after = after
    }

    /// When the entry is made by a clock that says so, if nothing later is in its log.
    func time(at now: Int64) -> Int64 {
        self.after < now || self.after - now >= Self.leap ? now : self.after + 1
    }
}

/// How a transaction ended.
package enum Outcome: Sendable, Equatable {
    /// Everything was applied; for each change the position and the time (ms since 1970) of its entry.
    case appended([Stamp])
    /// The condition at this index failed and nothing was applied. By the time the caller hears of it, every entry
    /// of a log it follows that the failed condition could have seen has been delivered to it.
    case refused(condition: Int)
}

/// What the store stamped on an appended entry.
package struct Stamp: Sendable, Hashable {
    package let position: Position
    package let time: Int64

    package init(position: Position, time: Int64) {
        self.position = position
        self.time = time
    }
}
