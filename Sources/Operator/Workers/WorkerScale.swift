// How many workers a cell has: as many as keep up. What waits in the feed is nearly nothing while they do, however much is said, and
// grows without end while they do not; so two bounds far apart tell the one from the other.

/// The number of a cell's workers, and what has been seen of the feed until now.
package struct WorkerScale: Hashable, Sendable {
    /// What a look at a cell found.
    package struct Look: Hashable, Sendable {
        /// How many workers are wanted until now.
        package var replicas: Int
        /// The fewest and the most that there may be.
        package var bounds: ClosedRange<Int>
        /// How much of the feeds history has not acknowledged; nil if nobody knows.
        package var waiting: Int?

        package init(replicas: Int, bounds: ClosedRange<Int>, waiting: Int?) {
            self.replicas = replicas
            self.bounds = bounds
            self.waiting = waiting
        }
    }

    /// So much waits that there are too few: a twentieth of what a feed holds.
    package static let much = 5_000
    /// So little waits that fewer might do.
    package static let little = 500
    /// For how long much must have waited before more come, in milliseconds; and how long those have before yet more do.
    package static let patience: Int64 = 30_000
    /// For how long little must have waited before one goes, in milliseconds.
    package static let stabilization: Int64 = 600_000

    /// Since when much has waited, or little, in milliseconds since 1970.
    private var muchSince: Int64?
    private var littleSince: Int64?

    package init() {}

    /// Decides.
    ///
    /// - Parameters:
    ///   - look: What was found.
    ///   - now: Milliseconds since 1970.
    /// - Returns: How many workers there are to be.
    package mutating func replicas(for look: Look, at now: Int64) -> Int {
        let current = min(max(look.replicas, look.bounds.lowerBound), look.bounds.upperBound)
        guard let waiting = look.waiting else {
            // What nobody knows is no reason for anything.
            (self.muchSince, self.littleSince) = (nil, nil)
            return current
        }
        self.muchSince = waiting >= Self.much ? self.muchSince ?? now : nil
        self.littleSince = waiting <= Self.little ? self.littleSince ?? now : nil
        if let since = self.muchSince, now - since >= Self.patience {
            self.muchSince = now
            return min(current * 2, look.bounds.upperBound)
        }
        if let since = self.littleSince, now - since >= Self.stabilization {
            self.littleSince = now
            return max(current - 1, look.bounds.lowerBound)
        }
        return current
    }
}
