// A fleet in a few words, for tests of one policy each: what is not said is as it should be.

import Operator

/// A pod of a test: ready, reporting, an hour old, unless something else is said.
struct TestPod {
    var name: String
    var connections = 0
    var utilization: [Double] = [0]
    var capacity = 10_000
    var isReady = true
    var isTerminating = false
    var isDraining = false
    var drainRequested = false
    var deletionCost: Int32 = 0
    /// Its zone or node.
    var place: String?
    /// Seconds.
    var age: Int64 = 3_600
    /// When it became ready; nil where Kubernetes does not say.
    var readyFor: Int64? = 3_500
    /// How many seconds ago it reported; nil if it never did.
    var reported: Int64? = 0
}

/// A fleet that a test changes and plans for, each five seconds.
struct TestFleet {
    /// Pods of 10,000 connections, of which 7,000 are the target; one goes at a time.
    static let settings = AutoscalerSettings(
        maxReplicas: 20,
        connectionsPerPod: 10_000,
        scaleDownMaxPodsAtOnce: 1
    )

    var settings = Self.settings
    var state = AutoscalerState()
    var now: Int64 = 1_750_000_000_000
    var replicas: Int
    var pods: [TestPod]

    /// A fleet whose pods, `a`, `b`, and so on, hold so many connections.
    init(_ connections: [Int], settings: AutoscalerSettings = Self.settings) {
        self.settings = settings
        self.replicas = connections.count
        self.pods = connections.enumerated().map { position, connections in
            TestPod(name: String(UnicodeScalar(UInt8(97 + position))), connections: connections)
        }
    }

    var observation: FleetObservation {
        FleetObservation(
            replicas: self.replicas,
            pods: self.pods.map { pod in
                EdgePod(
                    name: pod.name,
                    isReady: pod.isReady,
                    isTerminating: pod.isTerminating,
                    createdAt: self.now - pod.age * 1_000,
                    readySince: pod.isReady ? pod.readyFor.map { self.now - $0 * 1_000 } : nil,
                    drainRequested: pod.drainRequested,
                    deletionCost: pod.deletionCost,
                    place: pod.place
                )
            },
            reports: self.pods.compactMap { pod in
                pod.reported.map { ago in
                    PodReport(
                        pod: pod.name,
                        connections: pod.connections,
                        capacity: pod.capacity,
                        utilization: pod.utilization,
                        isDraining: pod.isDraining,
                        reportedAt: self.now - ago * 1_000
                    )
                }
            }
        )
    }

    /// Plans now; the time goes on by five seconds first.
    @discardableResult mutating func plan() -> ScalingDecision {
        self.now += 5_000
        for index in self.pods.indices {
            self.pods[index].age += 5
            self.pods[index].readyFor = self.pods[index].readyFor.map { $0 + 5 }
        }
        let (decision, next) = Autoscaler.plan(self.observation, under: self.settings, from: self.state, at: self.now)
        self.state = next
        return decision
    }

    /// Plans for so many seconds, without doing what is planned.
    @discardableResult mutating func watch(
        for seconds: Int,
        changing: (inout TestFleet) -> Void = { _ in }
    ) -> ScalingDecision {
        var decision: ScalingDecision?
        for _ in 0..<max(1, seconds / 5) {
            changing(&self)
            decision = self.plan()
        }
        return decision ?? self.plan()
    }

    /// Changes one pod.
    mutating func change(_ name: String, _ change: (inout TestPod) -> Void) {
        for index in self.pods.indices where self.pods[index].name == name { change(&self.pods[index]) }
    }

    /// Adds so many connections to each pod.
    mutating func add(_ connections: Int) {
        for index in self.pods.indices { self.pods[index].connections += connections }
    }
}
