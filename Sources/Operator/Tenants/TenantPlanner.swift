// The rules of a tenant's life as a pure function. It looks at nothing but the view; what it returns is done elsewhere.

import KubeClient
import Tenant

/// Plans for tenants.
package enum TenantPlanner {
    /// For how long the data of a deleted tenant is kept under `deletionPolicy: Retain`.
    package static let retentionDays = 30

    /// What is to be done for a tenant.
    package static func plan(_ view: TenantView) -> TenantPlan {
        if view.object.deletionTimestamp != nil { return Self.deletion(view) }
        var plan = TenantPlan()
        plan.cell = view.object.status["cell"].string
        plan.hostnames = view.object.hostnamesHeld
        if !view.object.finalizers.contains(OperatorNames.finalizer) { plan.steps.append(.addFinalizer) }

        switch Self.admission(view) {
        case .failure(let refusal):
            Self.refuse(view, refusal, &plan)
        case .success(let (hosted, cell)):
            plan.charge = BudgetCharge(hosted.quotas)
            plan.conditions.append(
                view.adminProblem.map {
                    Condition("Admitted", .no, $0.reason, "\($0.message); it is served without this administrator")
                } ?? Condition("Admitted", .yes, "Admitted", "on plan \(hosted.planName) in cell \(cell.name)")
            )
            Self.admit(view, hosted, cell, &plan)
        }
        if let ignored = Condition(ignored: view.ignored) { plan.conditions.append(ignored) }
        plan.judge()
        return plan
    }

    // MARK: Admission

    private static func admission(
        _ view: TenantView
    ) -> Result<(HostedTenant, TenantView.Cell), TenantView.Refusal> {
        view.hosted.flatMap { hosted in
            if let holder = view.conflicts.name {
                let text = "the name \(hosted.id) belongs to the tenant \(holder), which is older: choose another name"
                return .failure(.init("NameTaken", text))
            }
            if let refusal = Self.nameHolder(view) { return .failure(refusal) }
            if let hostname = hosted.hostnames.first(where: { view.conflicts.hostnames[$0] != nil }),
                let holder = view.conflicts.hostnames[hostname]
            {
                let text = "\(hostname) belongs to the tenant \(holder): choose another hostname, or remove it there"
                return .failure(.init("HostnameTaken", text))
            }
            return view.cell.flatMap { cell in
                if let denial = view.denial { return .failure(denial) }
                // Last, since it gives away what others could have.
                guard view.shortages.isEmpty else {
                    return .failure(.init("BudgetExceeded", view.shortages.map(\.text).joined(separator: "; ")))
                }
                return .success((hosted, cell))
            }
        }
    }

    /// It stays as it was, if it was: a mistake in an edit takes nobody off the net, and keeps no suspension and no renewed
    /// certificate from being carried out.
    private static func refuse(_ view: TenantView, _ refusal: TenantView.Refusal, _ plan: inout TenantPlan) {
        let others = Set(view.conflicts.hostnames.keys)
        // Under a name that is another's nothing is ours; where it lives the name is its own.
        let livesElsewhere = view.home.map { $0.name != (try? view.cell.get())?.name } ?? false
        let isNamed = view.conflicts.name == nil && (livesElsewhere || Self.nameHolder(view) == nil)
        plan.hostnames.removeAll { !isNamed || others.contains($0) }
        let isServed = !plan.hostnames.isEmpty && !view.isOnItsWay
        plan.yields = view.conflicts == .init() && plan.hostnames.isEmpty
        let state = view.object.spec["state"].string.map(TenantState.init(rawValue:)) ?? .active
        let keep: (String) -> TenantStep = { .keep(cell: $0, without: others, state: state) }
        if isServed, let cell = plan.cell {
            // A live store that lost everything has it again.
            plan.steps.append(keep(cell))
            if case .found(let bundle) = view.certificate, bundle.notAfter > view.now,
                plan.hostnames.allSatisfy(bundle.covers)
            {
                plan.steps.append(.putCertificate(bundle, cell: cell))
            }
        } else if isNamed, !others.isEmpty, let cell = plan.cell ?? view.ownCell {
            // Who has no hostname left is served no more, also if its status never came to say that it was.
            plan.steps.append(keep(cell))
        }
        let rest = isServed ? "; it is served as it was before" : ""
        plan.conditions = [
            Condition("Admitted", .no, refusal.reason, refusal.message + rest),
            Condition(
                "StoreReady",
                isServed ? .yes : .no,
                isServed ? "Projected" : "NotAdmitted",
                isServed ? "served as it was before" : "not admitted"
            ),
        ]
        guard isServed else { return }
        // What was found before still holds.
        for type in ["CertificateReady", "RoutesReady", "ArchiveReady", "WithinQuota"] {
            if let known = Condition(type, of: view.object) { plan.conditions.append(known) }
        }
        if let state { plan.conditions.append(Self.suspension(state)) }
    }

    // MARK: Being served

    private static func admit(
        _ view: TenantView,
        _ hosted: HostedTenant,
        _ cell: TenantView.Cell,
        _ plan: inout TenantPlan
    ) {
        switch Self.place(view, cell, &plan) {
        case .nowhere: break
        case .here: Self.serve(view, hosted, cell, &plan)
        case .atHome(let home, let step):
            Self.serve(view, hosted, home, &plan)
            if let step { plan.steps.append(step) }
        }
        Self.sideConditions(view, hosted, &plan)
    }

    private static func serve(
        _ view: TenantView,
        _ hosted: HostedTenant,
        _ cell: TenantView.Cell,
        _ plan: inout TenantPlan
    ) {
        Self.certificate(view, hosted, cell, &plan)
        plan.steps.append(.project(hosted, cell: cell.name))
        plan.steps.append(.provisionAdmins(hosted, cell: cell.name))
        plan.cell = cell.name
        plan.hostnames = hosted.hostnames
        if plan.conditions["StoreReady"] == nil {
            plan.conditions.append(
                Condition("StoreReady", .yes, "Projected", "generation \(view.object.generation) is with the edges")
            )
        }
        Self.routes(view, hosted, cell, &plan)
        if !cell.hasEdges {
            plan.edgeProblem = Condition("Ready", .no, "NoPodsReady", "no edge of cell \(cell.name) is ready")
        }
    }

    private static func certificate(
        _ view: TenantView,
        _ hosted: HostedTenant,
        _ cell: TenantView.Cell,
        _ plan: inout TenantPlan
    ) {
        func set(_ status: Condition.Status, _ reason: String, _ message: String) {
            plan.conditions.append(Condition("CertificateReady", status, reason, message))
        }
        let secret = view.object.spec["tls"]["secretRef"]["name"].string
        switch view.certificate {
        case .found(let bundle):
            plan.steps.append(.putCertificate(bundle, cell: cell.name))
            let uncovered = hosted.hostnames.filter { !bundle.covers($0) }
            let asks = view.canIssue && view.isIssued
            // cert-manager renews by itself, but only what it was asked for, and while that is still there.
            if asks, let secret, bundle.notAfter <= view.now || !uncovered.isEmpty {
                plan.steps.append(.requestCertificate(secret: secret, hostnames: hosted.hostnames))
            }
            if bundle.notAfter <= view.now {
                let text = "the certificate ended at \(KubeTime.text(bundle.notAfter)): "
                return asks
                    ? set(.no, "Issuing", text + "cert-manager was asked for another")
                    : set(.no, "Expired", text + "renew it")
            }
            guard uncovered.isEmpty else {
                let text = "the certificate is not for \(uncovered.joined(separator: ", ")): "
                return asks
                    ? set(.no, "Issuing", text + "cert-manager was asked for one that is")
                    : set(.no, "HostnameNotCovered", text + "it names " + bundle.hostnames.joined(separator: ", "))
            }
            set(.yes, "Served", "until \(KubeTime.text(bundle.notAfter))")
        case .invalid(let problem):
            // What the edges have stays: an old certificate is better than none.
            plan.steps.append(.keepCertificate(cell: cell.name))
            set(.no, "InvalidCertificate", "Secret \(secret ?? ""): \(problem)")
        case .unreadable(let problem):
            plan.steps.append(.keepCertificate(cell: cell.name))
            set(.no, "SecretForbidden", "Secret \(secret ?? "") cannot be read: \(problem)")
        case .missing:
            guard let secret else { return }
            plan.steps.append(.keepCertificate(cell: cell.name))
            guard view.canIssue else {
                return set(.no, "SecretNotFound", "there is no Secret \(secret) in namespace \(view.object.namespace)")
            }
            plan.steps.append(.requestCertificate(secret: secret, hostnames: hosted.hostnames))
            set(.no, "Issuing", "cert-manager was asked to fill Secret \(secret)")
        case .notNamed:
            plan.steps.append(.removeCertificate(cell: cell.name))
            let uncovered = hosted.hostnames.filter { !DNSName.isCovered($0, by: cell.certificateNames) }
            if uncovered.isEmpty {
                if let end = cell.certificateEnd, end <= view.now {
                    let text = "the certificate of cell \(cell.name) ended at \(KubeTime.text(end)): renew it"
                    return set(.no, "Expired", text)
                }
                return set(.yes, "CellCertificate", "cell \(cell.name) has one for its hostnames")
            }
            if cell.certificateNames.isEmpty {
                let text = "neither the tenant nor cell \(cell.name) has a certificate: set spec.tls of one of them"
                return set(.no, "NoCertificate", text)
            }
            let text = "cell \(cell.name)'s certificate is not for \(uncovered.joined(separator: ", ")): set spec.tls"
            set(.no, "HostnameNotCovered", text)
        }
    }

    private static func routes(
        _ view: TenantView,
        _ hosted: HostedTenant,
        _ cell: TenantView.Cell,
        _ plan: inout TenantPlan
    ) {
        guard let gateway = cell.gateway else {
            plan.steps.append(.removeRoutes)
            plan.conditions.append(
                Condition(
                    "RoutesReady",
                    .yes,
                    "ServiceOnly",
                    "the Service \(OperatorNames.service(cell.name)) leads here"
                )
            )
            return
        }
        switch view.routes {
        case .unavailable:
            let text = "the cluster has no Gateway API: install it, or remove spec.routes from cell \(cell.name)"
            plan.conditions.append(Condition("RoutesReady", .no, "GatewayApiMissing", text))
        case .withoutTLS:
            plan.steps.append(.applyRoutes(hostnames: hosted.hostnames, cell: cell.name, gateway: gateway))
            let text = "the cluster's Gateway API has no TLSRoute: WebSocket and web are routed, IRC is not"
            plan.conditions.append(Condition("RoutesReady", .no, "GatewayApiMissing", text))
        case .pending, .refused, .accepted:
            plan.steps.append(.applyRoutes(hostnames: hosted.hostnames, cell: cell.name, gateway: gateway))
            plan.conditions.append(Self.answer(of: gateway, view.routes))
        }
    }

    /// What a gateway says to the routes.
    private static func answer(of gateway: GatewayReference, _ routes: TenantView.Routes) -> Condition {
        switch routes {
        case .refused(let why):
            return Condition("RoutesReady", .no, "RoutesRefused", "gateway \(gateway.name) refuses \(why)")
        case .pending(let name):
            return Condition("RoutesReady", .no, "Pending", "gateway \(gateway.name) has not taken \(name) yet")
        case .accepted, .unavailable, .withoutTLS:
            return Condition("RoutesReady", .yes, "Accepted", "gateway \(gateway.name) has taken the routes")
        }
    }

    private static func sideConditions(
        _ view: TenantView,
        _ hosted: HostedTenant,
        _ plan: inout TenantPlan
    ) {
        plan.conditions.append(ArchiveVerdict.condition(hosted.archive, view.archive))
        if plan.isServing, hosted.archive.enabled {
            plan.verification = ArchiveVerdict.verification(view.object, view.archive)
        }
        plan.conditions.append(TenantQuotas.condition(hosted.quotas, view.usage))
        plan.conditions.append(Self.suspension(hosted.state))
    }

    private static func suspension(_ state: TenantState) -> Condition {
        switch state {
        case .active: Condition("Suspended", .no, "Active", "clients may connect")
        case .cordoned: Condition("Suspended", .no, "Cordoned", "nobody new may connect; who is connected stays")
        case .suspended: Condition("Suspended", .yes, "Suspended", "spec.state says so; nobody may connect")
        }
    }
}
