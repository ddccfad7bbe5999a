// How many pods a fleet needs, for each of the reasons to need them.

import Numbers

/// The number of pods that are needed now, before anything that was so a while ago is considered.
struct Recommendation: Hashable {
    /// For the connections that there are and that will be there before a new pod helps.
    let byConnections: Int
    /// For those that there are, the buffer and what drains included: how many may come at once.
    let present: Int
    /// For the event loops.
    let byUtilization: Int
    /// So that the fullest pod does not overflow before growth ends.
    let byFullestPod: Int
    /// Pods that take up a replica and serve nobody new.
    let drainingInPlace: Int
    let buffer: Int

    /// What is needed of all that, the buffer included; not bounded by the Cell's limits.
    var replicas: Int {
        min(
            FleetMember.mostPods,
            max(max(self.byConnections, self.byUtilization) + self.buffer, self.byFullestPod) + self.drainingInPlace
        )
    }
}

extension Recommendation {
    /// Looks at a fleet.
    ///
    /// - Parameters:
    ///   - view: the fleet.
    ///   - outlook: what the last minutes say of the next.
    init(of view: FleetView, outlook: Outlook) {
        self.init(view, .average, outlook, byFullestPod: Self.byFullestPod(view, outlook))
    }

    /// The same with silent pods taken for full, which they are only for the sake of taking none away.
    func cautious(_ view: FleetView, outlook: Outlook) -> Recommendation {
        Recommendation(view, .full, outlook, byFullestPod: self.byFullestPod)
    }

    private init(_ view: FleetView, _ assumption: FleetView.Assumption, _ outlook: Outlook, byFullestPod: Int) {
        // Till a pod that is asked for now is ready, and as long again, for then the next one must be.
        let connections = view.demand(assumption) + outlook.growth * 2 * outlook.leadTime
        // Utilization is averaged over a minute; what an assumption adds to it is added to the average.
        let work = outlook.work + max(0, view.work(assumption) - view.work(.average))
        self.byConnections = Self.pods(connections / (view.settings.connectionsTarget * view.podCapacity))
        let there = Self.pods(view.demand(assumption) / (view.settings.connectionsTarget * view.podCapacity))
        self.present = min(FleetMember.mostPods, there + view.buffer + view.drainingInPlace)
        self.byUtilization = Self.byUtilization(view, work: work)
        self.byFullestPod = byFullestPod
        self.drainingInPlace = view.drainingInPlace
        self.buffer = view.buffer
    }

    /// The algorithm of the HorizontalPodAutoscaler, tolerance included.
    ///
    /// It compares with the pods that are there to carry load: with the buffer in it, the buffer would be asked for
    /// again and again.
    private static func byUtilization(_ view: FleetView, work: Double) -> Int {
        let needed = work / view.settings.loopTarget
        let carrying = view.replicas - view.buffer
        if carrying > 0, abs(needed / Double(carrying) - 1) <= Autoscaler.tolerance { return carrying }
        return self.pods(needed)
    }

    /// How many pods new clients must be spread over, so that the fullest has room for its part of them.
    ///
    /// Clients stay where they are for hours and new ones are spread evenly over the pods that are ready. So a pod that
    /// has been there since before the growth holds more than the average, and adding pods takes nothing from it: all
    /// that can be done is to add so many, so early, that what still comes to it is less than its room. What may come
    /// is the growth of the next ten minutes, what draining pods give back, and the clients of a pod that dies. The
    /// last counts no more than the growth: a fleet at rest is not enlarged for one full pod's sake.
    private static func byFullestPod(_ view: FleetView, _ outlook: Outlook) -> Int {
        guard let fullest = view.reporting.map(\.connectionsAtMost).max() else { return 0 }
        let growth = outlook.growth
        let soon = growth * outlook.leadTime
        let later = growth * (Autoscaler.growthHorizon - Autoscaler.noticeTime - outlook.leadTime)
        let grown = max(soon, min(later, outlook.untilDoubled))
        let lost = min(Double(view.buffer) * Double(fullest), 2 * growth * Autoscaler.growthHorizon)
        let coming = grown + Double(view.drainingConnections)
        // New pods are no help until they are ready; till then their part comes to those that are.
        let before = growth * outlook.partBeforeReady
        let needed = view.reporting.map { member in
            let capacity = Double(member.capacity)
            let room = Autoscaler.limit * capacity - Double(member.connectionsAtMost) - before
            return max(
                coming / max(room, Autoscaler.leastRoom * capacity),
                (coming + lost) / max(room, Autoscaler.leastRoomForLoss * capacity)
            )
        }
        return self.pods(needed.max() ?? 0)
    }

    /// Whole pods, rounded up; what is a whole number but for rounding is not.
    private static func pods(_ exact: Double) -> Int {
        Int(saturating: (exact - 1e-9).rounded(.up).clamped(to: 0...Double(FleetMember.mostPods)))
    }
}

/// What the last minutes say of the next.
struct Outlook: Hashable {
    /// Clients a second, at least 0.
    var growth: Double
    /// How many more there may be, after the lead time, until there are twice as many as ten minutes ago.
    var untilDoubled: Double
    /// When a pod that is asked for now is ready, in seconds.
    var leadTime: Double
    /// How many of them one pod gets before pods that are asked for now are ready, for each client a second.
    var partBeforeReady: Double
    /// Clients who were here two minutes ago and are not.
    var away: Double
    /// Busy loops on average over the last minute, in pods.
    var work: Double
}
