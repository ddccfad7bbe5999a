// Everything that a folder of YAML files describes, checked field by field; what needs a look at several resources
// (does the plan exist, who has the hostname) is the catalog's.

/// The plans, tenants, cells and secrets that were read, in the order of files and documents.
package struct ResourceSet: Sendable {
    /// The plans by name.
    package var plans: [String: PlanResource] = [:]
    /// The tenants in the order in which they were read.
    package var tenants: [TenantResource] = []
    /// The cells by name.
    package var cells: [String: CellResource] = [:]
    /// What single tenants are given beside their plans, by namespace and name.
    package var tenantGrants: [String: TenantGrantResource] = [:]
    /// The budgets of namespaces, by namespace and name.
    package var tenantQuotas: [String: TenantQuotaResource] = [:]
    /// The secrets by namespace and name, as ``secret(_:in:)`` looks them up.
    package var secrets: [String: SecretResource] = [:]

    /// A set of nothing.
    package init() {}

    /// A secret, by name and namespace.
    package func secret(_ name: String, in namespace: String) -> SecretResource? {
        self.secrets["\(namespace)/\(name)"]
    }

    /// Adds a resource unless one of its kind and name is there.
    ///
    /// - Returns: The source of the one that is there already, or `nil` if the resource was added.
    mutating func add(_ resource: AnyResource) -> ResourceSource? {
        if let holder = self.source(of: resource.key) { return holder }
        switch resource {
        case .plan(let plan): self.plans[plan.metadata.name] = plan
        case .cell(let cell): self.cells[cell.metadata.name] = cell
        case .tenant(let tenant): self.tenants.append(tenant)
        case .tenantGrant(let grant): self.tenantGrants[grant.metadata.path] = grant
        case .tenantQuota(let quota): self.tenantQuotas[quota.metadata.path] = quota
        case .secret(let secret): self.secrets[secret.metadata.path] = secret
        }
        return nil
    }

    /// Adds what a tenant is granted, in the place of what it was.
    package mutating func set(_ grant: TenantGrantResource) { self.tenantGrants[grant.metadata.path] = grant }

    /// Every resource.
    var all: [AnyResource] {
        self.plans.values.map(AnyResource.plan) + self.cells.values.map(AnyResource.cell)
            + self.tenants.map(AnyResource.tenant) + self.tenantGrants.values.map(AnyResource.tenantGrant)
            + self.tenantQuotas.values.map(AnyResource.tenantQuota)
            + self.secrets.values.map(AnyResource.secret)
    }

    private func source(of key: ResourceKey) -> ResourceSource? {
        switch key.kind {
        case .plan: self.plans[key.name]?.source
        case .cell: self.cells[key.name]?.source
        case .tenant:
            self.tenants.first { $0.metadata.name == key.name && $0.metadata.namespace == key.namespace }?.source
        case .tenantGrant: self.tenantGrants["\(key.namespace)/\(key.name)"]?.source
        case .tenantQuota: self.tenantQuotas["\(key.namespace)/\(key.name)"]?.source
        case .secret: self.secrets["\(key.namespace)/\(key.name)"]?.source
        }
    }
}

/// The kinds that are read.
enum ResourceKind: String, CaseIterable {
    case plan = "Plan"
    case tenant = "Tenant"
    case cell = "Cell"
    case tenantGrant = "TenantGrant"
    case tenantQuota = "TenantQuota"
    case secret = "Secret"

    /// Group and version of the kind.
    var apiVersion: String { self == .secret ? "v1" : "roost.chat/v1alpha1" }
}

/// What makes a resource the same after its file changed.
struct ResourceKey: Hashable {
    let kind: ResourceKind
    /// Empty for kinds of the whole cluster.
    let namespace: String
    let name: String

    init(_ kind: ResourceKind, _ metadata: ObjectMeta) {
        self.kind = kind
        self.namespace = kind == .plan || kind == .cell ? "" : metadata.namespace
        self.name = metadata.name
    }
}

/// A resource of any kind.
enum AnyResource {
    case plan(PlanResource)
    case cell(CellResource)
    case tenant(TenantResource)
    case tenantGrant(TenantGrantResource)
    case tenantQuota(TenantQuotaResource)
    case secret(SecretResource)

    var key: ResourceKey {
        switch self {
        case .plan(let plan): ResourceKey(.plan, plan.metadata)
        case .cell(let cell): ResourceKey(.cell, cell.metadata)
        case .tenant(let tenant): ResourceKey(.tenant, tenant.metadata)
        case .tenantGrant(let grant): ResourceKey(.tenantGrant, grant.metadata)
        case .tenantQuota(let quota): ResourceKey(.tenantQuota, quota.metadata)
        case .secret(let secret): ResourceKey(.secret, secret.metadata)
        }
    }

    var source: ResourceSource {
        switch self {
        case .plan(let plan): plan.source
        case .cell(let cell): cell.source
        case .tenant(let tenant): tenant.source
        case .tenantGrant(let grant): grant.source
        case .tenantQuota(let quota): quota.source
        case .secret(let secret): secret.source
        }
    }
}
