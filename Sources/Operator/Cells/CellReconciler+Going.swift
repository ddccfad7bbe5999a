// How a cell goes: when nobody lives in it and its database keeps nothing, and then with all that it consists of. Nothing of that
// has the Cell for its owner: with `kubectl delete --cascade=foreground`, which GitOps tools say, the garbage collector takes what
// is owned before the owner, whatever holds that, and so the edges from under their tenants.

import KubeClient
import StateStore
import Synchronization
import Tenant

extension CellReconciler {
    /// - Returns: whether nothing is left to do for it.
    func deleting(_ parsed: Parsed<CellResource>) async throws -> Bool {
        let name = parsed.object.name
        guard parsed.object.finalizers.contains(OperatorNames.finalizer) else { return true }
        guard await self.usedBy(parsed) == nil else { return false }
        let isAbandoned = self.isAbandoned(parsed)
        if let stores = self.context.cells.existing(name)?.stores {
            do {
                // The second look at what was erased does not wait for its time.
                for note in try await stores.durable.tenants.list(.erasing) {
                    try await TenantErasure.erase(note, in: stores, looksAgain: false)
                }
            } catch {
                guard isAbandoned else { throw error }
            }
        }
        guard self.context.leadership.isHeld else { return false }
        try await self.removeFleet(of: name)
        try await self.context.removeFinalizer(.cells, parsed.object)
        await self.context.cells.remove(name)
        return true
    }

    /// Deletes what a cell consists of, save its keys: a Cell that is deleted by mistake and made again finds its cloaks as they
    /// were.
    private func removeFleet(of name: String) async throws(KubeError) {
        let client = self.context.client
        let namespace = self.context.settings.namespace
        // What somebody else made for the cell's pods may carry its label, too.
        let managed = "app.kubernetes.io/managed-by=\(OperatorNames.manager)"
        let ours = ListOptions(labelSelector: "\(managed),\(OperatorNames.cellLabel)=\(name)")
        // Who runs first, then what they need. Not those that the copies know but those that there are: the last one may just
        // have been made.
        let kinds: [KubeResource] = [
            .deployments, .services, .podDisruptionBudgets, .networkPolicies, .configMaps, .serviceAccounts,
        ]
        for kind in kinds {
            for object in try await client.list(kind, in: namespace, ours).items {
                try await client.delete(kind, object.name, in: namespace, uid: object.uid)
            }
        }
        if await self.context.apis.has(.podMonitors) {
            for monitor in [OperatorNames.edge(name), OperatorNames.worker(name)] {
                try await client.delete(.podMonitors, monitor, in: namespace)
            }
        }
    }

    /// Why a cell cannot go yet.
    func usedBy(_ parsed: Parsed<CellResource>) async -> String? {
        let name = parsed.object.name
        let tenants = self.context.directory.holders(ofCell: name).sorted().map(\.description)
        if !tenants.isEmpty {
            return "deleting waits until no tenant lives in it: \(tenants.summary()): move or delete them"
        }
        if self.isAbandoned(parsed) { return nil }
        let advice =
            "to leave it in the database for good, annotate the Cell with \(OperatorNames.abandonRetained)=true"
        // Nobody but the database itself can say.
        let runtime = self.context.cells.runtime(name)
        guard let stores = runtime.stores else {
            let problem = runtime.state.withLock { $0.problem?.message } ?? "it is not connected yet"
            return
                "deleting waits until its database tells whether data of deleted tenants is kept there (\(problem)); "
                + advice
        }
        do {
            let kept = try await RetentionSweeper.kept(stores)
            guard kept > 0 else { return nil }
            return "deleting waits for the data of \(kept) tenants that are gone, which is erased in time; \(advice)"
        } catch {
            return "deleting waits until its database tells whether data of deleted tenants is kept there (\(error)); "
                + advice
        }
    }

    /// Whether nobody waits for what its database keeps: somebody said so, or that it is lost, and it does not answer.
    private func isAbandoned(_ parsed: Parsed<CellResource>) -> Bool {
        if parsed.object.annotations[OperatorNames.abandonRetained] == "true" { return true }
        let runtime = self.context.cells.existing(parsed.object.name)
        return parsed.object.areStoresLost && runtime?.state.withLock { $0.isDatabaseAway } == true
    }
}
