// What a Cell says about the size of its fleet: `spec.edge`, with the defaults that its resource documents.

import Numbers

/// The part of a Cell's `spec.edge` that decides how many pods it has.
///
/// Values are taken as they are; what makes no sense (a maximum below the minimum, a target of 0) is read as the
/// nearest thing that does, so that a plan exists for every Cell that the API server let through.
package struct AutoscalerSettings: Hashable, Sendable {
    /// The fewest pods, at least 1.
    package var minReplicas: Int
    /// The most pods.
    package var maxReplicas: Int
    /// How full pods shall be on average, in percent of their capacity.
    package var targetConnections: Int
    /// How busy pods shall be on average, in percent of the time of their busiest shard's event loop.
    package var targetLoopUtilization: Int
    /// What a pod can hold; pods report it too, as a rollout may be changing it.
    package var connectionsPerPod: Int
    /// Event loops in a pod; pods report theirs by the number of their utilizations.
    package var shards: Int
    /// Pods above what the load needs, so that as many may be lost at once.
    package var bufferPods: Int
    /// Whether as many are above what the load needs as a zone has, if that is more.
    package var bufferZone: Bool
    /// How many pods may come in a minute, or ``scaleUpMaxPercentPerMinute`` of those there were, whichever are more, beyond
    /// what the clients who are there need.
    package var scaleUpMaxPodsPerMinute: Int
    /// See ``scaleUpMaxPodsPerMinute``.
    package var scaleUpMaxPercentPerMinute: Int
    /// For how long fewer pods must have sufficed before one goes.
    package var scaleDownStabilization: Duration
    /// How many pods may drain at once because of a scale-down; nil for all that are not needed.
    package var scaleDownMaxPodsAtOnce: Int?
    /// The least number of pods while no figures come.
    package var fallbackReplicas: Int
    /// How long a pod may take to hand over its connections before it is killed.
    package var drainGracePeriod: Duration
    /// `spec.edge.replicas`: a number that somebody else decides; the autoscaler stays off.
    package var fixedReplicas: Int?

    /// Settings with a Cell's defaults.
    package init(
        minReplicas: Int = 2,
        maxReplicas: Int = 50,
        targetConnections: Int = 70,
        targetLoopUtilization: Int = 60,
        connectionsPerPod: Int = 20_000,
        shards: Int = 1,
        bufferPods: Int = 1,
        bufferZone: Bool = false,
        scaleUpMaxPodsPerMinute: Int = 4,
        scaleUpMaxPercentPerMinute: Int = 100,
        scaleDownStabilization: Duration = .seconds(600),
        scaleDownMaxPodsAtOnce: Int? = nil,
        fallbackReplicas: Int = 4,
        drainGracePeriod: Duration = .seconds(300),
        fixedReplicas: Int? = nil
    ) {
        self.minReplicas = minReplicas
        self.maxReplicas = maxReplicas
        self.targetConnections = targetConnections
        self.targetLoopUtilization = targetLoopUtilization
        self.connectionsPerPod = connectionsPerPod
        self.shards = shards
        self.bufferPods = bufferPods
        self.bufferZone = bufferZone
        self.scaleUpMaxPodsPerMinute = scaleUpMaxPodsPerMinute
        self.scaleUpMaxPercentPerMinute = scaleUpMaxPercentPerMinute
        self.scaleDownStabilization = scaleDownStabilization
        self.scaleDownMaxPodsAtOnce = scaleDownMaxPodsAtOnce
        self.fallbackReplicas = fallbackReplicas
        self.drainGracePeriod = drainGracePeriod
        self.fixedReplicas = fixedReplicas
    }
}

// The settings as the plan reads them.
extension AutoscalerSettings {
    /// From the minimum to the maximum; a maximum below the minimum is the minimum.
    var bounds: ClosedRange<Int> {
        let lower = self.minReplicas.clamped(to: 1...FleetMember.mostPods)
        return lower...max(lower, self.maxReplicas.clamped(to: 1...FleetMember.mostPods))
    }

    /// Above 0, up to 1.
    var connectionsTarget: Double { Double(self.targetConnections.clamped(to: 1...100)) / 100 }

    /// Above 0, up to 1.
    var loopTarget: Double { Double(self.targetLoopUtilization.clamped(to: 1...100)) / 100 }

    var podCapacity: Int { self.connectionsPerPod.clamped(to: 1...FleetMember.mostConnections) }

    var buffer: Int { self.bufferPods.clamped(to: 0...FleetMember.mostPods) }

    /// How many pods may drain at once, at least 1.
    var mostAtOnce: Int { self.scaleDownMaxPodsAtOnce.map { max(1, $0) } ?? FleetMember.mostPods }

    /// How many pods there may be a minute after there were so many.
    func raised(from pods: Int) -> Int {
        let percent = Double(self.scaleUpMaxPercentPerMinute.clamped(to: 0...FleetMember.mostPods))
        let share = Int(saturating: (Double(pods) * percent / 100).rounded(.up))
        return pods + max(share, self.scaleUpMaxPodsPerMinute.clamped(to: 1...FleetMember.mostPods))
    }

    /// Milliseconds.
    var stabilization: Int64 { self.scaleDownStabilization.wholeMilliseconds }

    /// For how long a pod that was told to go is taken to be draining, in milliseconds; then its node is gone.
    var longestDrain: Int64 { self.drainGracePeriod.wholeMilliseconds + 60_000 }
}

extension Duration {
    /// Whole milliseconds, none below zero.
    fileprivate var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        // A century is long enough for a window, and far from overflow.
        return seconds.clamped(to: 0...3_155_760_000) * 1_000 + max(0, attoseconds / 1_000_000_000_000_000)
    }
}

extension Comparable {
    /// The nearest value inside a range.
    func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
