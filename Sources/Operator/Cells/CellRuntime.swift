import KubeClient
import Synchronization
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the operator holds of a cell while it runs: its stores, and what was seen of it last.
package final class CellRuntime: Sendable {
    struct State {
        var stores: CellStores?
        /// The digest of the URLs that the stores were opened with.
        var storesDigest = ""
        /// Where those are.
        var places: [StorePlace] = []
        var keeper: Task<Void, Never>?
        var problem: CellStores.Problem?
        /// Whether a store did not answer at the last look.
        var isTroubled = false
        /// Whether its database is not there: what tenants have lies in that.
        var isDatabaseAway = false
        /// When it was looked at first.
        var firstSeen: Duration?
        /// The names of the cell's own certificate.
        var certificateNames: [String] = []
        /// When that ends, as far as it is known.
        var certificateEnd: Date?
        var usage: [TenantID: TenantView.Usage] = [:]
        /// When usage was looked up last.
        var usageAt: Duration?
        var usageTriedAt: Duration?
        /// Whose usage was written last.
        var usageTold: ObjectKey?
        /// The quotas that tenants were served with last.
        var quotas: [TenantID: Quotas] = [:]
        /// What was stored when it was summed up last, and when that was.
        var stored: (accounts: [TenantID: Int], historyBytes: [TenantID: Int], at: Duration)?
        var archives = KnownArchives()
        var sweptAt: Duration?
        /// Whether something of what is kept has changed since.
        var isRecountDue = false
        /// The list of it as it was applied last.
        var retainedList: KubeObject?
        /// What the Cell said when it could be read last.
        var spec: CellSpec?
        /// The Deployment as our last apply left it.
        var deployment: KubeObject?
        /// What the cell's Secrets said, for which specification they were read, and when all of them could be.
        var secrets: (found: CellReconciler.Secrets, spec: CellSpec, at: Duration)?
        /// Of how many tenants that are gone something is kept, once that was looked up.
        var retained: Int?
        /// Whether usage is being looked up, or something erased.
        var isKeepingUp = false
        /// What was applied last, by kind and name, so that what did not change is not applied again and again.
        var applied: [String: Int] = [:]
        var scaler = AutoscalerState()
        var workers = WorkerScale()
    }

    package let name: String
    let state = Mutex(State())

    init(name: String) { self.name = name }

    var stores: CellStores? { self.state.withLock { $0.stores } }

    /// The cell as its tenants see it.
    func view(gateway: GatewayReference?) -> TenantView.Cell {
        self.state.withLock { state in
            TenantView.Cell(
                name: self.name,
                isReady: state.stores != nil,
                problem: state.problem?.message ?? "its stores are not connected yet",
                wasTried: state.stores != nil || state.problem != nil,
                certificateNames: state.certificateNames,
                certificateEnd: state.certificateEnd,
                gateway: gateway
            )
        }
    }

    func usage(of tenant: TenantID) -> TenantView.Usage? {
        self.state.withLock { $0.usageAt == nil ? nil : $0.usage[tenant] ?? TenantView.Usage() }
    }

    /// What is known of a tenant's archive.
    func archive(of tenant: TenantID) -> TenantView.Archive {
        self.state.withLock { $0.archives.view(of: tenant, isConfigured: $0.spec?.archive != nil) }
    }

    /// Has what is kept of deleted tenants counted soon.
    func recount() { self.state.withLock { $0.isRecountDue = true } }

    /// Ends what runs for the cell.
    func close() async {
        let keeper = self.state.withLock { state in
            state.stores = nil
            defer { state.keeper = nil }
            return state.keeper
        }
        keeper?.cancel()
        await keeper?.value
    }
}

/// The cells that this process looks after.
package final class CellRegistry: Sendable {
    private let cells = Mutex<[String: CellRuntime]>([:])
    /// Whose a store is.
    private let places = Mutex<[StorePlace: String]>([:])

    package init() {}

    /// The runtime of a cell, made when it is first asked for.
    func runtime(_ name: String) -> CellRuntime {
        self.cells.withLock { cells in
            if let runtime = cells[name] { return runtime }
            let runtime = CellRuntime(name: name)
            cells[name] = runtime
            return runtime
        }
    }

    /// Takes stores for a cell, in the place of those that it had.
    ///
    /// - Returns: one of them that another cell has, and which; then nothing was taken.
    func claim(_ places: [StorePlace], for name: String) -> (place: StorePlace, cell: String)? {
        self.places.withLock { owners in
            for place in places {
                if let owner = owners[place], owner != name { return (place, owner) }
            }
            owners = owners.filter { $0.value != name }
            for place in places { owners[place] = name }
            return nil
        }
    }

    /// Whether a cell has stores.
    func hasClaimed(_ name: String) -> Bool { self.places.withLock { $0.values.contains(name) } }

    func existing(_ name: String) -> CellRuntime? { self.cells.withLock { $0[name] } }

    func remove(_ name: String) async {
        let runtime = self.cells.withLock { $0.removeValue(forKey: name) }
        await runtime?.close()
        self.places.withLock { owners in owners = owners.filter { $0.value != name } }
    }

    func closeAll() async {
        let all = self.cells.withLock { cells in
            defer { cells = [:] }
            return Array(cells.values)
        }
        for runtime in all { await runtime.close() }
        self.places.withLock { $0 = [:] }
    }
}
