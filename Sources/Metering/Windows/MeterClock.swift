// Which minute something is counted in must not hang on one clock: one that is in 2038 for a moment would otherwise take
// everything with it, since a window that was closed is never opened again.

/// What time it is for metering: the ledger's, carried on between two looks by a clock that nobody sets.
///
/// Pure. The ledger is asked again and again. An answer that fits the time that passed since the one before moves the time a
/// little; one that contradicts it is set aside, and counts only once all answers have agreed with it for
/// ``patience``. The first needs a second one that agrees. So no single answer, and no clock of this machine, puts usage
/// into another year.
package struct MeterClock: Sendable {
    /// What became of an answer.
    package enum Reading: Hashable, Sendable {
        /// It fits.
        case agrees
        /// From now on it is as late as the answer says: it was the second that agreed at the start, or has said so for long.
        case taken
        /// It counts for nothing yet; ahead of what is known by so many milliseconds, 0 if nothing is known.
        case setAside(ahead: Int64)
    }

    /// How many milliseconds two answers may differ and still agree.
    package static let tolerance: Int64 = 60_000
    /// How many milliseconds answers have to contradict what is known before they are believed.
    package static let patience: Int64 = 600_000

    /// The years that a ledger can be in: up to 9999, the last that timestamps can say.
    private static let plausible: Range<Int64> = 0..<253_402_300_800_000

    /// What is added to the uptime to get the time.
    private var offset: Int64?
    /// What answers say that are not believed, and the uptime of the first of them.
    private var doubt: (offset: Int64, since: Int64)?

    /// Knows nothing.
    package init() {}

    /// The time by the ledger's clock.
    ///
    /// - Parameter uptime: Milliseconds on a clock that nobody sets.
    /// - Returns: Milliseconds since 1970; nil before the ledger has answered twice.
    package func now(at uptime: Int64) -> Int64? { self.offset.map { uptime + $0 } }

    /// Takes an answer of the ledger.
    ///
    /// - Parameters:
    ///   - time: Milliseconds since 1970.
    ///   - uptime: When the ledger said so, in milliseconds on a clock that nobody sets.
    /// - Returns: What became of it.
    package mutating func read(_ time: Int64, at uptime: Int64) -> Reading {
        let offset = min(max(time, Self.plausible.lowerBound), Self.plausible.upperBound) - uptime
        if let known = self.offset, abs(offset - known) <= Self.tolerance {
            self.offset = offset
            self.doubt = nil
            return .agrees
        }
        let ahead = self.offset.map { offset - $0 } ?? 0
        guard Self.plausible.contains(time), let doubt, abs(offset - doubt.offset) <= Self.tolerance else {
            self.doubt = Self.plausible.contains(time) ? (offset, uptime) : nil
            return .setAside(ahead: ahead)
        }
        let isLongEnough = self.offset == nil || uptime - doubt.since >= Self.patience
        self.doubt = isLongEnough ? nil : (offset, doubt.since)
        if isLongEnough { self.offset = offset }
        return isLongEnough ? .taken : .setAside(ahead: ahead)
    }
}
