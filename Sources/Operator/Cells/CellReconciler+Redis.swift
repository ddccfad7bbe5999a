// Several Redis instances in one cell: who is to live where.

import KubeClient
import Tenant

extension CellReconciler {
    /// Has tenants moved that live where nobody is to live any more, some at each look.
    func look(at stores: CellStores, _ spec: CellSpec, _ findings: inout Findings) async {
        await stores.eraseLeft()
        guard spec.redis.count > 1 else { return }
        let draining = Set(spec.redis.filter(\.drain).map(\.name))
        let edges = self.context.known(.deployments, self.deploymentKey(findings.object.name))
        // Pods read at their start which instances there are.
        let areKnown = edges.map(EdgeRollout.isOver) ?? true
        let patience = self.context.settings.storePatience
        let (moves, left) = await stores.look(draining: draining, areKnown: areKnown, patience: patience)
        let due = Set(moves.map(\.text))
        for key in self.context.directory.tenants(in: findings.object.name) where due.contains(key.name) {
            self.context.tenantQueue.add(key)
        }
        if !draining.isEmpty, findings.stores.status == .yes {
            let names = draining.sorted().joined(separator: ", ")
            let rest = left == 0 ? "nobody lives there any more" : "\(left) tenants live there still"
            findings.stores = Condition("StoresReady", .yes, "Connected", "\(names) is drained: \(rest)")
        }
    }
}
