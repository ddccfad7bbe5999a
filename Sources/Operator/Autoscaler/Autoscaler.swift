// How many pods the edge fleet of a cell has: a pure function of what is seen, what was seen, and the time.
//
// Connections are what makes this different from scaling a fleet that answers requests: they last for hours and stay
// where they are. A new pod is empty and helps only those who are still to come; a pod that goes pushes all it has onto
// the others. So the fleet is enlarged early and by much, and made smaller late and by little.
//
// Which policy is there for which event of a day:
//
// | policy | event |
// | --- | --- |
// | the target, a percentage of capacity and of the loops' time | every hour |
// | look-ahead of two minutes | the morning; pods take most of a minute to be ready |
// | room in the fullest pod for ten minutes' growth | the morning and a flash crowd, with pods older than others |
// | the buffer, and room for the clients of as many pods | a pod or its node dies |
// | growth is what exceeds the highest of ten minutes | clients that come back after a pod or a network failed |
// | draining pods are demand and no capacity | scale-down, rollout, a requested drain |
// | the stabilization window | lunch; noise; an operator that starts anew |
// | one pod at a time, and only where the others have room | the evening |
// | silent pods are average up, full down | a pod or its way to the store hangs |
// | the fallback | the store is away: nobody reports |
// | one minute average and tolerance of utilization | chatter; pods that warm up |

/// The autoscaler of a cell's edge fleet.
package enum Autoscaler {
    /// Decides how many pods a fleet shall have.
    ///
    /// Pure: the same arguments give the same plan, and planning twice at the same time changes nothing. To be called
    /// every five to ten seconds, and again whenever pods change; times are milliseconds since 1970.
    ///
    /// - Parameters:
    ///   - observation: the fleet as it is seen.
    ///   - settings: the Cell's.
    ///   - state: what the last plan left; an empty one after a start.
    ///   - now: the time that the reports' times are compared with.
    /// - Returns: what to do, and what to remember.
    package static func plan(
        _ observation: FleetObservation,
        under settings: AutoscalerSettings,
        from state: AutoscalerState,
        at now: Int64
    ) -> (decision: ScalingDecision, state: AutoscalerState) {
        let now = state.time(now)
        var next = state
        next.look(at: observation.pods, now: now)
        let view = FleetView(observation, memory: next.pods, settings: settings, now: now)
        let draft = self.draft(observation, view, settings: settings, state: &next, now: now)
        let removed = max(0, observation.replicas - draft.replicas)
        let deleted = removed > 0 ? [] : self.drains(view, replicas: observation.replicas, settings: settings)
        let decision = ScalingDecision(
            replicas: draft.replicas,
            reason: draft.reason,
            message: draft.message,
            deletionCosts: DeletionOrder.costs(view, removing: removed),
            podsToDelete: deleted,
            status: FleetStatus(
                replicas: view.staying.count,
                readyReplicas: view.staying.count(where: \.pod.isReady),
                desiredReplicas: draft.replicas,
                connections: view.connections
            )
        )
        return (decision, next)
    }
}

extension Autoscaler {
    private static func draft(
        _ observation: FleetObservation,
        _ view: FleetView,
        settings: AutoscalerSettings,
        state: inout AutoscalerState,
        now: Int64
    ) -> ScalingDraft {
        let current = observation.replicas.clamped(to: 0...FleetMember.mostPods)
        let missingFor = self.missingFor(view, state: &state, now: now)
        if let fixed = settings.fixedReplicas {
            state.forgetWindow(at: now)
            return .fixed(fixed.clamped(to: 0...FleetMember.mostPods), view)
        }
        if let missingFor {
            // What is kept is remembered as needed, so that nothing goes the moment figures are back.
            state.window.add(current, at: now, length: settings.stabilization)
            let isLong = missingFor > self.missingGrace
            let wanted = isLong ? max(current, settings.fallbackReplicas) : current
            return .blind(wanted.clamped(to: settings.floor(current)), current, view, missingFor, settings)
        }
        state.demand.add(
            DemandHistory.Sample(
                at: now,
                demand: view.demand(.average),
                work: view.work(.average),
                missing: view.missing
            )
        )
        let provided = view.provided(before: DemandHistory.length, at: now)
        let outlook = Outlook(
            growth: state.demand.growth(at: now),
            untilDoubled: state.demand.untilDoubled(since: provided, at: now),
            partBeforeReady: view.partBeforeReady(at: now),
            away: state.demand.away(at: now),
            work: state.demand.work(at: now)
        )
        let recommend = { (assumption: FleetView.Assumption) in
            Recommendation(of: view, assuming: assumption, outlook: outlook, replicas: current, settings: settings)
        }
        let up = recommend(.average)
        let down = recommend(.full)
        state.window.add(max(up.replicas, down.replicas), at: now, length: settings.stabilization)
        let choice = self.choose(up, down, current, view, outlook, settings: settings, state: &state, now: now)
        return .chosen(choice, up, current, view, outlook, settings)
    }

