// Which pods go first, and how a ReplicaSet is told.

/// The order in which pods go.
enum DeletionOrder {
    /// The cost of a pod whose drain was requested: lower than all others.
    static let requested: Int32 = -1_000_000
    /// The cost of a pod that a scale-down takes now.
    static let chosen: Int32 = -1_000

    /// The pods that were not told to go yet, the first to go first.
    ///
    /// A ReplicaSet takes pods that are not ready before it looks at costs. Then come those whose drain was requested,
    /// then those that hold the fewest clients, by name where as many.
    static func sorted(_ view: FleetView) -> [FleetMember] {
        view.staying.sorted { first, second in
            if first.pod.isReady != second.pod.isReady { return !first.pod.isReady }
            if first.pod.drainRequested != second.pod.drainRequested { return first.pod.drainRequested }
            let held = (first.connectionsAtMost, second.connectionsAtMost)
            return held.0 == held.1 ? first.name < second.name : held.0 < held.1
        }
    }

    /// The costs that have to be written so that the first `count` pods go.
    ///
    /// Only those: pods that go get one value and all others none, whatever they hold, so a fleet whose clients come
    /// and go is not written to. While nothing goes, only requested drains are marked.
    static func costs(_ view: FleetView, removing count: Int) -> [String: Int32] {
        var costs: [String: Int32] = [:]
        for (position, member) in self.sorted(view).enumerated() {
            let cost = member.pod.drainRequested ? Self.requested : position < count ? Self.chosen : 0
            if member.pod.deletionCost != cost, count > 0 || cost == Self.requested { costs[member.name] = cost }
        }
        return costs
    }
}
