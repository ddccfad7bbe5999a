// Gathering what the plan rests on. Only what a tenant refers to is read from the server: most refer to nothing.

import KubeClient
import StateStore
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
        let cell = self.cell(of: parsed)
        let current = object.status["cell"].string
        var former: TenantView.Cell?
        if let current { former = self.cellView(current) }
        let secrets = parsed.isDeleting ? Secrets() : try await self.secrets(of: parsed)
        let (hosted, adminProblem) = self.hosted(parsed, secrets)
        let isHosted = if case .success = hosted { true } else { false }
        let gateway = (try? cell.get())?.gateway
        let stored = try await self.stored(parsed, in: (try? cell.get())?.name)
        let isOthers =
            stored.map { [.retained, .active].contains($0.state) && $0.namespace != object.namespace } ?? false
        var isCopied = false
        if let current, let wanted = try? cell.get(), wanted.name != current, !parsed.isDeleting {
            let left = try await self.stored(parsed, in: current)
            isCopied = left?.state == .moving && left?.uid == object.uid
        }
        return TenantView(
            object: object,
            hosted: hosted,
            deletionPolicy: parsed.resource?.spec.deletionPolicy ?? .retain,
            conflicts: parsed.resource.map {
                directory.conflicts(of: $0, key: parsed.key, promising: isHosted && !parsed.isDeleting)
            } ?? .init(),
            cell: cell,
            formerCell: former,
            adminProblem: adminProblem,
            certificate: Self.certificate(parsed, secrets),
            isIssued: parsed.resource?.spec.tlsSecretRef.map { secrets.issued.contains($0.name) } ?? false,
            canIssue: await self.canIssue(parsed),
            routes: gateway == nil || parsed.isDeleting ? .unavailable : try await self.routes(of: parsed),
            usage: TenantID(object.name).flatMap { id in
                (try? cell.get()).flatMap { self.context.cells.existing($0.name)?.usage(of: id) }
            },
            retainedFor: isOthers ? stored?.namespace : nil,
            ownsName: stored?.uid == object.uid && stored?.state == .active,
            isCopied: isCopied,
            now: Date()
        )
    }

    private func cell(of parsed: Parsed<TenantResource>) -> Result<TenantView.Cell, TenantView.Refusal> {
        let directory = self.context.directory
        guard let name = directory.wantedCell(of: parsed) else {
            let text = "no Cell says `default: true`: make one, or set spec.cellRef"
            return .failure(.init("NoDefaultCell", text))
        }
        guard let cell = self.cellView(name) else {
            return .failure(.init("CellNotFound", "there is no Cell \(name): make it, or change spec.cellRef"))
        }
        return .success(cell)
    }

    private func cellView(_ name: String) -> TenantView.Cell? {
        guard let cell = self.context.directory.cell(name) else { return nil }
        var view = self.context.cells.runtime(name).view(gateway: cell.resource?.spec.gateway)
        view.hasEdges = cell.object.hasEdges
        return view
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
        var set = secrets.found
        set.tenants = [resource]
        if let plan = self.context.directory.plan(planName) {
            guard let plan = plan.resource else {
                return (.failure(.init("InvalidSpec", "Plan \(planName): \(plan.problems.summary())")), nil)
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
        guard self.context.settings.issuer != nil, parsed.resource?.spec.tlsSecretRef != nil else { return false }
        return await self.context.apis.has(.certificates)
    }

    private func routes(of parsed: Parsed<TenantResource>) async throws(KubeError) -> TenantView.Routes {
        guard let tlsRoutes = await self.context.apis.first(of: KubeResource.tlsRoutes) else {
            return await self.context.apis.has(.httpRoutes) ? .withoutTLS : .unavailable
        }
        guard let id = TenantID(parsed.object.name),
            let route = try await self.context.client.find(
                tlsRoutes,
                TenantRoutes.name(id),
                in: self.context.settings.namespace
            )
        else { return .pending }
        let isAccepted = (route.status["parents"].elements ?? []).contains { parent in
            (parent["conditions"].elements ?? []).contains {
                $0["type"].string == "Accepted" && $0["status"].string == "True"
            }
        }
        return isAccepted ? .accepted : .pending
    }

    /// What a cell's database notes under the tenant's name.
    private func stored(
        _ parsed: Parsed<TenantResource>,
        in cell: String?
    ) async throws(DurableStoreError) -> StoredTenant? {
        guard let id = TenantID(parsed.object.name), let cell,
            let stores = self.context.cells.existing(cell)?.stores
        else { return nil }
        // Looked at once: who was found to have the name has it until we write otherwise.
        if !parsed.isDeleting, await stores.owner(of: id) == parsed.object.uid {
            return StoredTenant(
                tenant: id,
                namespace: parsed.object.namespace,
                uid: parsed.object.uid,
                state: .active,
                updatedAt: 0
            )
        }
        let found: StoredTenant?
        do {
            found = try await stores.durable.tenants.find(id)
        } catch {
            // Who is served stays so while the database is away.
            let status = parsed.object.status["cell"].string
            guard !parsed.isDeleting, status == cell, !parsed.object.hostnamesHeld.isEmpty else { throw error }
            return StoredTenant(
                tenant: id,
                namespace: parsed.object.namespace,
                uid: parsed.object.uid,
                state: .active,
                updatedAt: 0
            )
        }
        if let found, found.state == .active, found.uid == parsed.object.uid {
            await stores.note(owner: found.uid, of: id)
        }
        return found
    }
}