    /// For how long nobody has reported, in milliseconds; nil while somebody does, or while no pod is ready to.
    private static func missingFor(_ view: FleetView, state: inout AutoscalerState, now: Int64) -> Int64? {
        guard view.isBlind else {
            state.figuresSeen = now
            return nil
        }
        let seen = state.figuresSeen ?? now
        state.figuresSeen = seen
        return now - seen
    }

    /// Chooses between more, fewer and as many.
    private static func choose(
        _ up: Recommendation,
        _ down: Recommendation,
        _ current: Int,
        _ view: FleetView,
        _ outlook: Outlook,
        settings: AutoscalerSettings,
        state: inout AutoscalerState,
        now: Int64
    ) -> ScalingChoice {
        let bounds = settings.bounds
        let wanted = up.replicas.clamped(to: bounds)
        if wanted > current {
            state.change = ScalingChange(from: current, to: wanted, at: now)
            return ScalingChoice(replicas: wanted, direction: .up(from: current))
        }
        let lowest = state.window.highest.clamped(to: bounds)
        let most = min(current - lowest, max(1, settings.scaleDownMaxPodsAtOnce))
        var obstacle: ScaleDownObstacle?
        if most > 0, current > bounds.upperBound || state.hasSeen(settings.stabilization, by: now) {
            let order = DeletionOrder.sorted(view)
            for count in stride(from: most, to: 0, by: -1) {
                obstacle = view.obstacle(
                    toRemoving: Array(order.prefix(count)),
                    replicas: current,
                    away: outlook.away,
                    buffer: settings.buffer,
                    now: now
                )
                // Who lowers the maximum wants fewer pods however full they get; still one after the other.
                if case .noRoom = obstacle, current > bounds.upperBound { obstacle = nil }
                guard obstacle == nil else { continue }
                state.change = ScalingChange(from: current, to: current - count, at: now)
                return ScalingChoice(replicas: current - count, direction: .down(from: current))
            }
        } else if wanted < current {
            obstacle = most > 0 ? .justStarted : .needed(lowest)
        }
        return ScalingChoice(
            replicas: current,
            direction: self.lasting(state.change, current, view, now: now),
            obstacle: obstacle,
            isForMissing: wanted < current && down.replicas >= current && view.missing > 0
        )
    }

    /// The direction of a change that is still being carried out; for ten minutes at most, should it never be.
    private static func lasting(
        _ change: ScalingChange?,
        _ current: Int,
        _ view: FleetView,
        now: Int64
    ) -> ScalingChoice.Direction {
        guard let change, change.to == current, now - change.at < 600_000 else { return .none }
        if change.to < change.from { return view.isDraining ? .down(from: change.from) : .none }
        return view.staying.count(where: \.pod.isReady) < current ? .up(from: change.from) : .none
    }

    /// Pods to delete since their drain was requested: one after the other, and only where the rest has room.
    ///
    /// A pod that is alone goes all the same; its replacement starts at once and its clients are told over minutes.
    private static func drains(_ view: FleetView, replicas: Int, settings: AutoscalerSettings) -> [String] {
        guard !view.isDraining, view.staying.count <= replicas, !view.isBlind else { return [] }
        var going: [FleetMember] = []
        for member in view.staying where member.pod.drainRequested {
            let isAlone = view.accepting.allSatisfy { $0.name == member.name }
            guard going.count < max(1, settings.scaleDownMaxPodsAtOnce) else { break }
            guard isAlone || view.crowded(without: going + [member], away: 0, losing: 0) == nil else { continue }
            going.append(member)
        }
        return going.map(\.name)
    }
}

extension AutoscalerSettings {
    /// The bounds for a number that may not fall: what is there is not taken away for being too much.
    fileprivate func floor(_ current: Int) -> ClosedRange<Int> {
        self.bounds.lowerBound...max(self.bounds.upperBound, current)
    }
}
