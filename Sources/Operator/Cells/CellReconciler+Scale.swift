// From figures to pods: what the edges report goes into the autoscaler, what it decides goes to the API server.

import KubeClient
import Numbers
import StateStore
import Synchronization
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension CellReconciler {
    func scale(_ spec: CellSpec, _ runtime: CellRuntime, isHeld: Bool, _ findings: inout Findings) async throws {
        let name = findings.object.name
        guard let deployment = self.context.known(.deployments, self.deploymentKey(name)) else { return }
        let now = self.context.settings.now()
        let pods = findings.pods.filter { !$0.hasPodEnded }
        let figures = await runtime.stores?.figures
        let observation = FleetObservation(
            replicas: deployment.spec["replicas"].int ?? 1,
            pods: Self.pods(pods),
            reports: figures.map { heard in heard.pods.map { Self.report($0, at: heard.at) } } ?? []
        )
        let state = runtime.state.withLock { $0.scaler }
        let (decision, next) = Autoscaler.plan(
            observation,
            under: Self.settings(spec),
            from: state,
            at: now
        )
        runtime.state.withLock { $0.scaler = next }
        findings.fleet = decision.status
        findings.scaling = Condition(
            "Autoscaling",
            decision.reason == .figuresMissing ? .unknown : .yes,
            decision.reason.rawValue,
            decision.message
        )
        let isExternal = findings.object.annotations[OperatorNames.autoscaling] == "external"
        if isExternal {
            let text = "the annotation \(OperatorNames.autoscaling) leaves the number of edges to somebody else"
            findings.scaling = Condition("Autoscaling", .yes, "External", text)
            findings.fleet.desiredReplicas = observation.replicas
        }
        self.context.figures.update(name) { figures in
            figures.desired = decision.replicas
            figures.connections = decision.status.connections
        }
        guard isHeld else { return }
        try await self.carryOut(decision, observation, pods, deployment, findings.object)
    }

    private func carryOut(
        _ decision: ScalingDecision,
        _ observation: FleetObservation,
        _ pods: [KubeObject],
        _ deployment: KubeObject,
        _ cell: KubeObject
    ) async throws {
        let client = self.context.client
        let namespace = deployment.namespace
        for pod in pods {
            guard self.context.leadership.isHeld, let cost = decision.deletionCosts[pod.name],
                pod.annotations[OperatorNames.deletionCost] != String(cost)
            else { continue }
            do throws(KubeError) {
                _ = try await client.patch(
                    .pods,
                    pod.name,
                    in: namespace,
                    manager: OperatorNames.scaleManager,
                    ["metadata": ["annotations": [OperatorNames.deletionCost: .string(String(cost))]]]
                )
            } catch { if !error.isNotFound { throw error } }
        }
        if decision.replicas != observation.replicas, cell.annotations[OperatorNames.autoscaling] != "external",
            self.context.leadership.isHeld
        {
            try await self.setReplicas(decision, observation, deployment, cell)
        }
        for name in decision.podsToDelete {
            guard let pod = pods.first(where: { $0.name == name }), pod.deletionTimestamp == nil,
                self.context.leadership.isHeld
            else { continue }
            try await client.delete(.pods, name, in: namespace, uid: pod.uid)
            self.context.announce("Drained", "pod \(name) drains, as its annotation asks", of: cell)
        }
    }

    private func setReplicas(
        _ decision: ScalingDecision,
        _ observation: FleetObservation,
        _ deployment: KubeObject,
        _ cell: KubeObject
    ) async throws {
        let scaled = KubeObject(
            .deployments,
            name: deployment.name,
            namespace: deployment.namespace,
            ["spec": ["replicas": .integer(Int64(decision.replicas))]]
        )
        _ = try await self.context.client.apply(.deployments, scaled, manager: OperatorNames.scaleManager)
        let isUp = decision.replicas > observation.replicas
        self.context.announce(isUp ? "ScaledUp" : "ScaledDown", decision.message, of: cell)
        self.context.metrics.scaled(cell: cell.name, up: isUp)
    }

    private static func settings(_ spec: CellSpec) -> AutoscalerSettings {
        let edge = spec.edge
        return AutoscalerSettings(
            minReplicas: edge.autoscaling.minReplicas,
            maxReplicas: edge.autoscaling.maxReplicas,
            targetConnections: edge.autoscaling.targetConnections,
            targetLoopUtilization: edge.autoscaling.targetLoopUtilization,
            connectionsPerPod: edge.connectionsPerPod,
            shards: edge.shards,
            bufferPods: edge.autoscaling.bufferPods,
            bufferZone: edge.autoscaling.bufferZone,
            scaleUpMaxPodsPerMinute: edge.autoscaling.scaleUpMaxPodsPerMinute,
            scaleUpMaxPercentPerMinute: edge.autoscaling.scaleUpMaxPercentPerMinute,
            scaleDownStabilization: edge.autoscaling.scaleDownStabilization,
            scaleDownMaxPodsAtOnce: edge.autoscaling.scaleDownMaxPodsAtOnce,
            fallbackReplicas: edge.autoscaling.fallbackReplicas,
            drainGracePeriod: edge.drainAnnouncement + edge.longestDrain,
            fixedReplicas: edge.replicas
        )
    }

    /// Pods with their places: zones if each that has a node tells its own, else nodes.
    ///
    /// Kubernetes labels pods with their zone since 1.35; so the operator needs no rights on nodes.
    private static func pods(_ pods: [KubeObject]) -> [EdgePod] {
        func zone(_ pod: KubeObject) -> String? { pod.labels["topology.kubernetes.io/zone"] }
        func node(_ pod: KubeObject) -> String? { pod.spec["nodeName"].string }
        let knowsZones = pods.allSatisfy { zone($0) != nil || node($0) == nil }
        return pods.map { Self.pod($0, place: knowsZones ? zone($0) : node($0)) }
    }

    private static func pod(_ pod: KubeObject, place: String?) -> EdgePod {
        EdgePod(
            name: pod.name,
            isReady: pod.isPodReady,
            isTerminating: pod.deletionTimestamp != nil,
            createdAt: KubeTime.milliseconds(pod.creationTimestamp) ?? 0,
            readySince: pod.isPodReady ? pod.readySince : nil,
            drainRequested: pod.annotations[OperatorNames.drainAnnotation] == "true",
            deletionCost: pod.annotations[OperatorNames.deletionCost].flatMap { Int32($0) } ?? 0,
            place: place
        )
    }

    private static func report(_ figures: PodFigures, at time: Int64) -> PodReport {
        PodReport(
            pod: figures.pod,
            connections: figures.connections,
            capacity: figures.capacity,
            utilization: figures.utilization,
            isDraining: figures.draining,
            reportedAt: time
        )
    }
}
