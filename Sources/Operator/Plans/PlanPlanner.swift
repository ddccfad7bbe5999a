// Plans are only looked at and counted; what they say takes effect through their tenants.

package import KubeClient
package import Tenant

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// One thing to do for a plan.
package enum PlanStep: Sendable, Hashable {
    case addFinalizer
    case removeFinalizer
    case writeStatus(JSON)
}

/// Plans for plans.
package enum PlanPlanner {
    /// What is to be done for a plan.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - tenants: How many are on it.
    ///   - holders: Who they are, which is asked only when that is told.
    ///   - now: The time.
    /// - Returns: The steps, none if all is as it should be.
    package static func steps(
        for plan: Parsed<PlanResource>,
        tenants: Int,
        holders: @autoclosure () -> some Sequence<ObjectKey>,
        now: Date
    ) -> [PlanStep] {
        var steps: [PlanStep] = []
        let hasFinalizer = plan.object.finalizers.contains(OperatorNames.finalizer)
        if plan.isDeleting, tenants == 0 { return hasFinalizer ? [.removeFinalizer] : [] }
        if !hasFinalizer, !plan.isDeleting { steps.append(.addFinalizer) }
        var conditions = [
            plan.problems.isEmpty
                ? Condition("Ready", .yes, "Valid", "tenants may be on it")
                : Condition("Ready", .no, "InvalidSpec", plan.problems.summary()),
            tenants == 0
                ? Condition("InUse", .no, "Unused", "no tenant is on it")
                : Condition("InUse", .yes, "InUse", "\(tenants) tenants are on it"),
        ]
        if let ignored = Condition(ignored: plan.ignored) { conditions.append(ignored) }
        if plan.isDeleting {
            let some = holders().sorted().map(\.description).summary()
            let text = "deleting waits until no tenant is on it: \(some)"
            conditions.append(Condition("Deleting", .yes, "StillUsed", text))
        }
        let status: JSON = [
            "observedGeneration": .integer(Int64(plan.object.generation)),
            "tenants": .integer(Int64(tenants)),
            "conditions": conditions.json(of: plan.object, now: now),
        ]
        if status != plan.object.status { steps.append(.writeStatus(status)) }
        return steps
    }
}
