/// All tenants that an edge serves at one moment: immutable, so a connection that holds one sees no half of a change.
package struct TenantCatalog: Sendable {
    /// The tenants by id.
    package let tenants: [TenantID: HostedTenant]
    private let byHostname: [String: TenantID]

    /// No tenants.
    package static let empty = TenantCatalog([])

    /// Collects tenants; of two with the same id or hostname, the earlier keeps it.
    package init(_ tenants: some Sequence<HostedTenant>) {
        var byID: [TenantID: HostedTenant] = [:]
        var byHostname: [String: TenantID] = [:]
        for tenant in tenants where byID[tenant.id] == nil {
            byID[tenant.id] = tenant
            for hostname in tenant.hostnames where byHostname[hostname] == nil { byHostname[hostname] = tenant.id }
        }
        self.tenants = byID
        self.byHostname = byHostname
    }

    /// The tenant that clients reach under a name, as TLS (RFC 6066 section 3), HTTP Host or PROXY authority carry it.
    ///
    /// - Parameter hostname: A name in any letter case, with or without the root's dot at its end, without a port.
    /// - Returns: The tenant, suspended or not; `nil` for names that nobody has. Takes the same time for any number of tenants.
    package func tenant(forHostname hostname: String) -> HostedTenant? {
        if let id = self.byHostname[hostname] { return self.tenants[id] }
        // No stored name is longer (RFC 1035 section 2.3.4): a client cannot make this lower-case a long text.
        guard hostname.utf8.count <= 254 else { return nil }
        let name = hostname.lowercased()
        return self.byHostname[name.hasSuffix(".") ? String(name.dropLast()) : name].flatMap { self.tenants[$0] }
    }

    /// The same catalog with some tenants that nobody may connect to, and the words for who does.
    package func departing(saying farewell: String, where isGone: (HostedTenant) -> Bool) -> TenantCatalog {
        guard self.tenants.values.contains(where: isGone) else { return self }
        return TenantCatalog(self.sorted.map { isGone($0) ? $0.departed(saying: farewell) : $0 })
    }

    /// The tenants in the order of their ids.
    package var sorted: [HostedTenant] { self.tenants.values.sorted { $0.id < $1.id } }

    /// What is different from an older catalog.
    package func changes(since older: TenantCatalog) -> CatalogChanges {
        var changes = CatalogChanges()
        for (id, tenant) in self.tenants {
            switch older.tenants[id] {
            case nil: changes.added.insert(id)
            case tenant: continue
            default: changes.changed.insert(id)
            }
        }
        changes.removed = Set(older.tenants.keys.filter { self.tenants[$0] == nil })
        return changes
    }
}

/// Which tenants came, changed and went between two catalogs.
package struct CatalogChanges: Hashable, Sendable {
    /// Tenants that are new.
    package var added: Set<TenantID> = []
    /// Tenants of which anything changed, an administrator's password included.
    package var changed: Set<TenantID> = []
    /// Tenants that are gone.
    package var removed: Set<TenantID> = []

    /// Whether nothing is different.
    package var isEmpty: Bool { self.added.isEmpty && self.changed.isEmpty && self.removed.isEmpty }

    /// States no changes.
    package init() {}
}
