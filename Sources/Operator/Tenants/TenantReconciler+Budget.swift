// What a plan takes of the budgets of its namespace. It was seen to be there when the view was gathered; that it still is, and that
// nobody else gets it, is settled here, before anything is done.

import KubeClient
import Tenant

extension TenantReconciler {
    /// Takes what a plan needs, or gives back what it needs no more.
    ///
    /// - Returns: Whether it may be carried out: not if somebody else took what was left.
    func settleBudget(_ plan: TenantPlan, _ view: TenantView) -> Bool {
        let (ledger, key) = (self.context.budgets, view.object.key)
        // Who goes keeps what it has until it is gone.
        if view.object.deletionTimestamp != nil { return true }
        let isNews: Bool
        if let charge = plan.charge {
            let budgets = self.context.namespaces.budgets(of: key.namespace)
            guard let taken = ledger.take(charge, for: key, under: budgets) else { return false }
            isNews = taken
        } else {
            isNews = ledger.refuse(
                key,
                wanting: view.shortages.isEmpty ? nil : (try? view.hosted.get()).map { BudgetCharge($0.quotas) },
                since: view.object.creationTimestamp,
                keeps: !plan.hostnames.isEmpty
            )
        }
        if isNews { self.context.budgetsChanged(key.namespace) }
        return true
    }
}
