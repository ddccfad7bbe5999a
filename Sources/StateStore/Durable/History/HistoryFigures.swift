import Synchronization

/// What becomes of what history is made of, for metrics; safe to use from anywhere.
package final class HistoryFigures: Sendable {
    private let lookedAt = Atomic<Int64>(.min)
    private let setAsideCount = Atomic(0)
    private let deadLetterCount = Atomic(0)
    private let unreadableCount = Atomic(0)

    /// Dead letters that the database keeps, as of the last look.
    package internal(set) var deadLetters: Int {
        get { self.deadLetterCount.load(ordering: .relaxed) }
        set { self.deadLetterCount.store(newValue, ordering: .relaxed) }
    }

    /// Items of the feed that wait for a newer process, as of the last look.
    package internal(set) var unreadable: Int {
        get { self.unreadableCount.load(ordering: .relaxed) }
        set { self.unreadableCount.store(newValue, ordering: .relaxed) }
    }

    /// Records that this process made dead letters of.
    package var setAside: Int { self.setAsideCount.load(ordering: .relaxed) }

    func addSetAside() {
        self.setAsideCount.add(1, ordering: .relaxed)
        self.deadLetterCount.add(1, ordering: .relaxed)
    }

    /// Whether a minute passed since this was last true.
    func isDue(_ now: Int64) -> Bool {
        let before = self.lookedAt.load(ordering: .relaxed)
        guard before == .min || now.subtractingReportingOverflow(before).partialValue.magnitude >= 60_000 else {
            return false
        }
        return self.lookedAt.compareExchange(expected: before, desired: now, ordering: .relaxed).exchanged
    }
}
