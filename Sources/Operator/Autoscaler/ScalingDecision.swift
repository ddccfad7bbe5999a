// What is to be done with a fleet, and what its Cell's status says about it.

/// What a plan came to.
///
/// To apply it: write ``deletionCosts``, then ``replicas`` where it differs from `spec.replicas`, then delete
/// ``podsToDelete``. In that order, so that the ReplicaSet's controller knows the costs when it chooses.
package struct ScalingDecision: Hashable, Sendable {
    /// What `spec.replicas` shall be.
    package var replicas: Int
    /// Why: the reason of the Cell's condition `Autoscaling`.
    package var reason: ScalingReason
    /// The condition's message, with the numbers.
    package var message: String
    /// The annotation `controller.kubernetes.io/pod-deletion-cost` of the pods whose value has to change.
    ///
    /// Empty unless a pod goes or a drain was requested: as long as nothing is removed, the order does not matter and
    /// nothing is written.
    package var deletionCosts: [String: Int32]
    /// Pods to delete since a drain was requested and no scale-down takes them; their ReplicaSet replaces them.
    package var podsToDelete: [String]
    /// The Cell's columns.
    package var status: FleetStatus

    /// A decision.
    package init(
        replicas: Int,
        reason: ScalingReason,
        message: String,
        deletionCosts: [String: Int32],
        podsToDelete: [String],
        status: FleetStatus
    ) {
        self.replicas = replicas
        self.reason = reason
        self.message = message
        self.deletionCosts = deletionCosts
        self.podsToDelete = podsToDelete
        self.status = status
    }
}

/// The reasons of a Cell's condition `Autoscaling`.
package enum ScalingReason: String, Hashable, Sendable, CaseIterable {
    /// As many pods as are needed.
    case steady = "Steady"
    /// Pods were added and are not all ready yet.
    case scaledUp = "ScaledUp"
    /// A pod was taken away and still drains.
    case scaledDown = "ScaledDown"
    /// Fewer would do now; not for long enough, or something is in the way.
    case stabilizing = "Stabilizing"
    /// Pods do not report, and their number is kept or raised for that.
    case figuresMissing = "FiguresMissing"
    /// More are needed than `maxReplicas`.
    case atMaximum = "AtMaximum"
    /// `spec.edge.replicas` is set.
    case fixed = "Fixed"

    /// The condition's `status`.
    ///
    /// Never `False`: clients are served for each of these reasons, so none may make the Cell unready.
    package var conditionStatus: String { self == .figuresMissing ? "Unknown" : "True" }
}

/// The columns of a Cell's status that tell of its fleet.
package struct FleetStatus: Hashable, Sendable {
    /// Pods that exist and were not told to go: `status.replicas`.
    package var replicas: Int
    /// Those of them that are ready: `status.readyReplicas`.
    package var readyReplicas: Int
    /// `status.desiredReplicas`.
    package var desiredReplicas: Int
    /// Connections that pods report, of draining pods too: `status.connections`.
    package var connections: Int

    /// The columns.
    package init(replicas: Int, readyReplicas: Int, desiredReplicas: Int, connections: Int) {
        self.replicas = replicas
        self.readyReplicas = readyReplicas
        self.desiredReplicas = desiredReplicas
        self.connections = connections
    }
}
