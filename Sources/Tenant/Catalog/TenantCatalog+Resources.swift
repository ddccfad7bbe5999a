// From resources to a catalog: plans and secrets looked up, hostnames given out once.

extension TenantCatalog {
    /// Applies plans, looks up secrets and gives out hostnames.
    ///
    /// A tenant with an error is left out, or stays as it was in `previous`. Names go to who had them in `previous`, then to
    /// the older object (`creationTimestamp`), then to the one that was read first: a new file never takes a name away from a
    /// running tenant. A tenant's name is its id in every store, so it is given out once too, over all namespaces.
    ///
    /// - Parameters:
    ///   - resources: What was read.
    ///   - previous: The catalog in use, if there is one.
    /// - Returns: The catalog, and what is wrong beyond single resources.
    package static func make(
        from resources: ResourceSet,
        previous: TenantCatalog = .empty
    ) -> (catalog: TenantCatalog, errors: [ResourceError]) {
        var maker = CatalogMaker(resources: resources, previous: previous)
        return maker.make()
    }

    /// Like ``make(from:previous:)`` with nothing before; what is wrong is added to `errors`.
    package init(resources: ResourceSet, errors: inout [ResourceError]) {
        let made = Self.make(from: resources)
        self = made.catalog
        errors.append(contentsOf: made.errors)
    }
}

private struct CatalogMaker {
    let resources: ResourceSet
    let previous: TenantCatalog
    private var errors: [ResourceError] = []
    private var names: [TenantID: ResourceSource] = [:]
    private var holders: [String: ResourceSource] = [:]
    /// Who stays as before, since another one has a name that it wants.
    private var fallen: Set<TenantID> = []

    init(resources: ResourceSet, previous: TenantCatalog) {
        self.resources = resources
        self.previous = previous
    }

    mutating func make() -> (TenantCatalog, [ResourceError]) {
        var candidates: [(resource: TenantResource, tenant: HostedTenant)] = []
        for resource in self.byAge() {
            if let holder = self.names[resource.id] {
                self.errors.append(
                    resource.source.error(
                        .conflict,
                        "metadata.name",
                        "the name belongs to \(Self.place(holder)): choose another"
                    )
                )
                continue
            }
            self.names[resource.id] = resource.source
            guard let tenant = self.applyPlan(to: resource) ?? self.previous.tenants[resource.id] else { continue }
            candidates.append((resource, tenant))
        }
        // Who does not get what it wants stays as it was and needs its old names, which may have gone to another one then:
        // so names are given out again whenever that turns out, each time with fewer tenants that change.
        while true {
            self.reserve(candidates)
            var tenants: [HostedTenant] = []
            var refused: [ResourceError] = []
            var fellBack = false
            for (index, (resource, wanted)) in candidates.enumerated() {
                let conflicts = self.claimHostnames(resource, wanted)
                if conflicts.isEmpty {
                    tenants.append(wanted)
                } else if let before = self.previous.tenants[resource.id], self.fallen.insert(resource.id).inserted {
                    candidates[index].tenant = before
                    self.errors += conflicts
                    fellBack = true
                } else {
                    refused += conflicts
                }
            }
            if !fellBack { return (TenantCatalog(tenants), self.errors + refused) }
        }
    }

    /// Gives those who have a hostname theirs; only then the others get what they want.
    private mutating func reserve(_ candidates: [(resource: TenantResource, tenant: HostedTenant)]) {
        self.holders = [:]
        for (resource, tenant) in candidates {
            for hostname in tenant.hostnames where self.had(resource.id, hostname) {
                self.holders[hostname] = resource.source
            }
        }
    }

    /// The tenants with the one first whose claim to a name is oldest.
    private func byAge() -> [TenantResource] {
        self.resources.tenants.enumerated().sorted { left, right in
            func rank(_ item: (offset: Int, element: TenantResource)) -> (Int, String, Int) {
                let before = self.previous.tenants[item.element.id]
                let known = before?.namespace == item.element.metadata.namespace
                return (known ? 0 : 1, item.element.metadata.creationTimestamp ?? "", item.offset)
            }
            return rank(left) < rank(right)
        }.map(\.element)
    }

    private func had(_ id: TenantID, _ hostname: String) -> Bool {
        self.previous.tenant(forHostname: hostname)?.id == id
    }

    /// Gives a tenant all names that it wants, or none.
    ///
    /// - Returns: Which of them others have.
    private mutating func claimHostnames(_ resource: TenantResource, _ tenant: HostedTenant) -> [ResourceError] {
        var conflicts: [ResourceError] = []
        for (index, hostname) in tenant.hostnames.enumerated() {
            guard let holder = self.holders[hostname], holder.place != resource.source.place else { continue }
            conflicts.append(
                resource.source.error(
                    .conflict,
                    "spec.hostnames[\(index)]",
                    "`\(hostname)` belongs to \(Self.place(holder)): choose another, or remove it there"
                )
            )
        }
        guard conflicts.isEmpty else { return conflicts }
        for hostname in tenant.hostnames { self.holders[hostname] = resource.source }
        return []
    }

