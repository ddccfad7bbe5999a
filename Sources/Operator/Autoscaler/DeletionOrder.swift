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
    /// then, of the zones that have most of the rest, those that hold the fewest clients, by name where as many: a fleet
    /// that becomes smaller stays spread, so that a zone's loss takes no more than its part.
    static func sorted(_ view: FleetView) -> [FleetMember] {
        let sorted = view.staying.sorted { first, second in
            if first.pod.isReady != second.pod.isReady { return !first.pod.isReady }
            if first.pod.drainRequested != second.pod.drainRequested { return first.pod.drainRequested }
            return Self.isEmptier(first, second)
        }
        let settled = sorted.prefix { !$0.pod.isReady || $0.pod.drainRequested }
        return settled + Self.spread(sorted.dropFirst(settled.count))
    }

    private static func isEmptier(_ first: FleetMember, _ second: FleetMember) -> Bool {
        let held = (first.connectionsAtMost, second.connectionsAtMost)
        return held.0 == held.1 ? first.name < second.name : held.0 < held.1
    }

    /// Pods, the emptiest first, in the order in which each is of a place that has most.
    private static func spread(_ pods: ArraySlice<FleetMember>) -> [FleetMember] {
        // The next one of each place is its last.
        var places = Dictionary(grouping: pods.reversed()) { $0.pod.place ?? "" }
        var order: [FleetMember] = []
        while let most = places.values.map(\.count).max(), most > 1, places.count > 1 {
            let fullest = places.filter { $0.value.count == most }
            guard let next = fullest.compactMap(\.value.last).min(by: Self.isEmptier) else { break }
            places[next.pod.place ?? ""]?.removeLast()
            order.append(next)
        }
        return order + places.values.joined().sorted(by: Self.isEmptier)
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
