// Grants take effect through their tenants; that they do, and for whom, is told here.

package import KubeClient
import Logging
package import Tenant

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Plans for grants.
package enum GrantPlanner {
    /// How a grant's status reads.
    ///
    /// - Parameters:
    ///   - grant: The grant.
    ///   - hasTenant: Whether there is a tenant of its name.
    ///   - now: The time.
    /// - Returns: All of the status.
    package static func status(of grant: Parsed<TenantGrantResource>, hasTenant: Bool, now: Date) -> JSON {
        let condition =
            if !grant.problems.isEmpty {
                Condition("Ready", .no, "InvalidSpec", "\(grant.problems.summary()); the tenant is given nothing by it")
            } else if hasTenant {
                Condition("Ready", .yes, "InEffect", "the tenant \(grant.object.name) has it")
            } else {
                Condition("Ready", .no, "NoTenant", "there is no tenant \(grant.object.name) in this namespace yet")
            }
        let status: JSON = [
            "observedGeneration": .integer(Int64(grant.object.generation)),
            "conditions": [condition].json(of: grant.object, now: now),
        ]
        return status
    }
}

/// Looks at one grant.
package struct GrantReconciler: Sendable {
    let context: OperatorContext

    package init(_ context: OperatorContext) { self.context = context }

    package func reconcile(_ key: ObjectKey) async -> WorkOutcome {
        guard let grant = self.context.namespaces.tenantGrant(key), !grant.isDeleting else { return .done }
        let hasTenant = self.context.directory.tenant(key) != nil
        do throws(KubeError) {
            let status = GrantPlanner.status(of: grant, hasTenant: hasTenant, now: Date())
            try await self.context.write(status: status, of: grant.object, .tenantGrants)
            return .done
        } catch {
            if error.isConflict { return .again(after: .milliseconds(200)) }
            self.context.logger.warning("a grant waits", metadata: ["grant": "\(key)", "reason": "\(error)"])
            return .failed
        }
    }
}
