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
    ///
    /// What the API server refuses keeps nothing else from being applied: it is told in the condition.
    func applyEdges(
        _ spec: CellSpec,
        _ runtime: CellRuntime,
        _ access: Access,
        _ findings: inout Findings
    ) async {
        let name = findings.object.name
        let running = self.context.known(.deployments, self.deploymentKey(name))
        let image = self.wantedImage(spec, findings)
        findings.wantedImage = image
        let digest = access.digest
        // Pods read the addresses when they start. Those that run keep theirs until somebody has connected with the new ones.
        let isProven = runtime.state.withLock { $0.stores != nil && $0.storesDigest == digest }
        let proven = running?.spec["template"]["metadata"]["annotations"][CellManifests.storesAnnotation].string
        // Nobody is replaced since the Secret cannot be read for now.
        let known = running?.spec["template"]["metadata"]["annotations"] ?? .null
        let mailed = known[CellManifests.mailAnnotation].string
        let proving = known[CellManifests.issuersAnnotation].string
        let archiving = known[CellManifests.archiveAnnotation].string
        let manifests = CellManifests(
            .init(
                cell: findings.object,
                spec: spec,
                namespace: self.context.settings.namespace,
                image: image,
                storesDigest: isProven ? digest : proven ?? digest,
                storePorts: access.ports,
                mailDigest: spec.edge.mail?.passwordSecretRef == nil ? nil : access.mail ?? mailed,
                issuersDigest: spec.edge.oauth?.authoritiesSecretRef == nil ? nil : access.issuers ?? proving,
                archiveDigest: spec.archive == nil ? nil : access.archive.digest ?? archiving,
                work: self.handover(spec, of: name),
                running: running,
                pods: findings.pods,
                proving: self.context.settings.provingPeriod,
                now: self.context.settings.now()
            )
        )
        var objects = manifests.all
        if await self.context.apis.has(.podMonitors) { objects.append((.podMonitors, manifests.podMonitor)) }
        var refusals: [String] = []
        var isConfigured = true
        for (resource, object) in objects {
            // Pods that miss their configuration would not start.
            if resource == .deployments, !isConfigured { continue }
            // Somebody else may do it by now.
            guard self.context.leadership.isHeld else { return }
            if resource == .networkPolicies, !isProven, running != nil { continue }
            do throws(KubeError) {
                try await self.applyIfChanged(resource, object, runtime)
            } catch {
                if resource == .configMaps { isConfigured = false }
                refusals.append("\(resource.kind) \(object.name): \(error)")
            }
        }
        if !spec.edge.networkPolicy.enabled {
            do throws(KubeError) { try await self.removePolicy(of: name) } catch { refusals.append("\(error)") }
        }
        self.observe(runtime, &findings)
        if refusals.isEmpty {
            await self.removeOldConfigurations(keeping: manifests.configurationName, findings, runtime)
        } else {
            let text = "the API server does not take what the edges consist of, which stays as it was: "
            findings.edge = Condition("EdgeReady", findings.edge.status, "ApplyRejected", text + refusals.summary())
        }
    }

    /// The image that edges and workers are to run.
    func wantedImage(_ spec: CellSpec, _ findings: Findings) -> String {
        let running = self.context.known(.deployments, self.deploymentKey(findings.object.name))
        let runningImage = running?.spec["template"]["spec"]["containers"][0]["image"].string
        // A new operator brings a new image of its own; that restarts no edge that nobody asked to change. What runs is
        // asked last, since a hand may have set it.
        return spec.edge.image ?? findings.wantedImage ?? runningImage ?? self.context.settings.image
    }

    /// Deletes the edges' NetworkPolicy, if they have one that nobody wants any more.
    private func removePolicy(of cell: String) async throws(KubeError) {
        guard let policy = self.context.known(.networkPolicies, self.deploymentKey(cell)),
            policy.labels[OperatorNames.cellLabel] == cell, self.context.leadership.isHeld
        else { return }
        try await self.context.client.delete(.networkPolicies, policy.name, in: policy.namespace, uid: policy.uid)
    }

    /// What was applied stays applied until somebody changes it, which the informers tell.
    func applyIfChanged(
        _ resource: KubeResource,
        _ object: KubeObject,
        _ runtime: CellRuntime
    ) async throws(KubeError) {
        let key = "\(resource.plural)/\(object.name)"
        var hasher = Hasher()
        hasher.combine(object)
        let known = self.context.known(resource, object.key)
        hasher.combine(Self.essence(known, resource))
        // Nobody tells of a change of what we keep no copy of: it is applied again now and then.
        if self.context.owned[resource] == nil {
            hasher.combine(Int(TimeSource.continuous.now() / self.context.settings.reapplyPeriod))
        }
        let mark = hasher.finalize()
        // What is gone, or was never seen, is applied whatever was applied before.
        let isThere = known != nil || self.context.owned[resource] == nil
        if isThere, runtime.state.withLock({ $0.applied[key] }) == mark { return }
        let applied = try await self.context.client.apply(resource, object, manager: OperatorNames.manager)
        runtime.state.withLock { state in
            state.applied[key] = mark
            if resource == .deployments, object.key == self.deploymentKey(runtime.name) { state.deployment = applied }
        }
    }

    /// An object without what others write all the time: what is left changes when we write, or when somebody meddles.
    private static func essence(_ object: KubeObject?, _ resource: KubeResource) -> JSON {
        guard let object else { return .null }
        var json = object.json
        let metadata = object.metadata
        json["metadata"] = [
            "uid": metadata["uid"], "labels": metadata["labels"], "annotations": metadata["annotations"],
        ]
        for field in ["apiVersion", "kind", "status"] { json[field] = .null }
        // The number of pods is the autoscaler's.
        if resource == .deployments { json["spec"]["replicas"] = .null }
        return json
    }

    /// A cell's Deployment: the copy, or what our own apply came to if the copy is older than that.
    private func deployment(of cell: String, _ runtime: CellRuntime) -> KubeObject? {
        guard let known = self.context.known(.deployments, self.deploymentKey(cell)) else { return nil }
        let applied = runtime.state.withLock { $0.deployment }
        guard let applied, applied.uid == known.uid, applied.generation > known.generation else { return known }
        return applied
    }

    /// Deletes the configurations that no pod may ask for any more: one that is made anew must find its own.
    private func removeOldConfigurations(
        keeping current: String,
        _ findings: Findings,
        _ runtime: CellRuntime
    ) async {
        let cell = findings.object.name
        guard self.context.leadership.isHeld, let deployment = self.deployment(of: cell, runtime),
            EdgeRollout.isOver(deployment),
            KubeObject.configurations(in: deployment.spec["template"]["spec"]) == [current]
        else { return }
        let used = Set(findings.pods.flatMap { KubeObject.configurations(in: $0.spec) } + [current])
        let old = (self.context.owned[.configMaps]?.all ?? []).filter { map in
            map.labels[OperatorNames.cellLabel] == cell && map.name.hasPrefix(OperatorNames.edge(cell) + "-")
                && !used.contains(map.name)
        }
        for map in old {
            do throws(KubeError) {
                try await self.context.client.delete(.configMaps, map.name, in: map.namespace, uid: map.uid)
            } catch {
                self.context.logger.warning(
                    "an old configuration cannot be deleted",
                    metadata: ["cell": "\(cell)", "map": "\(map.name)", "reason": "\(error)"]
                )
            }
        }
    }

    /// The pods of a cell's edges, as known, found among those of all cells: once a look.
    func pods(of cell: String) -> [KubeObject] {
        (self.context.owned[.pods]?.all ?? []).filter { $0.labels[OperatorNames.cellLabel] == cell && !$0.isWorker }
    }

    /// How the Deployment is, and which image its pods run.
    func observe(_ runtime: CellRuntime, _ findings: inout Findings) {
        let name = findings.object.name
        guard let deployment = self.deployment(of: name, runtime) else {
            findings.edge = Condition(
                "EdgeReady",
                .no,
                "NoPodsReady",
                "there are no edges yet: they are made when the stores answer"
            )
            return
        }
        let images = findings.pods.filter(\.isPodReady)
            .compactMap { $0.spec["containers"][0]["image"].string }
        findings.image =
            Dictionary(grouping: images) { $0 }.max { ($0.value.count, $0.key) < ($1.value.count, $1.key) }?
            .key
        findings.fleet.replicas = deployment.status["replicas"].int ?? 0
        findings.fleet.readyReplicas = deployment.status["readyReplicas"].int ?? 0
        findings.edge = EdgeRollout.condition(of: deployment, pods: findings.pods, now: Date())
    }
}

extension KubeObject {
    /// Whether a pod ended by itself, by eviction for instance: it never comes back, and a ReplicaSet has another in its place.
    var hasPodEnded: Bool { ["Failed", "Succeeded"].contains(self.status["phase"].string) }

    /// Whether a pod may get connections.
    var isPodReady: Bool {
        self.deletionTimestamp == nil && self.condition("Ready")?["status"].string == "True"
    }
}
