// How many pods were needed over the last minutes: fewer may be had only where fewer sufficed all the time.

/// The recommendations of the stabilization window.
///
/// Recommendations that follow each other closely are kept as one, their highest; so the window is never longer than
/// 42 entries, however long it is and however often somebody plans.
struct RecommendationWindow: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var first: Int64
        var last: Int64
        var replicas: Int
    }

    private static let parts: Int64 = 40

    private(set) var entries: [Entry] = []

    /// Takes a recommendation in.
    ///
    /// - Parameters:
    ///   - replicas: what is needed now.
    ///   - now: milliseconds since 1970.
    ///   - length: of the window, in milliseconds.
    mutating func add(_ replicas: Int, at now: Int64, length: Int64) {
        self.entries.removeAll { $0.last < now - length || $0.last > now }
        if let last = self.entries.last, now - last.first < length / Self.parts || now == last.last {
            self.entries[self.entries.count - 1] = Entry(
                first: last.first,
                last: now,
                replicas: max(last.replicas, replicas)
            )
        } else {
            self.entries.append(Entry(first: now, last: now, replicas: replicas))
        }
    }

    /// What sufficed all the time.
    var highest: Int { self.entries.map(\.replicas).max() ?? 0 }
}
