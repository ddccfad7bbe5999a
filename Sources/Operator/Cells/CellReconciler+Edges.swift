// The edges of a cell: applied, looked at, counted.

import KubeClient
import Logging
import Synchronization
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension CellReconciler {
    func deploymentKey(_ cell: String) -> ObjectKey {
        ObjectKey(namespace: self.context.settings.namespace, name: OperatorNames.edge(cell))
    }

    /// Applies what changed: since the last time, or under our hands.
    func applyEdges(
        _ cell: CellResource,
        _ runtime: CellRuntime,
        _ access: Access,
        _ keys: CellKeys,
        _ findings: inout Findings
    ) async throws {
        let name = findings.object.name
        let running = self.context.known(.deployments, self.deploymentKey(name))
        let runningImage = running?.spec["template"]["spec"]["containers"][0]["image"].string
        // A new operator brings a new image of its own; that restarts no edge that nobody asked to change.
        let image = cell.spec.edge.image ?? runningImage ?? self.context.settings.image
        findings.wantedImage = image
        let manifests = CellManifests(
            .init(
                cell: findings.object,
                spec: cell.spec,
                namespace: self.context.settings.namespace,
                image: image,
                storesDigest: keys.digest([access.redis, access.postgres]),
                storePorts: access.ports
            )
        )
        var objects = manifests.all
        if await self.context.apis.has(.podMonitors) { objects.append((.podMonitors, manifests.podMonitor)) }
        for (resource, object) in objects {
            try await self.applyIfChanged(resource, object, runtime)
        }
        await self.observe(cell, &findings)
        if findings.edge.reason == "Available" {
            try await self.removeOldConfigurations(keeping: manifests.configurationName, of: name, runtime)
        }
    }

    /// What was applied stays applied until somebody changes it, which the informers tell.
    private func applyIfChanged(
        _ resource: KubeResource,
        _ object: KubeObject,
        _ runtime: CellRuntime
    ) async throws(KubeError) {
        let key = "\(resource.plural)/\(object.name)"
        var hasher = Hasher()
        hasher.combine(object)
        let known = self.context.known(resource, object.key)
        hasher.combine(known?.uid)
        hasher.combine(known?.labels)
        hasher.combine(known?.annotations)
        // A Deployment's status changes all the time, and its generation with what we wrote.
        if resource == .deployments {
            hasher.combine(known?.spec["template"])
            hasher.combine(known?.spec["strategy"])
            hasher.combine(known?.spec["minReadySeconds"])
        } else {
            hasher.combine(known?.spec)
            hasher.combine(known?.json["data"])
        }
        let mark = hasher.finalize()
        if runtime.state.withLock({ $0.applied[key] }) == mark { return }
        _ = try await self.context.client.apply(resource, object, manager: OperatorNames.manager)
        runtime.state.withLock { $0.applied[key] = mark }
    }

    private func removeOldConfigurations(
        keeping current: String,
        of cell: String,
        _ runtime: CellRuntime
    ) async throws(KubeError) {
        let key = "old/\(current)"
        guard runtime.state.withLock({ $0.applied[key] }) == nil else { return }
        let namespace = self.context.settings.namespace
        let selector = "\(OperatorNames.cellLabel)=\(cell),app.kubernetes.io/managed-by=roost-operator"
        let list = try await self.context.client.list(.configMaps, in: namespace, .init(labelSelector: selector))
        for map in list.items where map.name.hasPrefix(OperatorNames.edge(cell) + "-") && map.name != current {
            try await self.context.client.delete(.configMaps, map.name, in: namespace, uid: map.uid)
        }
        runtime.state.withLock { state in
            state.applied = state.applied.filter { !$0.key.hasPrefix("old/") }
            state.applied[key] = 1
        }
    }

    /// The pods of a cell, as known.
    func pods(of cell: String) -> [KubeObject] {
        (self.context.owned[.pods]?.all ?? []).filter { $0.labels[OperatorNames.cellLabel] == cell }
    }

    /// How the Deployment is.
    func observe(_ cell: CellResource, _ findings: inout Findings) async {
        let name = findings.object.name
        guard let deployment = self.context.known(.deployments, self.deploymentKey(name)) else {
            findings.edge = Condition("EdgeReady", .no, "NoPodsReady", "there is no Deployment yet")
            return
        }
        let status = deployment.status
        let wanted = deployment.spec["replicas"].int ?? 1
        let (ready, updated) = (status["readyReplicas"].int ?? 0, status["updatedReplicas"].int ?? 0)
        let total = status["replicas"].int ?? 0
        let images = self.pods(of: name).filter(\.isPodReady)
            .compactMap { $0.spec["containers"][0]["image"].string }
        findings.image =
            Dictionary(grouping: images) { $0 }.max { ($0.value.count, $0.key) < ($1.value.count, $1.key) }?
            .key
        let progress = deployment.condition("Progressing")
        if progress?["reason"].string == "ProgressDeadlineExceeded" {
            let text = "new edges do not become ready: see kubectl describe pods -l \(OperatorNames.cellLabel)=\(name)"
            findings.edge = Condition("EdgeReady", ready > 0 ? .yes : .no, "RolloutStuck", text)
        } else if ready == 0, wanted > 0 {
            findings.edge = Condition("EdgeReady", .no, "NoPodsReady", "none of \(wanted) edges is ready")
        } else if (status["observedGeneration"].int ?? 0) < deployment.generation || updated < wanted || total > updated
        {
            findings.edge = Condition(
                "EdgeReady",
                .yes,
                "Progressing",
                "\(updated) of \(wanted) edges are up to date, \(ready) are ready"
            )
        } else {
            findings.edge = Condition("EdgeReady", .yes, "Available", "\(ready) of \(wanted) edges are ready")
        }
    }
}

extension KubeObject {
    /// Whether a pod may get connections.
    var isPodReady: Bool {
        self.deletionTimestamp == nil && self.condition("Ready")?["status"].string == "True"
    }
}
