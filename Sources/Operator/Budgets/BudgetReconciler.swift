package import KubeClient
import Logging
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Looks at the budgets of one namespace: has those looked at who wait and could be accepted now, and tells what is given out.
///
/// Many changes of a namespace are one look, so that a thousand tenants that come or go do not cost a thousand sums.
package struct BudgetReconciler: Sendable {
    /// How long a look waits for more to change.
    static let delay = Duration.milliseconds(200)

    let context: OperatorContext

    package init(_ context: OperatorContext) { self.context = context }

    package func reconcile(_ namespace: String) async -> WorkOutcome {
        let (known, ledger) = (self.context.namespaces, self.context.budgets)
        for key in ledger.fitting(in: namespace, under: known.budgets(of: namespace)) {
            self.context.tenantQueue.add(key, .upkeep)
        }
        let use = ledger.use(of: namespace)
        do throws(KubeError) {
            for budget in known.tenantQuotas(of: namespace) where !budget.isDeleting {
                let rule = (name: budget.object.name, spec: budget.resource?.spec ?? .nothing)
                let waiting = ledger.waiting(for: rule, in: namespace)
                let conditions = BudgetPlanner.conditions(of: budget, use: use, waiting: waiting)
                let status = BudgetPlanner.status(of: budget, use: use, conditions: conditions, now: Date())
                try await self.context.write(status: status, of: budget.object, .tenantQuotas)
                for condition in BudgetPlanner.news(conditions, of: budget.object) {
                    self.context.announce(condition, of: budget.object)
                }
            }
            return .done
        } catch {
            if error.isConflict { return .again(after: Self.delay) }
            self.context.logger.warning(
                "a namespace's budget cannot be told",
                metadata: ["namespace": "\(namespace)", "reason": "\(error)"]
            )
            return .failed
        }
    }
}

extension OperatorContext {
    /// Has a namespace's budgets looked at, if it has any.
    func budgetsChanged(_ namespace: String) {
        guard self.namespaces.hasBudgets(namespace) else { return }
        self.budgetQueue.add(namespace, after: BudgetReconciler.delay)
    }
}
