// Gathering what the plan rests on. Only what a tenant refers to is read from the server: most refer to nothing.

import KubeClient
import StateStore
import Synchronization
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension TenantReconciler {
    func view(of parsed: Parsed<TenantResource>) async throws -> TenantView {
        let directory = self.context.directory
        let object = parsed.object
        let current = object.status["cell"].string
        let notes = try await self.notes(parsed)
        let found = Self.home(of: object, in: notes, wanted: directory.wantedCell(of: parsed))
        let cell = self.cell(of: parsed, found: found)
        let home = current ?? found
        let secrets = parsed.isDeleting ? Secrets() : try await self.secrets(of: parsed)
        let (hosted, adminProblem) = self.hosted(parsed, secrets)
        let homeView = home.flatMap { self.cellView($0) }
        // Routes lead to where it lives until it has arrived elsewhere.
        let routed = homeView ?? (try? cell.get())
        let isGoing = parsed.isDeleting
        let denial = isGoing ? nil : (try? cell.get()).flatMap { self.denial(of: parsed, in: $0.name) }
        let shortages = isGoing ? [] : self.shortages(parsed, hosted)
        // Nobody is promised a name that it could not be served under.
        let mayBeServed = !isGoing && (try? hosted.get()) != nil && denial == nil && shortages.isEmpty
        return TenantView(
            object: object,
            hosted: hosted,
            deletionPolicy: parsed.resource?.spec.deletionPolicy ?? .retain,
            ignored: parsed.ignored,
            conflicts: parsed.resource.map {
                directory.conflicts(
                    of: $0,
                    key: parsed.key,
                    promising: mayBeServed,
                    mayHave: self.context.namespaces.allows(hostname:from:in:)
                )
            } ?? .init(),
            cell: cell,
            denial: denial,
            shortages: shortages,
            home: homeView,
            setback: self.setback(of: parsed.key, from: homeView, to: try? cell.get()),
            isFoundElsewhere: current == nil && found != nil && found != directory.wantedCell(of: parsed),
            adminProblem: adminProblem,
            certificate: Self.certificate(parsed, secrets),
            isIssued: parsed.resource?.spec.tlsSecretRef.map { secrets.issued.contains($0.name) } ?? false,
            canIssue: await self.canIssue(parsed),
            routes: try await self.routes(of: parsed, in: routed),
            usage: TenantID(object.name).flatMap { id in
                (try? cell.get()).flatMap { self.context.cells.existing($0.name)?.usage(of: id) }
            },
            archive: TenantID(object.name).flatMap { id in
                (try? cell.get()).flatMap { self.context.cells.existing($0.name)?.archive(of: id) }
            } ?? .unknown,
            notes: notes,
            now: Date()
        )
    }

    private func cell(
        of parsed: Parsed<TenantResource>,
        found: String?
    ) -> Result<TenantView.Cell, TenantView.Refusal> {
        let directory = self.context.directory
        // Who names no cell and has data somewhere lives there.
        let named = parsed.resource?.spec.cellRef?.name ?? parsed.object.status["cell"].string
        guard let name = named ?? found ?? directory.wantedCell(of: parsed) else {
            let text = "no Cell says `default: true`: make one, or set spec.cellRef"
            return .failure(.init("NoDefaultCell", text))
        }
        guard let cell = self.cellView(name) else {
            return .failure(.init("CellNotFound", "there is no Cell \(name): make it, or change spec.cellRef"))
        }
        return .success(cell)
    }

    private func shortages(
        _ parsed: Parsed<TenantResource>,
        _ hosted: Result<HostedTenant, TenantView.Refusal>
    ) -> [BudgetShortage] {
        guard case .success(let tenant) = hosted else { return [] }
        let budgets = self.context.namespaces.budgets(of: parsed.object.namespace)
        return self.context.budgets.shortages(of: BudgetCharge(tenant.quotas), for: parsed.key, under: budgets)
    }

    private func cellView(_ name: String) -> TenantView.Cell? {
        guard let cell = self.context.directory.cell(name) else { return nil }
        var view = self.context.cells.runtime(name).view(gateway: cell.resource?.spec.gateway)
        view.hasEdges = cell.object.hasEdges
        view.isLost = self.isLost(name)
        if view.isLost { view.isReady = false }
        return view
    }

    /// Whether a cell's stores are said to be lost for good, and its database does not answer: who is wrong about it loses nothing.
    private func isLost(_ cell: String) -> Bool {
        guard let known = self.context.directory.cell(cell), known.object.areStoresLost else { return false }
        return self.context.cells.existing(cell)?.state.withLock { $0.isDatabaseAway } ?? false
    }

    private func setback(
        of key: ObjectKey,
        from home: TenantView.Cell?,
        to cell: TenantView.Cell?
    ) -> TenantChores.Setback? {
        guard let home, let cell, home.name != cell.name else {
            self.context.chores.forgetSetback(of: key)
            return nil
        }
        return self.context.chores.setback(of: key, in: .move(from: home.name, to: cell.name))
    }

    // MARK: What it refers to

    /// The Secrets that a tenant names.
    private struct Secrets {
        var found = ResourceSet()
        /// Those that cert-manager made for the Certificate of the same name, which is what we ask it for.
        var issued: Set<String> = []
        /// Why some cannot be read, in the server's words.
        var refused: [String: String] = [:]
    }

    private func secrets(of parsed: Parsed<TenantResource>) async throws(KubeError) -> Secrets {
        guard let spec = parsed.resource?.spec else { return Secrets() }
        var names = Set(spec.admins.map(\.passwordSecretRef.name))
        if let tls = spec.tlsSecretRef { names.insert(tls.name) }
        var secrets = Secrets()
        for name in names.sorted() {
            let found: KubeObject?
            do throws(KubeError) {
                found = try await self.context.client.find(.secrets, name, in: parsed.object.namespace)
            } catch {
                guard error.isForbidden else { throw error }
                secrets.refused[name] = "\(error)"
                continue
            }
            guard let secret = found else { continue }
            if secret.annotations["cert-manager.io/certificate-name"] == name { secrets.issued.insert(name) }
            // The fields that decoders know, and no more: what other controllers put beside them is no error of ours.
            let trimmed: JSON = [
                "apiVersion": "v1", "kind": "Secret",
                "metadata": ["name": .string(secret.name), "namespace": .string(secret.namespace)],
                "data": secret.json["data"],
            ]
            let read = ResourceSet.read(trimmed.text, named: secret.key.description).0.secrets
            secrets.found.secrets.merge(read) { $1 }
        }
        return secrets
    }

    /// The tenant with its plan and secrets applied, by the rules that `roost dev` goes by too.
    private func hosted(
        _ parsed: Parsed<TenantResource>,
        _ secrets: Secrets
    ) -> (Result<HostedTenant, TenantView.Refusal>, adminProblem: TenantView.Refusal?) {
        guard let resource = parsed.resource else {
            return (.failure(.init("InvalidSpec", parsed.problems.summary())), nil)
        }
        let planName = resource.spec.planRef.name
        let granted = self.context.namespaces.tenantGrant(parsed.key)?.resource
        var set = secrets.found
        set.tenants = [resource]
        if let granted { set.set(granted) }
        if let plan = self.context.directory.plan(planName) {
            guard let plan = plan.resource else {
                return (.failure(.init("InvalidSpec", "Plan \(planName): \(plan.problems.summary())")), nil)
            }
            guard
                granted?.spec.plans.contains(planName) == true
                    || self.context.namespaces.allows(plan.spec.allowedNamespaces, parsed.object.namespace)
            else {
                let text = "tenants of namespace \(parsed.object.namespace) may not be on the plan \(planName): "
                return (.failure(.init("PlanNotAllowed", text + "name another, or have the platform allow it")), nil)
            }
            set.plans = [planName: plan]
        }
        let (catalog, findings) = TenantCatalog.make(from: set)
        if let hosted = catalog.tenants[resource.id] {
            return (.success(hosted), Self.adminProblem(findings, resource, secrets))
        }
        // Those of administrators are not what keeps it out.
        let errors = findings.filter { $0.field?.hasPrefix("spec.admins") != true }
        let reason =
            switch errors.first.map({ ($0.reason, $0.field ?? "") }) {
            case (.notFound, let field)? where field.hasPrefix("spec.planRef"): "PlanNotFound"
            case (.notInPlan, _)?: "NotInPlan"
            case (.abovePlan, _)?: "QuotaAbovePlan"
            default: "InvalidSpec"
            }
        return (.failure(.init(reason, errors.map(\.fieldAndMessage).summary())), nil)
    }

    private static func adminProblem(
        _ errors: [ResourceError],
        _ resource: TenantResource,
        _ secrets: Secrets
    ) -> TenantView.Refusal? {
        let refused = resource.spec.admins.lazy.compactMap { admin in
            secrets.refused[admin.passwordSecretRef.name].map { ($0, admin.account) }
        }
        if let (words, account) = refused.first {
            return .init("SecretForbidden", "the password of \(account) cannot be read: \(words)")
        }
        let problems = errors.filter { $0.field?.hasPrefix("spec.admins") == true }
        return problems.isEmpty ? nil : .init("SecretNotFound", problems.map(\.fieldAndMessage).summary())
    }

    private static func certificate(
        _ parsed: Parsed<TenantResource>,
        _ secrets: Secrets
    ) -> TenantView.Certificate {
        guard let name = parsed.resource?.spec.tlsSecretRef?.name else { return .notNamed }
        if let words = secrets.refused[name] { return .unreadable(words) }
        guard let secret = secrets.found.secret(name, in: parsed.object.namespace) else { return .missing }
        do {
            return .found(
                try CertificateBundle(chain: secret.data["tls.crt"]?.reveal(), key: secret.data["tls.key"]?.reveal())
            )
        } catch { return .invalid(error.text) }
    }

    private func canIssue(_ parsed: Parsed<TenantResource>) async -> Bool {
        guard self.context.settings.issuer != nil, let spec = parsed.resource?.spec, spec.tlsIssue,
            spec.tlsSecretRef != nil
        else { return false }
        return await self.context.apis.has(.certificates)
    }

    private func routes(
        of parsed: Parsed<TenantResource>,
        in cell: TenantView.Cell?
    ) async throws(KubeError) -> TenantView.Routes {
        guard let cell, let gateway = cell.gateway, let tenant = parsed.resource, !parsed.isDeleting else {
            return .unavailable
        }
        guard let tlsRoutes = await self.context.apis.first(of: KubeResource.tlsRoutes) else {
            return await self.context.apis.has(.httpRoutes) ? .withoutTLS : .unavailable
        }
        let wanted = TenantRoutes.objects(
            tenant.id,
            tlsRoutes: tlsRoutes,
            hostnames: tenant.spec.hostnames,
            cell: cell.name,
            gateway: gateway,
            namespace: self.context.settings.namespace
        )
        return TenantRoutes.verdict(on: wanted, found: try await self.foundRoutes(of: tenant.id).map(\.1))
    }

    /// The routes of a tenant that there are.
    func foundRoutes(of tenant: TenantID) async throws(KubeError) -> [(KubeResource, KubeObject)] {
        var found: [(KubeResource, KubeObject)] = []
        for resource in [await self.context.apis.first(of: KubeResource.tlsRoutes), .httpRoutes].compactMap(\.self)
        where await self.context.apis.has(resource) {
            let list = try await self.context.client.list(
                resource,
                in: self.context.settings.namespace,
                TenantRoutes.selector(tenant)
            )
            found += list.items.map { (resource, $0) }
        }
        return found
    }

    // MARK: Where its data is

    /// What cells' databases note under the tenant's name.
    ///
    /// Where it lives and is to live matters always; everywhere matters to one that goes, and to one that comes, whose data
    /// may be kept in any cell.
    private func notes(_ parsed: Parsed<TenantResource>) async throws(DurableStoreError) -> [String: StoredTenant] {
        guard let id = TenantID(parsed.object.name) else { return [:] }
        let directory = self.context.directory
        let current = parsed.object.status["cell"].string
        let wanted = directory.wantedCell(of: parsed)
        let isSettled = !parsed.isDeleting && current != nil && current == wanted
        let essential = Set([current, wanted].compactMap { $0 })
        let isEverywhere = parsed.isDeleting || current == nil
        let cells = isEverywhere ? essential.union(directory.allCells.map(\.object.name)) : essential
        let settings = self.context.settings
        var notes: [String: StoredTenant] = [:]
        for cell in cells.sorted() {
            guard let stores = self.context.cells.existing(cell)?.stores, !self.isLost(cell) else { continue }
            // Looked at once: who was found to have the name has it until we write otherwise.
            if isSettled, await stores.owner(of: id) == parsed.object.uid {
                notes[cell] = StoredTenant(id, .active, of: parsed.object, at: 0)
                continue
            }
            do throws(DurableStoreError) {
                notes[cell] = try await stores.find(id, essential.contains(cell) ? .own(settings) : .other(settings))
            } catch {
                // Who is served stays so while the database is away.
                if isSettled, !parsed.object.hostnamesHeld.isEmpty {
                    notes[cell] = StoredTenant(id, .active, of: parsed.object, at: 0)
                    continue
                }
                // What is in other cells is found by their own look at their notes once they can be asked.
                if essential.contains(cell) { throw error }
            }
            if isSettled, let note = notes[cell], note.isNote(of: parsed.object, .active) {
                await stores.note(owner: note.uid, of: id)
            }
        }
        return notes
    }

    /// The cell whose data is the tenant's, as far as the notes tell: this very object's before another's, then the latest.
    private static func home(
        of object: KubeObject,
        in notes: [String: StoredTenant],
        wanted: String?
    ) -> String? {
        func rank(_ cell: String, _ note: StoredTenant) -> (Int, Int64, Int, String) {
            (note.uid == object.uid ? 1 : 0, note.updatedAt, cell == wanted ? 1 : 0, cell)
        }
        return notes.filter { $0.value.state.isOriginal && $0.value.namespace == object.namespace }
            .filter { object.deletionTimestamp == nil || $0.value.uid == object.uid }
            .max { rank($0.key, $0.value) < rank($1.key, $1.value) }?.key
    }

    /// Whether its cell was not looked at yet, right after a start: that says nothing about the tenant.
    func isEarly(_ parsed: Parsed<TenantResource>) -> Bool {
        let directory = self.context.directory
        guard let name = directory.wantedCell(of: parsed), directory.cell(name) != nil else { return false }
        return !self.context.cells.runtime(name).view(gateway: nil).wasTried
    }

    /// Whether a cell that keeps data of deleted tenants was not looked at yet, so that a new tenant's may be there.
    func mayBeKept(_ parsed: Parsed<TenantResource>) -> Bool {
        guard parsed.object.status["cell"].string == nil else { return false }
        return self.context.directory.allCells.contains { cell in
            (cell.object.status["retainedTenants"].int ?? 0) > 0
                && self.context.cells.runtime(cell.object.name).view(gateway: nil).wasTried == false
        }
    }
}