    /// The tenant with everything looked up, or `nil` after an error.
    private mutating func applyPlan(to resource: TenantResource) -> HostedTenant? {
        let spec = resource.spec
        // Who has no password yet is an error of its own: the tenant is hosted without.
        let admins = spec.admins.enumerated().compactMap { self.admin($1, field: "spec.admins[\($0)]", of: resource) }
        let errorsBefore = self.errors.count
        guard let plan = self.resources.plans[spec.planRef.name]?.spec else {
            let names = self.resources.plans.keys.sorted()
            let advice =
                Spelling.nearest(to: spec.planRef.name, in: names).map { "did you mean `\($0)`?" }
                ?? (names.isEmpty ? "add a Plan of this name" : "choose one of \(names.joined(separator: ", "))")
            self.report(resource, .notFound, "spec.planRef.name", "there is no Plan `\(spec.planRef.name)`: \(advice)")
            return nil
        }
        var settings = spec.settings
        settings.history = self.history(of: resource, plan)
        settings.sessions = self.sessions(of: resource, plan)
        if settings.archive.enabled, !plan.features.contains(.archive) {
            let advice = "set it to false or choose a plan with the feature Archive"
            self.report(
                resource,
                .notInPlan,
                "spec.archive.enabled",
                "the plan `\(spec.planRef.name)` has no archive: \(advice)"
            )
        } else if settings.archive.enabled, !settings.history.enabled {
            self.report(
                resource,
                .badValue,
                "spec.archive.enabled",
                "archives are made of the history, and this tenant keeps none: set history.enabled to true, with a short "
                    + "history.retention if it shall be short"
            )
        }
        if let name = settings.serverName, !spec.hostnames.contains(name.lowercased()) {
            let advice = "write \(spec.hostnames.joined(separator: " or ")), in any capitals"
            self.report(resource, .badValue, "spec.serverName", "`\(name)` is none of the hostnames: \(advice)")
        }
        let ceiling = QuotaCeiling(plan, granted: self.resources.tenantGrants[resource.metadata.path]?.spec)
        for name in QuotaName.allCases {
            guard let asked = spec.quotas[name],
                let excess = ceiling.excess(of: asked, name, plan: spec.planRef.name)
            else { continue }
            self.report(resource, .abovePlan, "spec.quotas.\(name.rawValue)", excess)
        }
        guard self.errors.count == errorsBefore else { return nil }
        var tenant = HostedTenant(
            id: resource.id,
            hostnames: spec.hostnames,
            quotas: Quotas(plan: ceiling.base, tenant: spec.quotas),
            admins: admins,
            adminNames: spec.admins.map(\.account),
            features: plan.features,
            planName: spec.planRef.name,
            namespace: resource.metadata.namespace
        )
        tenant.settings = settings
        return tenant
    }

    private mutating func history(of resource: TenantResource, _ plan: PlanSpec) -> HistorySettings {
        let spec = resource.spec.settings.history
        let name = resource.spec.planRef.name
        let included = plan.features.contains(.history)
        if spec.asked == true, !included {
            let advice = "set it to false or choose a plan with the feature History"
            self.report(resource, .notInPlan, "spec.history.enabled", "the plan `\(name)` has no history: \(advice)")
        }
        let retention = spec.askedRetention ?? plan.historyRetention
        if retention > plan.historyRetention {
            let (wanted, most) = (GoDuration.text(retention), GoDuration.text(plan.historyRetention))
            let message = "\(wanted) exceeds what the plan `\(name)` allows: write \(most) or less"
            self.report(resource, .notInPlan, "spec.history.retention", message)
        }
        return HistorySettings(
            enabled: spec.asked ?? included,
            retention: retention,
            directMessages: spec.directMessages
        )
    }

    private mutating func sessions(of resource: TenantResource, _ plan: PlanSpec) -> SessionSettings {
        var settings = resource.spec.settings.sessions
        let asked = settings.askedAlwaysOn ?? plan.alwaysOn
        if asked > plan.alwaysOn {
            let (wanted, most) = (GoDuration.text(asked), GoDuration.text(plan.alwaysOn))
            let name = resource.spec.planRef.name
            let message = "\(wanted) exceeds what the plan `\(name)` allows: write \(most) or less"
            self.report(resource, .notInPlan, "spec.sessions.alwaysOn", message)
        }
        settings.askedAlwaysOn = asked
        return settings
    }

    private mutating func admin(_ admin: TenantAdmin, field: String, of resource: TenantResource) -> AdminAccount? {
        let reference = admin.passwordSecretRef
        guard let secret = self.resources.secret(reference.name, in: resource.metadata.namespace) else {
            let message =
                "there is no Secret `\(reference.name)` in namespace `\(resource.metadata.namespace)`: add it beside the tenant"
            self.report(resource, .notFound, field + ".passwordSecretRef.name", message)
            return nil
        }
        guard let password = secret.text(reference.key) else {
            let message = "the Secret `\(reference.name)` has no text under `\(reference.key)`: add it to stringData"
            self.report(resource, .notFound, field + ".passwordSecretRef.key", message)
            return nil
        }
        guard !password.reveal().isEmpty else {
            let message = "the Secret `\(reference.name)` has an empty `\(reference.key)`: set a password"
            self.report(resource, .badValue, field + ".passwordSecretRef.key", message)
            return nil
        }
        return AdminAccount(account: admin.account, password: password)
    }

    private mutating func report(
        _ resource: TenantResource,
        _ reason: ResourceError.Reason,
        _ field: String,
        _ message: String
    ) {
        self.errors.append(resource.source.error(reason, field, message))
    }

    private static func place(_ source: ResourceSource) -> String {
        let line = source.position(of: "metadata.name").map { ":\($0.line)" } ?? ""
        return "\(source.resource) (\(source.file)\(line))"
    }
}

extension ResourceSource {
    /// What tells two resources apart, whatever they are called.
    fileprivate var place: String {
        "\(self.file):\(self.position(of: "metadata.name")?.line ?? 0):\(self.position(of: "metadata.name")?.column ?? 0)"
    }
}
