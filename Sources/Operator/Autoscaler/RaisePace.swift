// How fast a fleet grows: what is foreseen may be wrong, and a pod costs money.

/// How many pods there were over the last minute.
///
/// As the policies of a HorizontalPodAutoscaler (`behavior.scaleUp.policies`, by `Max`), it bounds how many come in a minute: a
/// burst of a few seconds is not to be taken for the first part of ten minutes.
struct RaisePace: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        var at: Int64
        var replicas: Int
    }

    private static let minute: Int64 = 60_000

    /// Each with more pods than the one before it: where there were fewer later, what was before says nothing.
    private var entries: [Entry] = []

    /// Takes note of how many pods are wanted, and says how many there may be by now.
    ///
    /// - Parameters:
    ///   - replicas: how many are wanted until now.
    ///   - settings: the Cell's.
    ///   - now: milliseconds since 1970.
    /// - Returns: pods.
    mutating func most(after replicas: Int, _ settings: AutoscalerSettings, at now: Int64) -> Int {
        while let last = self.entries.last, last.replicas > replicas { self.entries.removeLast() }
        if self.entries.last?.replicas != replicas { self.entries.append(Entry(at: now, replicas: replicas)) }
        // The number of a minute ago held until the next one.
        while self.entries.count > 1, self.entries[1].at <= now - Self.minute { self.entries.removeFirst() }
        return settings.raised(from: self.entries[0].replicas)
    }
}
