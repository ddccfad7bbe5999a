// What is kept of tenants that are gone from a cell, until its time has come.

import KubeClient
import Logging
import StateStore
import Synchronization
import Tenant

/// Erases what was kept long enough.
struct RetentionSweeper: Sendable {
    /// How often the database is asked.
    static let period: Duration = .seconds(60)

    let context: OperatorContext
    let runtime: CellRuntime

    func sweep(_ stores: CellStores) async {
        let now = TimeSource.continuous.now()
        let isDue = self.runtime.state.withLock { state in
            let isDue = state.sweptAt.map { now - $0 >= Self.period } ?? true
            if isDue { state.sweptAt = now }
            return isDue
        }
        guard isDue else { return }
        do {
            let repository = stores.durable.tenants
            let time = InProcessLiveStore.systemTime()
            for record in try await repository.dueForErasure(at: time, limit: 10) {
                try await self.erase(record, stores)
            }
            let retained = try await Self.kept(stores)
            self.runtime.state.withLock { $0.retained = retained }
        } catch {
            self.context.logger.warning(
                "what is to be erased waits",
                metadata: ["cell": "\(self.runtime.name)", "reason": "\(error)"]
            )
        }
    }

    /// Of how many tenants that are gone the database still keeps something.
    static func kept(_ stores: CellStores) async throws(DurableStoreError) -> Int {
        try await stores.durable.tenants.list(.retained).count + stores.durable.tenants.list(.moving).count
    }

    private func erase(_ record: StoredTenant, _ stores: CellStores) async throws {
        // It lives here, or is about to: whatever the note says, nothing is erased under somebody's feet.
        let key = ObjectKey(namespace: record.namespace, name: record.tenant.text)
        let living = self.context.directory.tenants(in: self.runtime.name)
        if living.contains(key), self.context.directory.tenant(key)?.isDeleting == false { return }
        if await stores.projected.contains(record.tenant) { return }
        // The note is as it was when it was found due: a reconciler may have claimed the name since.
        guard let now = try await stores.durable.tenants.find(record.tenant), now == record else { return }
        if record.state == .moving, let target = self.home(of: record), let other = self.context.cells.existing(target)
        {
            guard let destination = other.stores else { return }
            try await TenantMover.copyLate(record.tenant, from: stores, to: destination)
        }
        try await TenantErasure.sweep(record.tenant, in: stores)
        self.context.logger.notice(
            "erased a tenant",
            metadata: ["tenant": "\(record.tenant)", "cell": "\(self.runtime.name)", "was": "\(record.state)"]
        )
    }

    /// Where a tenant that was moved lives now.
    private func home(of record: StoredTenant) -> String? {
        let parsed = self.context.directory.tenant(
            ObjectKey(namespace: record.namespace, name: record.tenant.text)
        )
        let cell = parsed?.object.status["cell"].string
        return cell == self.runtime.name ? nil : cell
    }
}
