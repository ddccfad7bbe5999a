// What is kept of tenants that are gone from a cell, until its time has come.

import KubeClient
import Logging
import StateStore
import Synchronization
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

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
            let time = Int64(Date().timeIntervalSince1970 * 1000)
            for record in try await repository.dueForErasure(at: time) { try await self.erase(record, stores) }
            let retained = try await repository.list(.retained).count
            self.runtime.state.withLock { $0.retained = retained }
        } catch {
            self.context.logger.warning(
                "what is to be erased waits",
                metadata: ["cell": "\(self.runtime.name)", "reason": "\(error)"]
            )
        }
    }

    private func erase(_ record: StoredTenant, _ stores: CellStores) async throws {
        let projected = await stores.projected
        // It is served again: somebody made it anew, and whoever did claimed it.
        if projected.contains(record.tenant) { return }
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
