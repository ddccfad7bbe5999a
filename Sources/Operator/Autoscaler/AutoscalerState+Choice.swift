// More pods, fewer, or as many: up at once, down only after a while and where nothing is in the way.

/// What was chosen, before it is put into words.
struct ScalingChoice {
    enum Direction: Hashable {
        case up(from: Int)
        case down(from: Int)
        case none
    }

    var replicas: Int
    var direction: Direction
    /// Why fewer, which would do, were not chosen.
    var obstacle: ScaleDownObstacle?
    /// Whether fewer would do if the silent pods were like the others.
    var isForMissing = false
    /// Whether more are needed, which come later if they still are.
    var isPaced = false
}

extension AutoscalerState {
    /// Chooses.
    ///
    /// - Parameters:
    ///   - up: what is needed, as far as is known.
    ///   - down: what may be needed at most.
    ///   - view: the fleet.
    ///   - outlook: what is to be expected.
    /// - Returns: the choice; a change is remembered.
    mutating func choose(
        _ up: Recommendation,
        _ down: Recommendation,
        _ view: FleetView,
        _ outlook: Outlook
    ) -> ScalingChoice {
        let current = view.replicas
        let bounds = view.settings.bounds
        let most = max(up.present, self.raises.most(after: current, view.settings, at: view.now))
        let wanted = min(up.replicas, most).clamped(to: bounds)
        let isPaced = up.replicas.clamped(to: bounds) > wanted
        if wanted > current {
            self.change = ScalingChange(from: current, to: wanted, at: view.now)
            return ScalingChoice(replicas: wanted, direction: .up(from: current), isPaced: isPaced)
        }
        let lowest = self.window.highest.clamped(to: bounds)
        // Who lowers the maximum wants fewer pods now, however full they get.
        let isAbove = current > bounds.upperBound
        let isSeen = isAbove || self.hasSeen(view.settings.stabilization, by: view.now)
        var obstacle: ScaleDownObstacle?
        if lowest < current, isSeen {
            // Clients on their way back, and those who come while a pod drains.
            let coming = outlook.away + outlook.growth * Double(view.settings.longestDrain) / 1_000
            // Together, or who is moved would be led to pods that go next.
            let removable = min(current - lowest, view.settings.mostAtOnce)
            for count in stride(from: removable, to: 0, by: -1) {
                obstacle = view.obstacle(toRemoving: count, coming: coming, isUrgent: isAbove)
                guard obstacle == nil else { continue }
                self.change = ScalingChange(from: current, to: current - count, at: view.now)
                return ScalingChoice(replicas: current - count, direction: .down(from: current))
            }
        } else if wanted < current {
            obstacle = lowest < current ? .justStarted : .needed(lowest)
        }
        return ScalingChoice(
            replicas: current,
            direction: self.lasting(view),
            obstacle: obstacle,
            isForMissing: wanted < current && down.replicas >= current && view.missing > 0,
            isPaced: isPaced
        )
    }

    /// The direction of a change that is still being carried out; for ten minutes at most, should it never be.
    private func lasting(_ view: FleetView) -> ScalingChoice.Direction {
        guard let change, change.to == view.replicas, view.now - change.at < 600_000 else { return .none }
        if change.to < change.from { return view.isDraining ? .down(from: change.from) : .none }
        return view.staying.count(where: \.pod.isReady) < view.replicas ? .up(from: change.from) : .none
    }
}
