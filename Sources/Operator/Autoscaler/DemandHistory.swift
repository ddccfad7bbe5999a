// What was asked of the fleet over the last minutes: to see growth, and to tell it from a crowd that comes back.

/// The demand of the last ten minutes, in samples at least five seconds apart.
///
/// Growth is what goes above the highest demand so far. So clients that lost their pod, or their network, and come back
/// by the ten thousand in a minute are no growth: there is room for them, they were here before.
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

    /// Ten minutes: longer than clients take to come back.
    static let length: Int64 = 600_000
    /// The least time between samples: there are never more than 122.
    static let spacing: Int64 = 5_000
    /// The time over which growth is measured, long enough that chance is no growth.
    static let trend: Int64 = 120_000
    /// The time in which a crowd is noticed.
    static let start: Int64 = 30_000
    /// The time over which utilization is averaged: it jumps with every busy channel.
    static let smoothing: Int64 = 60_000

    private(set) var samples: [Sample] = []

    /// Takes a sample in; one of the same time as the last, or all too near to it, takes its place.
    mutating func add(_ sample: Sample) {
        self.samples.removeAll { $0.at < sample.at - Self.length || $0.at > sample.at }
        if let last = self.samples.last {
            let before = self.samples.dropLast().last?.at
            if last.at == sample.at || sample.at - (before ?? .min / 2) < Self.spacing { self.samples.removeLast() }
        }
        self.samples.append(sample)
    }

    /// The busy loops of the last minute on average, in pods.
    func work(at now: Int64) -> Double {
        let recent = self.samples.filter { $0.at > now - Self.smoothing }
        return recent.isEmpty ? 0 : recent.reduce(0) { $0 + $1.work } / Double(recent.count)
    }

    /// By how much demand grows, in clients a second, 0 where it does not.
    ///
    /// The growth of two minutes, unless the last half minute says otherwise and it is not by chance: so a crowd is seen
    /// at once, and so is its end. Chance is taken to be two deviations of as many coming and going as if clients stayed
    /// for an hour.
    func growth(at now: Int64) -> Double {
        let steps = self.steps()
        let seconds = Double(Self.start) / 1_000
        let chance = 2 * (2 * self.demandBefore(now) * seconds / 3_600).squareRoot() / seconds
        let long = Self.rate(steps.filter { $0.end > now - Self.trend })
        let short = Self.rate(steps.filter { $0.end > now - Self.start })
        return long.clamped(to: max(0, short - chance)...(short + chance))
    }

    /// How many more clients there may be until there are twice as many as ten minutes ago.
    ///
    /// - Parameters:
    ///   - provided: for how many the fleet was made ten minutes ago, for one who has not looked for as long.
    ///   - now: milliseconds since 1970.
    func untilDoubled(since provided: Double, at now: Int64) -> Double {
        guard let oldest = self.samples.first else { return 0 }
        let isWhole = now - oldest.at > Self.length - 4 * Self.spacing
        let before = isWhole ? oldest.demand : min(oldest.demand, provided)
        return max(0, 2 * before - self.demandBefore(now))
    }

    /// The demand of half a minute ago: what came since is looked at as growth.
    private func demandBefore(_ now: Int64) -> Double {
        (self.samples.last { $0.at <= now - Self.start } ?? self.samples.first)?.demand ?? 0
    }

    private struct Step {
        var end: Int64
        var rise: Double
        var seconds: Double
        var rate: Double { self.rise / self.seconds }
    }

    /// What lies between samples; without those where pods fell silent or spoke again, for there an assumption changed
    /// and not the demand.
    private func steps() -> [Step] {
        var steps: [Step] = []
        var peak = self.samples.first?.demand ?? 0
        for (before, after) in zip(self.samples, self.samples.dropFirst()) {
            let rise = max(0, after.demand - peak)
            peak = max(peak, after.demand)
            let length = after.at - before.at
            guard before.missing == after.missing, length <= 4 * Self.spacing else { continue }
            steps.append(Step(end: after.at, rise: rise, seconds: Double(length) / 1_000))
        }
        return steps
    }

    /// Clients a second over some steps; without the steepest of them, for a step is no trend.
    private static func rate(_ steps: [Step]) -> Double {
        guard steps.count >= 3, let steepest = steps.indices.max(by: { steps[$0].rate < steps[$1].rate }) else {
            return 0
        }
        let left = steps.indices.filter { $0 != steepest }
        return left.reduce(0) { $0 + steps[$1].rise } / left.reduce(0) { $0 + steps[$1].seconds }
    }

    /// How many clients are away who were here two minutes ago: most of them are on their way back.
    func away(at now: Int64) -> Double {
        let recent = self.samples.filter { $0.at > now - Self.trend }
        return (recent.map(\.demand).max() ?? 0) - (recent.last?.demand ?? 0)
    }
}
