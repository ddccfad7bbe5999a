// The workers of a cell: applied, looked at, counted, and taken away again once edges do their work.

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
    private func workerKey(_ cell: String) -> ObjectKey {
        ObjectKey(namespace: self.context.settings.namespace, name: OperatorNames.worker(cell))
    }

    /// The pods of a cell's workers, as known.
    private func workerPods(of cell: String) -> [KubeObject] {
        (self.context.owned[.pods]?.all ?? []).filter {
            $0.labels[OperatorNames.cellLabel] == cell && $0.isWorker
        }
    }

    /// Who does a cell's work.
    func handover(_ spec: CellSpec, of cell: String) -> WorkHandover {
        WorkHandover.state(
            isWanted: spec.worker != nil,
            edges: self.context.known(.deployments, self.deploymentKey(cell)),
            workers: self.context.known(.deployments, self.workerKey(cell))
        )
    }

    /// Sees to a cell's workers, as far as it is this operator's to do.
    ///
    /// - Parameters:
    ///   - spec: What the Cell says.
    ///   - runtime: What is known of it.
    ///   - access: How its stores are reached; nil where nothing may be made of them now.
    ///   - findings: Gets the condition, if there are workers or should be.
    func lookAtWorkers(_ spec: CellSpec, _ runtime: CellRuntime, _ access: Access?, _ findings: inout Findings) async {
        let name = findings.object.name
        let waiting = await runtime.stores?.feedWaiting
        self.context.figures.update(name) { $0.feedWaiting = waiting }
        guard let worker = spec.worker else {
            if access != nil { await self.dismissWorkers(&findings) }
            return
        }
        var refusals: [String] = []
        if let access {
            refusals += await self.applyWorkers(worker, spec, runtime, access, findings)
            if let refusal = await self.scaleWorkers(worker, waiting, runtime, findings.object) {
                refusals.append(refusal)
            }
        }
        let condition = WorkerRollout.condition(
            of: self.context.known(.deployments, self.workerKey(name)),
            pods: self.workerPods(of: name),
            waiting: waiting,
            self.handover(spec, of: name),
            now: Date()
        )
        let text = "the API server does not take what the workers consist of, which stays as it was: "
        findings.worker =
            refusals.isEmpty
            ? condition
            : Condition("WorkerReady", condition.status, "ApplyRejected", text + refusals.summary())
    }

    /// - Returns: What the API server refused.
    private func applyWorkers(
        _ worker: CellWorker,
        _ spec: CellSpec,
        _ runtime: CellRuntime,
        _ access: Access,
        _ findings: Findings
    ) async -> [String] {
        let name = findings.object.name
        let running = self.context.known(.deployments, self.workerKey(name))
        let known = running?.spec["template"]["metadata"]["annotations"] ?? .null
        // As edges: who runs keeps its addresses until somebody has connected with the new ones.
        let digest = access.digest
        let isProven = runtime.state.withLock { $0.stores != nil && $0.storesDigest == digest }
        let proven = known[CellManifests.storesAnnotation].string
        let mailed = known[CellManifests.mailAnnotation].string
        let archiving = known[CellManifests.archiveAnnotation].string
        let manifests = WorkerManifests(
            .init(
                cell: name,
                spec: spec,
                worker: worker,
                namespace: self.context.settings.namespace,
                image: self.wantedImage(spec, findings),
                storesDigest: isProven ? digest : proven ?? digest,
                storePorts: access.ports,
                mailDigest: spec.edge.mail?.passwordSecretRef == nil ? nil : access.mail ?? mailed,
                archiveDigest: spec.archive == nil ? nil : access.archive.digest ?? archiving
            )
        )
        var objects = manifests.all
        if await self.context.apis.has(.podMonitors) { objects.append((.podMonitors, manifests.podMonitor)) }
        var refusals: [String] = []
        var isConfigured = true
        for (resource, object) in objects {
            // Pods that miss their configuration would not start.
            if resource == .deployments, !isConfigured { continue }
            guard self.context.leadership.isHeld else { return [] }
            if resource == .networkPolicies, !isProven, running != nil { continue }
            do throws(KubeError) {
                try await self.applyIfChanged(resource, object, runtime)
            } catch {
                if resource == .configMaps { isConfigured = false }
                refusals.append("\(resource.kind) \(object.name): \(error)")
            }
        }
        if !spec.edge.networkPolicy.enabled {
            do throws(KubeError) { try await self.remove([.networkPolicies], of: name) } catch {
                refusals.append("\(error)")
            }
        }
        if refusals.isEmpty { await self.removeOldWorkerConfigurations(keeping: manifests.configurationName, of: name) }
        return refusals
    }

    /// Changes how many there are, if they do not keep up or fewer do.
    ///
    /// - Returns: What the API server refused.
    private func scaleWorkers(
        _ worker: CellWorker,
        _ waiting: Int?,
        _ runtime: CellRuntime,
        _ cell: KubeObject
    ) async -> String? {
        guard let deployment = self.context.known(.deployments, self.workerKey(cell.name)),
            self.context.leadership.isHeld
        else { return nil }
        let current = deployment.spec["replicas"].int ?? 1
        let bounds = worker.minReplicas...worker.maxReplicas
        let now = self.context.settings.now()
        let wanted = runtime.state.withLock { state in
            state.workers.replicas(for: .init(replicas: current, bounds: bounds, waiting: waiting), at: now)
        }
        guard wanted != current else { return nil }
        let scaled = KubeObject(
            .deployments,
            name: deployment.name,
            namespace: deployment.namespace,
            ["spec": ["replicas": .integer(Int64(wanted))]]
        )
        do throws(KubeError) {
            _ = try await self.context.client.apply(.deployments, scaled, manager: OperatorNames.scaleManager)
        } catch { return "their number: \(error)" }
        let why = waiting.map { "\($0) items wait in the feed" } ?? "the Cell says so"
        let text = "\(wanted) workers instead of \(current): \(why)"
        self.context.announce(wanted > current ? "WorkersScaledUp" : "WorkersScaledDown", text, of: cell)
        return nil
    }

    // MARK: Taking them away

    /// Deletes workers that the Cell has no more, once edges do their work.
    private func dismissWorkers(_ findings: inout Findings) async {
        let name = findings.object.name
        // It is deleted last: as long as it is there, something may be left.
        guard self.context.known(.serviceAccounts, self.workerKey(name)) != nil, self.context.leadership.isHeld else {
            return
        }
        guard WorkHandover.isTakenBack(by: self.context.known(.deployments, self.deploymentKey(name))) else {
            let text = "edges take the work back; workers go when all of them do it"
            findings.worker = Condition("WorkerReady", .yes, "Leaving", text)
            return
        }
        do throws(KubeError) {
            try await self.remove([.deployments, .podDisruptionBudgets, .networkPolicies, .configMaps], of: name)
            if await self.context.apis.has(.podMonitors) {
                let namespace = self.context.settings.namespace
                try await self.context.client.delete(.podMonitors, OperatorNames.worker(name), in: namespace)
            }
            try await self.remove([.serviceAccounts], of: name)
        } catch {
            let text = "workers that nobody needs any more cannot be deleted: \(error)"
            findings.worker = Condition("WorkerReady", .yes, "ApplyRejected", text)
        }
    }

    /// Deletes what there is of a cell's workers of some kinds, as known.
    private func remove(_ kinds: [KubeResource], of cell: String) async throws(KubeError) {
        for kind in kinds {
            for object in self.context.owned[kind]?.all ?? []
            where object.labels[OperatorNames.cellLabel] == cell && object.isWorker {
                guard self.context.leadership.isHeld else { return }
                try await self.context.client.delete(kind, object.name, in: object.namespace, uid: object.uid)
            }
        }
    }

    /// Deletes the configurations that no worker may ask for any more.
    private func removeOldWorkerConfigurations(keeping current: String, of cell: String) async {
        guard self.context.leadership.isHeld,
            let deployment = self.context.known(.deployments, self.workerKey(cell)), EdgeRollout.isOver(deployment),
            KubeObject.configurations(in: deployment.spec["template"]["spec"]) == [current]
        else { return }
        let used = Set(self.workerPods(of: cell).flatMap { KubeObject.configurations(in: $0.spec) } + [current])
        for map in self.context.owned[.configMaps]?.all ?? []
        where map.labels[OperatorNames.cellLabel] == cell && map.isWorker && !used.contains(map.name) {
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
}

extension KubeObject {
    /// Whether it is of a cell's workers.
    var isWorker: Bool { self.labels["app.kubernetes.io/name"] == OperatorNames.workerName }
}
