// Whether pods can go: whether others do already, and whether those that stay have room for what comes back.

/// Why a pod that is not needed stays.
enum ScaleDownObstacle: Hashable {
    /// Nobody has looked for long enough.
    case justStarted
    /// More were needed a moment ago.
    case needed(Int)
    /// Others are going, or are yet to be made, or came beside `spec.replicas` in a rollout.
    case changing
    /// It replaces another, or was asked for a moment ago.
    case starting(String)
    /// It would be the first to go, and is not ready, and may hold clients.
    case unready(String)
    /// The fullest pod has no room for its part.
    case noRoom(String)
}

extension FleetView {
    /// Whether a scale-down can take pods now.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - coming: clients that come from elsewhere meanwhile.
    ///   - isUrgent: whether they go even if the others have no room.
    /// - Returns: what is in the way.
    func obstacle(toRemoving count: Int, coming: Double, isUrgent: Bool) -> ScaleDownObstacle? {
        if self.isDraining || self.staying.count != self.replicas { return .changing }
        let unready = self.staying.filter { !$0.pod.isReady }
        if let name = unready.filter({ $0.isStarting(at: self.now) }).map(\.name).min() { return .starting(name) }
        if let name = unready.filter({ $0.connectionsAtMost > 0 }).map(\.name).min() { return .unready(name) }
        if isUrgent { return nil }
        let going = Array(DeletionOrder.sorted(self).prefix(count))
        return self.crowded(without: going, coming: coming, losing: self.buffer).map { .noRoom($0) }
    }

    /// Pods to delete since their drain was requested: together, as far as the rest has room.
    ///
    /// A pod that is alone goes all the same; its replacement starts at once and its clients are told over minutes.
    var requestedDrains: [String] {
        guard !self.isDraining, self.staying.count <= self.replicas, !self.isBlind else { return [] }
        let most = self.settings.mostAtOnce
        var going: [FleetMember] = []
        for member in self.staying.filter({ $0.pod.drainRequested }).sorted(by: { $0.name < $1.name }) {
            let isAlone = going.isEmpty && self.accepting.allSatisfy { $0.name == member.name }
            guard going.count < most else { break }
            guard isAlone || self.crowded(without: going + [member], coming: 0, losing: 0) == nil else { continue }
            going.append(member)
        }
        return going.map(\.name)
    }

    /// The pod that would be too full if some pods handed their clients over to the others.
    ///
    /// - Parameters:
    ///   - going: the pods that hand over.
    ///   - coming: clients that come from elsewhere meanwhile.
    ///   - losing: how many more may be lost after that.
    /// - Returns: the fullest such pod, or one that goes where nobody is left; nil where all have room.
    private func crowded(without going: [FleetMember], coming: Double, losing: Int) -> String? {
        let names = Set(going.map(\.name))
        let left = self.accepting.filter { !names.contains($0.name) }
        guard !left.isEmpty else { return names.min() }
        let handed = coming + Double(going.reduce(0) { $0 + $1.connectionsAtMost } + self.drainingConnections)
        let fullest = Double(left.map(\.connectionsAtMost).max() ?? 0)
        let spread = { (lost: Int) in (handed + Double(lost) * fullest) / Double(left.count - lost) }
        // Where the buffer is all there is, its loss cannot be provided for.
        let part = spread(losing < left.count ? losing : 0)
        return left.filter { Double($0.connectionsAtMost) + part > Autoscaler.limit * Double($0.capacity) }
            .max { ($0.connectionsAtMost, $1.name) < ($1.connectionsAtMost, $0.name) }?
            .name
    }
}
