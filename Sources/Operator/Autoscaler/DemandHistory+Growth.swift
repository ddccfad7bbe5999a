// Seeing growth, and telling it from a crowd that comes back, from a step and from chance.

// Growth is what goes above the highest demand of ten minutes. So clients that lost their pod, or their network, and
// come back by the ten thousand in a minute are no growth: there is room for them, they were here before.
extension DemandHistory {
    /// The time over which growth is measured, in milliseconds.
    static let trend: Int64 = 120_000
    /// The steps in which a crowd is noticed, where none is older than a minute.
    static let start = 6
    /// How many of them a burst takes.
    static let burst = 3

    /// By how much demand grows, in clients a second, 0 where it does not.
    ///
    /// The growth of two minutes, unless the last six steps say otherwise and it is not by chance: so a crowd is seen
    /// within half a minute, and so is its end. Chance is taken to be two deviations of as many coming and going as if
    /// clients stayed for an hour.
    func growth(at now: Int64) -> Double { self.growth(at: now, fewest: Self.start) }

    /// How many more clients there may be, some time from now, until there are twice as many as ten minutes ago.
    ///
    /// What comes until that time is taken from the growth before the last sample: so a client more can only make more
    /// of the growth, never less of what is left of it.
    ///
    /// - Parameters:
    ///   - seconds: that time from now.
    ///   - provided: for how many the fleet was made ten minutes ago, for one who has not looked for as long.
    ///   - now: milliseconds since 1970.
    /// - Returns: clients, at least 0.
    func untilDoubled(after seconds: Double, provided: Double, at now: Int64) -> Double {
        guard let oldest = self.samples.first, let last = self.samples.last else { return 0 }
        let isWhole = now - oldest.at > Self.length - 4 * Self.spacing
        let before = isWhole ? oldest.demand : min(oldest.demand, provided)
        let start = self.samples.dropLast(Self.start).last ?? oldest
        // One step fewer is enough to see it, so that it is never seen later than the growth itself.
        let growth = self.earlier.growth(at: last.at, fewest: Self.start - 1)
        return max(0, 2 * before - start.demand - growth * (seconds + Double(now - start.at) / 1_000))
    }

    private struct Step {
        var rise: Double
        var seconds: Double
    }

    private func growth(at now: Int64, fewest: Int) -> Double {
        let steps = self.steps(at: now, length: Self.trend)
        let last = Array(self.steps(at: now, length: Self.smoothing).suffix(Self.start))
        let before = (self.samples.dropLast(Self.start).last ?? self.samples.first)?.demand ?? 0
        let seconds = max(1, last.reduce(0) { $0 + $1.seconds })
        let chance = 2 * (2 * before * seconds / 3_600).squareRoot() / seconds
        let short = Self.rate(last, fewest: fewest)
        return Self.rate(steps, fewest: fewest).clamped(to: max(0, short - chance)...(short + chance))
    }

    /// What lies between samples; without those where pods fell silent or spoke again, for there an assumption changed
    /// and not the demand.
    private func steps(at now: Int64, length: Int64) -> [Step] {
        let recent = self.recent(length, before: now)
        guard let first = recent.indices.first else { return [] }
        var peak = self.samples[..<first].reduce(0) { max($0, $1.demand) }
        var before = self.samples[max(0, first - 1)]
        var steps: [Step] = []
        for sample in self.samples[max(1, first)...] {
            let time = sample.at - before.at
            // What is not known to have been lower is no rise.
            let rise = max(0, sample.demand - max(peak, before.demand))
            if sample.missing == before.missing, time <= 5 * Self.spacing {
                steps.append(Step(rise: rise, seconds: Double(time) / 1_000))
            }
            peak = max(peak, sample.demand)
            before = sample
        }
        return steps
    }

    /// Clients a second over some steps, but for the steepest: a burst is no trend.
    private static func rate(_ steps: [Step], fewest: Int) -> Double {
        guard steps.count >= fewest else { return 0 }
        let rest = steps.sorted { $0.rise * $1.seconds > $1.rise * $0.seconds }.dropFirst(Self.burst)
        let (rise, seconds) = rest.reduce((0, 0)) { ($0.0 + $1.rise, $0.1 + $1.seconds) }
        return rise / max(0.001, seconds)
    }
}
