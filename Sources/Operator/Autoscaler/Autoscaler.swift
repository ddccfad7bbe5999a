// How many pods the edge fleet of a cell has: a pure function of what is seen, what was seen, and the time.
//
// Connections are what makes this different from scaling a fleet that answers requests: they last for hours and stay
// where they are. A new pod is empty and helps only those who are still to come; a pod that goes pushes all it has onto
// the others. So the fleet is enlarged early and by much, and made smaller late, by all that it can do without.
//
// Which policy is there for which event of a day:
//
// | policy | event |
// | --- | --- |
// | the target, a share of capacity and of the loops' time | every hour |
// | look-ahead by twice the time that pods take to be ready | the morning |
// | room in the fullest pod for ten minutes of growth | the morning, a flash crowd: old pods are fuller than new ones |
// | at most twice as many in ten minutes, counted from the start | a flash crowd: not for ever more pods as it goes on |
// | so many pods, or percent, in a minute, beyond what is there | a burst of seconds, which ends as it began |
// | growth by six steps as well as by two minutes, but for the steepest | a flash crowd begins, and ends; a burst is none |
// | what was provided ten minutes ago, from the pods' ages | an operator starts anew in the midst of a crowd |
// | the buffer, and room for what a pod as full as the fullest holds | a pod or its node dies |
// | growth is what exceeds the highest of ten minutes | clients come back after a pod or a network failed |
// | draining pods are demand and no capacity | scale-down, a rollout, a requested drain |
// | the stabilization window | lunch; chance; an operator starts anew |
// | all that are not needed go together, where the others have room | the evening: nobody is led to a pod that goes next |
// | none goes while pods start, are missing, or clients are away | a pod died: its clients and its replacement come |
// | silent pods are average up, full down | a pod, or its way to the store, hangs |
// | the fallback | the store is away: nobody reports |
// | utilization averaged over a minute, with tolerance | chatter |
// | no utilization of pods that just started | a pod warms up |

/// The autoscaler of a cell's edge fleet.
package enum Autoscaler {
    /// Decides how many pods a fleet shall have.
    ///
    /// Pure: the same arguments give the same plan, and planning twice at the same time changes nothing. To be called
    /// every five to ten seconds, and again whenever pods change.
    ///
    /// - Parameters:
    ///   - observation: the fleet as it is seen.
    ///   - settings: the Cell's.
    ///   - state: what the last plan left; an empty one after a start.
    ///   - now: milliseconds since 1970, by the clock that the reports' times are of.
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
        let draft = self.draft(view, state: &next)
        let removed = max(0, view.replicas - draft.replicas)
        let decision = ScalingDecision(
            replicas: draft.replicas,
            reason: draft.reason,
            message: draft.message,
            deletionCosts: DeletionOrder.costs(view, removing: removed),
            podsToDelete: removed > 0 ? [] : view.requestedDrains,
            status: FleetStatus(
                replicas: view.staying.count,
                readyReplicas: view.staying.count(where: \.pod.isReady),
                desiredReplicas: draft.replicas,
                connections: view.connections
            )
        )
        return (decision, next)
    }

    private static func draft(_ view: FleetView, state: inout AutoscalerState) -> ScalingDraft {
        let settings = view.settings
        let blindFor = state.see(view)
        if let fixed = settings.fixedReplicas {
            state.forgetWindow(at: view.now)
            return .fixed(fixed.clamped(to: 0...FleetMember.mostPods), view)
        }
        if let blindFor {
            // What is kept is remembered as needed, so that nothing goes the moment figures are back.
            state.window.add(view.replicas, at: view.now, length: settings.stabilization)
            // Where no pod is ready, more that are not would help nobody.
            let isLong = blindFor > self.missingGrace && !view.accepting.isEmpty
            let wanted = isLong ? max(view.replicas, settings.fallbackReplicas) : view.replicas
            let bounds = settings.bounds
            let highest = max(bounds.upperBound, view.replicas)
            return .blind(wanted.clamped(to: bounds.lowerBound...highest), view, for: blindFor)
        }
        let outlook = state.outlook(view)
        let up = Recommendation(of: view, outlook: outlook)
        let down = up.cautious(view, outlook: outlook)
        state.window.add(max(up.replicas, down.replicas), at: view.now, length: settings.stabilization)
        let choice = state.choose(up, down, view, outlook)
        return .chosen(choice, up, view, outlook)
    }
}
