// What is measured of a day, and exactly how.

import Operator

/// What a day came to.
struct DayReport: CustomStringConvertible {
    var balancer: Balancer
    /// The longest that a pod was above 90 % of its capacity at a stretch, in seconds, and when that ended.
    ///
    /// Each pod is looked at every five seconds, draining ones too; a stretch is what lies between two looks at which
    /// the pod was at 90 % or less.
    var worstStretch = 0
    var worstAt = 0
    /// The fullest that a pod ever was, as a share of its capacity, and when.
    var fullest = 0.0
    var fullestAt = 0
    /// The integral over the day of the number of pods that exist.
    ///
    /// Pods count from when they are made, before they are ready, till they are gone, so draining ones do; and the
    /// buffer does.
    var podHours = 0.0
    /// The integral over the day of ceil(connections / (0.7 * connectionsPerPod)), at least `minReplicas`.
    ///
    /// Connections are those that are connected at that moment, on whatever pod. This ideal has no buffer, knows each
    /// moment's load in that moment, makes pods that are ready at once, moves connections at will, drains in no time and
    /// ignores how busy loops are.
    var idealPodHours = 0.0
    /// How often a raise came after a cut, or a cut after a raise.
    var turns = 0
    var raises = 0
    var cuts = 0
    /// Pods that went since fewer were needed.
    var podsCut = 0
    var cutsWhileDraining = 0
    var mostPods = 0
    /// The reasons that the Cell's condition had.
    var reasons: Set<ScalingReason> = []
    /// Deletion costs that were written.
    var costsWritten = 0
    /// Pods whose drain was requested, and those of them that are there still.
    var requestedDrains = 0
    var openDrains = 0

    init(balancer: Balancer) { self.balancer = balancer }

    var ratio: Double { self.podHours / self.idealPodHours }

    var description: String {
        let clock = { (second: Int) in "\(second / 3_600):\(second / 60 % 60):\(second % 60)" }
        return "\(self.balancer): over 90 % for \(self.worstStretch) s (\(clock(self.worstAt))), fullest "
            + "\(Int(self.fullest * 1_000)) per mille (\(clock(self.fullestAt))), \(Int(self.podHours)) pod-hours of ideal "
            + "\(Int(self.idealPodHours)): \(Int(self.ratio * 1_000)) per mille, \(self.turns) turns, "
            + "\(self.raises) raises, \(self.cuts) cuts, \(self.mostPods) pods at most, \(self.costsWritten) costs written"
    }
}

extension DayReport {
    /// Looks at a fleet; to be called at each step.
    mutating func measure(_ world: FleetWorld) {
        let capacity = Double(world.settings.connectionsPerPod)
        let hours = Double(FleetWorld.step) / 3_600
        let needed = Int((Double(world.connections) / (0.7 * capacity)).rounded(.up))
        self.idealPodHours += Double(max(world.settings.minReplicas, needed)) * hours
        self.podHours += Double(world.pods.count) * hours
        self.mostPods = max(self.mostPods, world.pods.count)
        self.openDrains = world.pods.count { $0.drainRequested }
        self.requestedDrains = max(self.requestedDrains, self.openDrains)
        for pod in world.pods {
            if pod.secondsOverLimit > self.worstStretch {
                self.worstStretch = pod.secondsOverLimit
                self.worstAt = world.second
            }
            let share = Double(pod.connections) / capacity
            if share > self.fullest {
                self.fullest = share
                self.fullestAt = world.second
            }
        }
    }
}
