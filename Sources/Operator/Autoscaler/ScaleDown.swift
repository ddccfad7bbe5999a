// Taking pods away: which go first, and whether the others have room for what comes back.

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

/// Why a pod that is not needed stays.
enum ScaleDownObstacle: Hashable {
    /// Nobody has looked for long enough.
    case justStarted
    /// More were needed a moment ago.
    case needed(Int)
    /// Another is going, or came beside `spec.replicas` in a rollout.
    case draining
    /// It replaces another, or was asked for a moment ago.
    case starting(String)
    /// It would be the first to go, and is not ready, and may hold clients.
    case unready(String)
    /// The fullest pod has no room for its part.
    case noRoom(String)
}

extension FleetView {
    /// Whether the first pods to go can be taken away.
    ///
    /// - Parameters:
    ///   - going: those pods.
    ///   - replicas: `spec.replicas`.
    ///   - away: clients on their way back.
    ///   - buffer: as many pods may be lost afterwards without another one overflowing.
    ///   - now: milliseconds since 1970.
    /// - Returns: what is in the way.
    func obstacle(
        toRemoving going: [FleetMember],
        replicas: Int,
        away: Double,
        buffer: Int,
        now: Int64
    ) -> ScaleDownObstacle? {
        if self.isDraining || self.staying.count > replicas { return .draining }
        let isStarting = { (pod: EdgePod) in !pod.isReady && now - pod.createdAt < Autoscaler.longestStart }
        if let starting = self.staying.first(where: { isStarting($0.pod) }) { return .starting(starting.name) }
        if let unready = self.staying.first(where: { !$0.pod.isReady && $0.connectionsAtMost > 0 }) {
            return .unready(unready.name)
        }
        return self.crowded(without: going, away: away, losing: buffer).map { .noRoom($0.name) }
    }

    /// The pod that would be too full if some pods handed their clients over to the others.
    ///
    /// - Parameters:
    ///   - going: the pods that hand over.
    ///   - away: clients on their way back.
    ///   - losing: how many more may be lost after that.
    /// - Returns: the fullest such pod; nil where all have room.
    func crowded(without going: [FleetMember], away: Double, losing: Int) -> FleetMember? {
        let names = Set(going.map(\.name))
        let left = self.accepting.filter { !names.contains($0.name) }
        let handed = away + Double(going.reduce(0) { $0 + $1.connectionsAtMost } + self.drainingConnections)
        let fullest = Double(left.map(\.connectionsAtMost).max() ?? 0)
        let spread = { (lost: Int) in (handed + Double(lost) * fullest) / Double(max(1, left.count - lost)) }
        // Where the buffer is all there is, its loss cannot be provided for.
        let part = losing < left.count ? max(spread(0), spread(losing)) : spread(0)
        return left.filter { Double($0.connectionsAtMost) + part > Autoscaler.limit * Double($0.capacity) }
            .max { $0.connectionsAtMost < $1.connectionsAtMost }
    }
}
