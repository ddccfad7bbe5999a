import Synchronization
package import Tenant

/// The tenants that this edge serves now, for listeners to look up; replaced as a whole.
package final class TenantDirectory: Sendable {
    private let catalog: Mutex<TenantCatalog>

    package init(_ catalog: TenantCatalog = .empty) { self.catalog = Mutex(catalog) }

    package var current: TenantCatalog { self.catalog.withLock { $0 } }

    package func replace(_ catalog: TenantCatalog) { self.catalog.withLock { $0 = catalog } }

    /// The tenant behind a hostname, suspended or not.
    package func tenant(forHostname hostname: String) -> HostedTenant? {
        self.catalog.withLock { $0.tenant(forHostname: hostname) }
    }
}
