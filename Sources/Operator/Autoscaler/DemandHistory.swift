// What was asked of the fleet over the last minutes.

/// The demand of the last ten minutes, in samples some seconds apart.
struct DemandHistory: Hashable, Sendable {
    struct Sample: Hashable, Sendable {
        var at: Int64
        /// Clients; those of silent pods are assumed.
        var demand: Double
        /// Busy loops, in pods.
        var work: Double
        /// How many pods' clients are assumed.
        var missing: Int
    }

    /// Ten minutes, in milliseconds: longer than clients take to come back.
    static let length: Int64 = 600_000
    /// The least time between samples, in milliseconds; so there are never more than 152.
    static let spacing: Int64 = 4_000
    /// The time over which utilization is averaged, in milliseconds: it jumps with every busy channel.
    static let smoothing: Int64 = 60_000

    private(set) var samples: [Sample] = []

    /// Takes a sample in; it takes the last one's place if that is of the same time, or all too near to the one before.
    mutating func add(_ sample: Sample) {
        let old = self.samples.prefix { $0.at < sample.at - Self.length }.count
        self.samples.removeFirst(old)
        while let last = self.samples.last, last.at >= sample.at { self.samples.removeLast() }
        if self.samples.count > 1 {
            let (before, last) = (self.samples[self.samples.count - 2], self.samples[self.samples.count - 1])
            if last.at - before.at < Self.spacing { self.samples.removeLast() }
        }
        self.samples.append(sample)
    }

    /// The history as it was before the last sample.
    var earlier: DemandHistory {
        var earlier = self
        _ = earlier.samples.popLast()
        return earlier
    }

    /// The busy loops of the last minute on average, in pods.
    func work(at now: Int64) -> Double {
        let recent = self.recent(Self.smoothing, before: now)
        return recent.isEmpty ? 0 : recent.reduce(0) { $0 + $1.work } / Double(recent.count)
    }

    /// How many clients are away who were here in the last two minutes: most of them are on their way back.
    func away(at now: Int64) -> Double {
        let highest = self.recent(Self.trend, before: now).reduce(0) { max($0, $1.demand) }
        return max(0, highest - (self.samples.last?.demand ?? 0))
    }

    /// The samples that are younger than so many milliseconds.
    func recent(_ length: Int64, before now: Int64) -> ArraySlice<Sample> {
        let start = (self.samples.lastIndex { $0.at <= now - length } ?? -1) + 1
        return self.samples[start...]
    }
}
