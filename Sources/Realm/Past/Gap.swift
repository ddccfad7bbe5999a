import StateStore

/// A part of a channel's log that somebody was not told.
struct Gap: Equatable {
    /// What was told last; nil if only its time is known.
    let after: Position?
    /// When that was, in milliseconds since 1970.
    let time: Int64
    /// The last entry of it.
    let upTo: Position

    /// Whether something stands behind what was told last.
    func begins(before stamp: Stamp) -> Bool { self.after.map(stamp.position.isAfter) ?? (stamp.time > self.time) }

    /// Whether something is part of it.
    func contains(_ stamp: Stamp) -> Bool { self.begins(before: stamp) && !stamp.position.isAfter(self.upTo) }

    /// Whether the last entries of the log have all of it.
    func isWithin(_ entries: [Entry]) -> Bool {
        guard let first = entries.first?.position, let after else { return false }
        return first.epoch == after.epoch && first.sequence(before: 1) <= after.sequence
    }

    /// Whether the log goes on from what was told last, given its last entries.
    ///
    /// A store that lost what had been told ends before it, and gives those numbers again in a later epoch: nobody can say
    /// what else it lost.
    func goesOn(in entries: [Entry]) -> Bool {
        guard let after else { return true }
        if after.epoch == self.upTo.epoch { return after.sequence <= self.upTo.sequence }
        guard let first = entries.first, first.position.epoch <= after.epoch else { return false }
        return !entries.contains { $0.position.epoch > after.epoch && $0.position.sequence <= after.sequence }
    }
}

extension Position {
    /// Whether it stands behind another of the same log.
    func isAfter(_ other: Position) -> Bool {
        self.epoch == other.epoch ? self.sequence > other.sequence : self.epoch > other.epoch
    }
}
