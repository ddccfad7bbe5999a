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
    let applied = AppliedObjects()

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
        // What is being erased for it comes first, and so does a copy once nobody is served any more; it is looked at again when that
        // ends. While a copy waits for its turn the tenant is served, as it is written.
        let chores = self.context.chores
        let chore = chores.current(of: parsed.key)
        if let chore, !self.isWanted(chore, by: parsed) {
            chores.cancel(parsed.key)
            return .done
        }
        if case .erase = chore { return .done }
        guard chores.beginLook(at: parsed.key) else {
            if case .move(let from, let to) = chore {
                let text = "its data is copied from cell \(from) to cell \(to); nobody can connect until that is done"
                await self.tell("Moving", text, of: parsed.object)
            }
            return .done
        }
        defer { chores.endLook(at: parsed.key) }
        do {
            if self.mayBeKept(parsed) { return .again(after: .milliseconds(200)) }
            // Before anything is read for it. The first look at the cell has its tenants looked at.
            if self.isEarly(parsed) { return .again(after: .seconds(1)) }
            let view = try await self.view(of: parsed)
            if case .success(let cell) = view.cell, !cell.wasTried { return .again(after: .milliseconds(200)) }
            var plan = TenantPlanner.plan(view)
            guard self.settleBudget(plan, view) else { return .again(after: .milliseconds(10)) }
            for key in self.context.directory.note(yields: plan.yields, key: parsed.key) {
                self.context.tenantQueue.add(key)
            }
            if plan.yields, let name = parsed.resource?.spec.planRef.name {
                self.context.planQueue.add(name, after: .milliseconds(500))
            }
            var object = view.object
            var failure: String?
            if !plan.isServing, let resource = parsed.resource {
                self.context.directory.takeBack(from: resource, key: parsed.key)
            }
            do {
                for step in plan.steps {
                    do {
                        try await self.perform(step, on: &object, of: parsed)
                    } catch let error as TenantStepRefused where !parsed.isDeleting {
                        plan.set(error.condition)
                        plan.judge()
                    } catch let error as KubeError where step.besides != nil && !parsed.isDeleting {
                        // Nobody goes unserved because another controller does not take what it is asked.
                        plan.set(Condition(step.besides ?? "", .no, "ApplyRejected", "\(error)"))
                        plan.judge()
                    }
                }
            } catch let error as KubeError where error.isConflict {
                // Our copy was old; the newer one is on its way.
                return .again(after: .milliseconds(200))
            } catch is TenantErasure.NoteChanged {
                return .again(after: .milliseconds(200))
            } catch let error as TenantChores.Failure {
                Self.fail(&plan, view: view, error.reason, "\(error)")
                try await self.write(plan, view: view, object: object)
                return .again(after: self.context.settings.waitPeriod)
            } catch {
                failure = "\(error)"
                Self.fail(&plan, view: view, "StoreUnavailable", failure ?? "")
            }
            plan.redis = await self.redis(of: object, in: plan.cell)
            if failure == nil { await self.askForVerification(&plan, of: object) }
            if plan.hasStatus || failure != nil { try await self.write(plan, view: view, object: object) }
            guard failure == nil else { return .failed }
            if plan.isUnderway { return .again(after: .milliseconds(50)) }
            guard let wait = self.wait(plan, object, now: view.now) else { return .done }
            return .again(after: wait)
        } catch let error as DurableStoreError {
            await self.tell("StoreUnavailable", "the database: \(error)", of: parsed.object)
            return .failed
        } catch {
            self.context.logger.warning(
                "a tenant could not be looked at",
                metadata: ["tenant": "\(parsed.key)", "reason": "\(error)"]
            )
            return .failed
        }
    }

    /// What nobody tells us about is looked at again by ourselves: soon at first, seldom where it goes on for long.
    private func wait(_ plan: TenantPlan, _ object: KubeObject, now: Date) -> Duration? {
        let soon = [
            "SecretNotFound", "SecretForbidden", "Issuing", "CertificateTaken", "Moving", "Erasing", "CellNotReady",
            "StoreUnavailable", "Pending", "RoutesRefused", "ApplyRejected", "InvalidCertificate", "Expired",
            "HostnameNotCovered",
        ]
        let waiting = plan.conditions.filter { condition in
            // Who waits for its turn is served meanwhile.
            (condition.status == .no || condition.reason == "Moving") && soon.contains(condition.reason)
                && condition.type != "Ready"
        }
        let period = self.context.settings.waitPeriod
        let waits = waiting.map { condition in
            guard let known = object.condition(condition.type), known["reason"].string == condition.reason,
                let since = known["lastTransitionTime"].string.flatMap(KubeTime.parse)
            else { return period }
            return min(max(period, .seconds(now.timeIntervalSince(since) / 10)), period * 12)
        }
        return waits.min()
    }

    /// Whether what is being done for it still is what it wants: who turns back in the middle of a move waits for nothing.
    private func isWanted(_ chore: TenantChores.Kind, by parsed: Parsed<TenantResource>) -> Bool {
        guard case .move(let from, let to) = chore else { return true }
        let lives = parsed.object.status["cell"].string ?? from
        return !parsed.isDeleting && lives == from && self.context.directory.wantedCell(of: parsed) == to
    }

    private static func fail(_ plan: inout TenantPlan, view: TenantView, _ reason: String, _ text: String) {
        plan.hasStatus = true
        plan.cell = view.object.status["cell"].string
        plan.hostnames = view.object.hostnamesHeld
        plan.set(Condition("StoreReady", .no, reason, text))
        plan.set(Condition("Ready", .no, reason, text))
    }

    /// Says in the status why nothing can be done now; the rest of it stays.
    private func tell(_ reason: String, _ problem: String, of object: KubeObject) async {
        var plan = TenantPlan()
        plan.cell = object.status["cell"].string
        plan.hostnames = object.hostnamesHeld
        plan.conditions = (object.status["conditions"].elements ?? []).compactMap { $0["type"].string }.compactMap {
            Condition($0, of: object)
        }
        plan.set(Condition("StoreReady", .no, reason, problem))
        plan.set(Condition("Ready", .no, reason, problem))
        do {
            try await self.write(plan, usage: nil, .unknown, limit: nil, object: object, now: Date())
        } catch {
            self.context.logger.warning(
                "a tenant's status cannot be written",
                metadata: ["tenant": "\(object.key)", "reason": "\(error)"]
            )
        }
    }

    /// Which of its cell's Redis instances a tenant lives in, if that is known.
    private func redis(of object: KubeObject, in cell: String?) async -> String? {
        guard let id = TenantID(object.name), let cell, let stores = self.context.cells.existing(cell)?.stores,
            let redis = await stores.dwelling(of: id)
        else { return nil }
        if let redis { return redis }
        return await stores.places.first
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

    private func write(_ plan: TenantPlan, view: TenantView, object: KubeObject) async throws(KubeError) {
        let hosted = try? view.hosted.get()
        let limit = hosted?.quotas.connections.limit
        let offers = hosted?.features.contains(.webSocket)
        try await self.write(
            plan,
            usage: view.usage,
            view.archive,
            limit: limit,
            offers,
            object: object,
            now: view.now
        )
    }

    /// Where clients connect: what answers there.
    private static func endpoints(_ host: String, webSocket: Bool, _ addresses: [String]) -> JSON {
        [
            "irc": .string("ircs://\(host):6697"),
            "webSocket": webSocket ? .string("wss://\(host)/irc") : .null,
            "addresses": addresses.isEmpty ? .null : .array(addresses.map(JSON.string)),
        ]
    }

    private func write(
        _ plan: TenantPlan,
        usage: TenantView.Usage?,
        _ archive: TenantView.Archive,
        limit: Int?,
        _ offersWebSocket: Bool? = nil,
        object: KubeObject,
        now: Date
    ) async throws(KubeError) {
        var status: JSON = [
            "observedGeneration": .integer(Int64(object.generation)),
            "conditions": plan.conditions.json(of: object, now: now),
            "cell": JSON(plan.cell),
            "redis": JSON(
                plan.redis ?? (plan.cell == object.status["cell"].string ? object.status["redis"].string : nil)
            ),
            "hostnames": plan.hostnames.isEmpty ? .null : .array(plan.hostnames.map(JSON.string)),
        ]
        if let host = plan.hostnames.first {
            // One that cannot be read now goes on as it was.
            let webSocket = offersWebSocket ?? (object.status["endpoints"]["webSocket"] != .null)
            let addresses = plan.cell.map(self.context.addresses) ?? []
            status["endpoints"] = Self.endpoints(host, webSocket: webSocket, addresses)
        }
        if let charge = self.context.budgets.charge(of: object.key) { status["reserved"] = charge.json() }
        if let usage {
            status["usage"] = usage.json(limit: limit)
        } else if object.status["usage"] != .null {
            // Not known now is not none.
            status["usage"] = object.status["usage"]
        }
        status["archive"] = archive.json(known: object.status["archive"])
        if let value = plan.verification { status["archive"]["verifyRequested"] = .string(value) }
        for condition in plan.conditions.changed(since: object) {
            let before = object.condition(condition.type)?["reason"].string
            switch condition.type {
            case "Ready": self.context.announce(condition, of: object)
            // That all is within its limits is only news after it was not.
            case "WithinQuota" where condition.reason != "Unknown":
                if condition.reason != "WithinQuota" || before == "NearLimit" || before == "LimitReached" {
                    self.context.announce(condition, of: object)
                }
            // That it is ready is only news after it was not.
            case "ArchiveReady" where condition.status != .unknown:
                if condition.status == .no || object.condition(condition.type)?["status"].string == "False" {
                    self.context.announce(condition, of: object)
                }
            default: continue
            }
        }
        if object.status["cell"].string.map({ $0 != plan.cell }) == true, let cell = plan.cell {
            let places = self.context.addresses(of: cell)
            let rest = places.isEmpty ? "" : "; its hostnames must lead to \(places.joined(separator: " and "))"
            self.context.announce("Moved", "now in cell \(cell)\(rest)", of: object)
        }
        try await self.context.write(status: status, of: object, .tenants)
    }
}
