// What a cell's edges were told of tenants. Those who have moved away are found by the names that still lead to them, since whoever
// is served may have one of those names now.

package import Tenant

/// The tenants of a projection.
package struct ServedTenants: Sendable {
    package private(set) var all: [TenantID: ProjectedTenant]
    private var departedIDs: Set<TenantID> = []
    private var departedByName: [String: Set<TenantID>] = [:]

    /// Takes those of a projection as they were read.
    package init(_ all: [TenantID: ProjectedTenant]) {
        self.all = all
        for tenant in all.values where tenant.hosted.farewell != nil { self.index(tenant) }
    }

    package subscript(id: TenantID) -> ProjectedTenant? {
        get { self.all[id] }
        set {
            if let old = self.all.removeValue(forKey: id), old.hosted.farewell != nil { self.forget(old) }
            guard let newValue else { return }
            self.all[id] = newValue
            if newValue.hosted.farewell != nil { self.index(newValue) }
        }
    }

    /// Those that are served no more, since they live elsewhere or are on their way there.
    package var departed: [ProjectedTenant] { self.departedIDs.compactMap { self.all[$0] } }

    /// Those of them that some hostnames lead to.
    package func departed(under names: some Sequence<String>) -> [ProjectedTenant] {
        let ids = names.reduce(into: Set<TenantID>()) { $0.formUnion(self.departedByName[$1] ?? []) }
        return ids.compactMap { self.all[$0] }
    }

    private mutating func index(_ tenant: ProjectedTenant) {
        self.departedIDs.insert(tenant.id)
        for name in tenant.hosted.hostnames { self.departedByName[name, default: []].insert(tenant.id) }
    }

    private mutating func forget(_ tenant: ProjectedTenant) {
        self.departedIDs.remove(tenant.id)
        for name in tenant.hosted.hostnames {
            self.departedByName[name]?.remove(tenant.id)
            if self.departedByName[name]?.isEmpty == true { self.departedByName[name] = nil }
        }
    }
}
