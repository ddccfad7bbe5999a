// Looks at one tenant: gathers the view, has the plan made, does the steps, writes the status.

package import KubeClient
import Logging
import StateStore
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes the world as a Tenant says.
package struct TenantReconciler: Sendable {
    let context: OperatorContext
    let admins: AdminProvisioner
    let routes = AppliedRoutes()

    package init(_ context: OperatorContext, admins: AdminProvisioner) {
        self.context = context
        self.admins = admins
    }

    /// Looks at a tenant once.
    package func reconcile(_ key: ObjectKey) async -> WorkOutcome {
        guard let parsed = self.context.directory.tenant(key) else { return .done }
        let outcome = await self.reconcile(parsed)
        await self.settle(parsed)
        return outcome
    }

    private func reconcile(_ parsed: Parsed<TenantResource>) async -> WorkOutcome {
        do {
            let view = try await self.view(of: parsed)
            // Right after a start no cell was looked at yet: that says nothing about this tenant.
            if case .success(let cell) = view.cell, !cell.wasTried { return .again(after: .milliseconds(200)) }
            var plan = TenantPlanner.plan(view)
            var object = view.object
            var failure: String?
            do {
                for step in plan.steps {
                    if case .copy(let from, let to) = step { try await self.tellMove(from, to, view, object) }
                    try await self.perform(step, on: &object, of: parsed)
                }
            } catch let error as KubeError where error.isConflict {
                // Our copy was old; the newer one is on its way.
                return .again(after: .milliseconds(200))
            } catch {
                failure = "\(error)"
                Self.fail(&plan, view: view, reason: failure ?? "")
            }
            if plan.hasStatus || failure != nil { try await self.write(plan, view: view, object: object) }
            guard failure == nil else { return .failed }
            guard let wait = self.wait(plan) else { return .done }
            return .again(after: wait)
        } catch {
            self.context.logger.warning(
                "a tenant could not be looked at",
                metadata: ["tenant": "\(parsed.key)", "reason": "\(error)"]
            )
            return .failed
        }
    }

    /// What nobody tells us about is looked at again by ourselves.
    private func wait(_ plan: TenantPlan) -> Duration? {
        let soon = ["SecretNotFound", "Issuing", "Moving", "CellNotReady", "StoreUnavailable"]
        let reasons = plan.conditions.filter { $0.status == .no }.map(\.reason)
        if reasons.contains(where: soon.contains) { return self.context.settings.waitPeriod }
        // A gateway may take its time, or forever.
        return reasons.contains("Pending") ? self.context.settings.waitPeriod * 6 : nil
    }

    private static func fail(_ plan: inout TenantPlan, view: TenantView, reason: String) {
        plan.hasStatus = true
        plan.cell = view.object.status["cell"].string
        plan.hostnames = view.object.hostnamesHeld
        let failed = Condition("StoreReady", .no, "StoreUnavailable", reason)
        let ready = Condition("Ready", .no, "StoreUnavailable", reason)
        plan.conditions = [ready] + plan.conditions.filter { !["Ready", "StoreReady"].contains($0.type) } + [failed]
    }

    /// A cell's projection is whole once everybody was looked at, whatever came of it.
    private func settle(_ parsed: Parsed<TenantResource>) async {
        guard let id = TenantID(parsed.object.name) else { return }
        let directory = self.context.directory
        for cell in Set([parsed.object.status["cell"].string, directory.wantedCell(of: parsed)].compactMap { $0 }) {
            guard let stores = self.context.cells.existing(cell)?.stores else { continue }
            // A store that is away is written to again in any case.
            try? await stores.settle(id) { directory.tenants(in: cell).compactMap { TenantID($0.name) } }
        }
    }

    // MARK: The status

    /// Copying may take its time: the status says so meanwhile.
    private func tellMove(_ from: String, _ to: String, _ view: TenantView, _ object: KubeObject) async throws {
        let text = "its data is being copied from cell \(from) to cell \(to); nobody can connect until that is done"
        var plan = TenantPlan()
        plan.cell = from
        plan.hostnames = object.hostnamesHeld
        plan.conditions = [
            Condition("Ready", .no, "Moving", text), Condition("StoreReady", .no, "Moving", text),
        ]
        try await self.write(plan, view: view, object: object)
    }

    private func write(_ plan: TenantPlan, view: TenantView, object: KubeObject) async throws(KubeError) {
        var status: JSON = [
            "observedGeneration": .integer(Int64(object.generation)),
            "conditions": plan.conditions.json(of: object, now: view.now),
            "cell": JSON(plan.cell),
            "hostnames": plan.hostnames.isEmpty ? .null : .array(plan.hostnames.map(JSON.string)),
        ]
        if let host = plan.hostnames.first {
            status["endpoints"] = [
                "irc": .string("ircs://\(host):6697"), "webSocket": .string("wss://\(host)/irc"),
                "web": .string("https://\(host)/"),
            ]
        }
        if let usage = view.usage {
            let limit = (try? view.hosted.get())?.quotas.connections.limit
            status["usage"] = [
                "connections": .integer(Int64(usage.connections)), "connectionsLimit": JSON(limit),
                "accounts": .integer(Int64(usage.accounts)), "channels": .integer(Int64(usage.channels)),
                "historyBytes": .integer(Int64(usage.historyBytes)),
                "messagesPerSecond": .integer(Int64(usage.messagesPerSecond)),
            ]
        }
        for condition in plan.conditions.changed(since: object) {
            let before = object.condition(condition.type)?["reason"].string
            switch condition.type {
            case "Ready": self.context.announce(condition, of: object)
            // That all is within its limits is only news after it was not.
            case "WithinQuota" where condition.reason != "Unknown":
                if condition.reason != "WithinQuota" || before == "NearLimit" || before == "LimitReached" {
                    self.context.announce(condition, of: object)
                }
            default: continue
            }
        }
        if object.status["cell"].string.map({ $0 != plan.cell }) == true, let cell = plan.cell {
            self.context.announce("Moved", "now in cell \(cell)", of: object)
        }
        try await self.context.write(status: status, of: object, .tenants)
    }
}
