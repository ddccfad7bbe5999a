// What the operator sees of a fleet when it plans: from Kubernetes the pods, from the live store the reports.

/// A fleet as it is seen now.
package struct FleetObservation: Hashable, Sendable {
    /// The Deployment's `spec.replicas`.
    package var replicas: Int
    /// The pods that exist, those that are going included.
    package var pods: [EdgePod]
    /// What edges reported; of pods that do not exist too, which is ignored.
    package var reports: [PodReport]

    /// An observation.
    package init(replicas: Int, pods: [EdgePod], reports: [PodReport]) {
        self.replicas = replicas
        self.pods = pods
        self.reports = reports
    }
}

/// A pod of the fleet, as Kubernetes knows it.
package struct EdgePod: Hashable, Sendable {
    /// `metadata.name`.
    package var name: String
    /// Whether the Service sends it connections: the condition `Ready` is true.
    package var isReady: Bool
    /// Whether it was told to go: `metadata.deletionTimestamp` is set.
    package var isTerminating: Bool
    /// `metadata.creationTimestamp`, in milliseconds since 1970.
    package var createdAt: Int64
    /// Since when it is ready, in milliseconds since 1970: the condition's `lastTransitionTime`.
    ///
    /// Where it is not known, the time when it was first seen ready is taken.
    package var readySince: Int64?
    /// Whether the annotation `roost.chat/drain` is `true`.
    package var drainRequested: Bool
    /// The annotation `controller.kubernetes.io/pod-deletion-cost`; 0 where there is none.
    package var deletionCost: Int32
    /// What it shares its fate with: its zone, or its node where zones are not known.
    package var place: String?

    /// A pod.
    package init(
        name: String,
        isReady: Bool,
        isTerminating: Bool = false,
        createdAt: Int64,
        readySince: Int64? = nil,
        drainRequested: Bool = false,
        deletionCost: Int32 = 0,
        place: String? = nil
    ) {
        self.name = name
        self.isReady = isReady
        self.isTerminating = isTerminating
        self.createdAt = createdAt
        self.readySince = readySince
        self.drainRequested = drainRequested
        self.deletionCost = deletionCost
        self.place = place
    }
}

/// What an edge last said of itself; it does so every five seconds or so.
package struct PodReport: Hashable, Sendable {
    /// The pod's name.
    package var pod: String
    /// Clients that are connected.
    package var connections: Int
    /// Clients that it can hold.
    package var capacity: Int
    /// The busy share of each shard's event loop over the last interval, 0 to 1.
    package var utilization: [Double]
    /// Whether it hands its connections over.
    package var isDraining: Bool
    /// When it said so, in milliseconds since 1970.
    package var reportedAt: Int64

    /// A report.
    package init(
        pod: String,
        connections: Int,
        capacity: Int,
        utilization: [Double],
        isDraining: Bool = false,
        reportedAt: Int64
    ) {
        self.pod = pod
        self.connections = connections
        self.capacity = capacity
        self.utilization = utilization
        self.isDraining = isDraining
        self.reportedAt = reportedAt
    }
}
