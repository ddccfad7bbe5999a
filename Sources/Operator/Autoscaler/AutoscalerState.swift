// What the autoscaler remembers. It is kept in memory only: an operator that starts knows nothing and learns it again.

/// What one plan leaves for the next.
///
/// An empty state is always right to begin with: nothing is taken away until a whole stabilization window has been
/// seen, and growth is seen again after half a minute. It is bounded by the number of pods that exist.
package struct AutoscalerState: Hashable, Sendable {
    /// Since when plans were made without a gap, in milliseconds since 1970.
    private var since: Int64?
    private var lastPlan: Int64?
    /// When pods last reported, or when somebody began to look.
    private var figuresSeen: Int64?
    private(set) var pods: [String: PodMemory] = [:]
    private var demand = DemandHistory()
    var window = RecommendationWindow()
    var raises = RaisePace()
    var change: ScalingChange?

    /// Nothing remembered.
    package init() {}
}

/// A change of the number of pods that was decided.
struct ScalingChange: Hashable, Sendable {
    var from: Int
    var to: Int
    var at: Int64
}

extension AutoscalerState {
    /// A gap between plans after which what was remembered says nothing of the time between.
    private static let longestGap: Int64 = 60_000

    /// The time to plan with: a clock that was set back a little stands still until it has caught up.
    func time(_ now: Int64) -> Int64 {
        guard let lastPlan, lastPlan - now <= Self.longestGap else { return now }
        return max(now, lastPlan)
    }

    /// Takes note of the time and of which pods there are.
    mutating func look(at pods: [EdgePod], now: Int64) {
        if let lastPlan, (now - lastPlan).magnitude > Self.longestGap { self = AutoscalerState() }
        let isFirst = self.since == nil
        self.since = self.since ?? now
        self.lastPlan = now
        let known = self.pods
        self.pods = Dictionary(
            pods.map { ($0.name, PodMemory(of: $0, after: known[$0.name], isFirstPlan: isFirst, at: now)) }
        ) { first, _ in first }
    }

    /// Takes note of whether pods report.
    ///
    /// - Returns: for how long none has, in milliseconds; nil while one does.
    mutating func see(_ view: FleetView) -> Int64? {
        guard view.isBlind else {
            self.figuresSeen = view.now
            return nil
        }
        let seen = self.figuresSeen ?? view.now
        self.figuresSeen = seen
        return view.now - seen
    }

    /// Takes note of the demand, and says what is to be expected.
    mutating func outlook(_ view: FleetView) -> Outlook {
        let sample = DemandHistory.Sample(
            at: view.now,
            demand: view.demand(.average),
            work: view.work(.average),
            missing: view.missing
        )
        self.demand.add(sample)
        // An operator that just started does not know from where growth began; the pods of its predecessor tell.
        let provided = view.provided(before: DemandHistory.length)
        let leadTime = self.leadTime
        return Outlook(
            growth: self.demand.growth(at: view.now),
            untilDoubled: self.demand.untilDoubled(after: leadTime, provided: provided, at: view.now),
            leadTime: leadTime,
            partBeforeReady: view.partBeforeReady(leadTime: leadTime),
            away: self.demand.away(at: view.now),
            work: self.demand.work(at: view.now)
        )
    }

    /// Begins anew, since somebody else decides for now.
    mutating func forgetWindow(at now: Int64) {
        self.since = now
        self.demand = DemandHistory()
        self.window = RecommendationWindow()
        self.raises = RaisePace()
        self.change = nil
    }

    /// Whether a whole window has been seen, `length` in milliseconds.
    func hasSeen(_ length: Int64, by now: Int64) -> Bool { self.since.map { now - $0 >= length } ?? false }

    /// When a pod that is asked for now will be ready, in seconds: as the pods did of which it is known.
    ///
    /// Their median, so that one that had to wait for a node or an image is not taken for all.
    private var leadTime: Double {
        let known = self.pods.values.compactMap(\.startTook).sorted()
        guard !known.isEmpty else { return Autoscaler.usualLeadTime }
        return (Double(known[known.count / 2]) / 1_000).clamped(to: Autoscaler.leadTimes)
    }
}
