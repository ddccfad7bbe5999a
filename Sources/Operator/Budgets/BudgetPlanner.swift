// Budgets are only told of; what they say takes effect through the tenants of their namespaces.

package import KubeClient
import Numbers
package import Tenant

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Plans for budgets.
package enum BudgetPlanner {
    /// What is to be said of a budget.
    ///
    /// - Parameters:
    ///   - budget: The budget.
    ///   - use: What is given out in its namespace.
    ///   - waiting: Who wants more than is left, the oldest first.
    /// - Returns: Its conditions.
    package static func conditions(
        of budget: Parsed<TenantQuotaResource>,
        use: BudgetUse,
        waiting: [ObjectKey]
    ) -> [Condition] {
        [
            budget.problems.isEmpty
                ? Condition("Ready", .yes, "Valid", "it holds for the tenants of its namespace")
                : Condition("Ready", .no, "InvalidSpec", "\(budget.problems.summary()); nothing more is given out"),
            Self.within(budget.resource?.spec ?? .nothing, use, waiting),
        ]
    }

    /// Those of a budget's conditions that are news: that all is within it is only after it was not.
    package static func news(_ conditions: [Condition], of budget: KubeObject) -> [Condition] {
        conditions.changed(since: budget).filter { condition in
            condition.severity != .well || budget.condition(condition.type) != nil
        }
    }

    /// How a budget's status reads.
    ///
    /// - Parameters:
    ///   - budget: The budget.
    ///   - use: What is given out in its namespace.
    ///   - conditions: What is said of it.
    ///   - now: The time.
    /// - Returns: All of the status.
    package static func status(
        of budget: Parsed<TenantQuotaResource>,
        use: BudgetUse,
        conditions: [Condition],
        now: Date
    ) -> JSON {
        let spec = budget.resource?.spec ?? .nothing
        var used = JSON.object([:])
        var left = JSON.object([:])
        for item in BudgetItem.allCases {
            used["\(item)"] = item.json(use.sum(item))
            guard let limit = item.limit(spec) else { continue }
            left["\(item)"] = item.json(use.unlimited(item) > 0 ? 0 : max(0, limit.minus(use.sum(item))))
        }
        let status: JSON = [
            "observedGeneration": .integer(Int64(budget.object.generation)),
            "conditions": conditions.json(of: budget.object, now: now),
            "used": used,
            "left": left,
        ]
        return status
    }

    private static func within(_ spec: TenantQuotaSpec, _ use: BudgetUse, _ waiting: [ObjectKey]) -> Condition {
        let over = BudgetItem.allCases.compactMap { item -> String? in
            guard let limit = item.limit(spec) else { return nil }
            let (sum, unlimited) = (use.sum(item), use.unlimited(item))
            guard sum > limit || unlimited > 0 else { return nil }
            let without = unlimited > 0 ? " and \(unlimited) tenants without a limit" : ""
            return "\(item): \(item.text(sum)) of \(item.text(limit))\(without)"
        }
        let names = waiting.map(\.name).summary()
        let wait = waiting.isEmpty ? "" : "; these wait for room: \(names)"
        if !over.isEmpty {
            let text = "\(over.joined(separator: ", ")): who was accepted before keeps what it has, nobody gets more"
            return Condition("WithinBudget", .no, "Overcommitted", text + wait)
        }
        guard waiting.isEmpty else {
            return Condition(
                "WithinBudget",
                .yes,
                "TenantsWait",
                "\(waiting.count) tenants want more than is left: \(names)"
            )
        }
        return Condition("WithinBudget", .yes, "WithinBudget", "the tenants have no more than it allows")
    }
}
