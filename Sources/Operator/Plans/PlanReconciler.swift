package import KubeClient
import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Looks at one plan and does what is to be done for it.
package struct PlanReconciler: Sendable {
    let context: OperatorContext

    package init(_ context: OperatorContext) { self.context = context }

    package func reconcile(_ name: String) async -> WorkOutcome {
        guard let plan = self.context.directory.plan(name) else { return .done }
        let directory = self.context.directory
        let steps = PlanPlanner.steps(
            for: plan,
            tenants: directory.holderCount(of: name),
            holders: directory.holders(of: name),
            now: Date()
        )
        var object = plan.object
        do throws(KubeError) {
            for step in steps {
                switch step {
                case .addFinalizer: object = try await self.context.addFinalizer(.plans, object)
                case .removeFinalizer: try await self.context.removeFinalizer(.plans, object)
                case .writeStatus(let status): try await self.context.write(status: status, of: object, .plans)
                }
            }
            return .done
        } catch {
            if error.isConflict { return .again(after: .milliseconds(200)) }
            self.context.logger.warning("a plan waits", metadata: ["plan": "\(name)", "reason": "\(error)"])
            return .failed
        }
    }
}
