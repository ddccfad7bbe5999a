// Which live stores an edge uses by now. One that is away when the edge starts, or that is new, keeps nobody waiting but the tenants
// that live there.

import Synchronization
import Tenant

/// The catalog with what of it can be served.
final class OpenedStores: Sendable {
    private struct State {
        var names: Set<String> = []
        var catalog: TenantCatalog
        var version = 0
    }

    private let state: Mutex<State>

    /// What those hear who come before their network's store.
    private static let absence = "This network's store is not there yet, try again in a moment"

    init(_ catalog: TenantCatalog) { self.state = Mutex(State(catalog: catalog)) }

    /// The tenants are these now.
    func catalog(_ catalog: TenantCatalog) {
        self.state.withLock { state in
            state.catalog = catalog
            state.version += 1
        }
    }

    /// A store is there.
    func opened(_ redis: String) {
        self.state.withLock { state in
            state.names.insert(redis)
            state.version += 1
        }
    }

    /// What is to be served now, and which version of it that is.
    var current: (catalog: TenantCatalog, version: Int) {
        self.state.withLock { state in
            let catalog = state.catalog.departing(saying: Self.absence) { tenant in
                tenant.farewell == nil && tenant.redis.map { !state.names.contains($0) } ?? false
            }
            return (catalog, state.version)
        }
    }
}
