// What is left of tenants in a cell that they do not live in, until its time has come. The cell's database notes whose data it
// has; now and then all notes are gone through. What somebody who is there answers for is left to them: this is for what was
// kept, left behind or cut off.

import KubeClient
import Logging
import Observability
import StateStore
import Synchronization
import Tenant

/// Erases what was kept long enough.
struct RetentionSweeper: Sendable {
    /// For how long something may be due before it counts as overdue, in milliseconds.
    static let patience: Int64 = 600_000

    let context: OperatorContext
    let runtime: CellRuntime

    func sweep(_ stores: CellStores) async {
        let now = TimeSource.continuous.now()
        let isDue = self.runtime.state.withLock { state in
            let isDue = state.sweptAt.map { now - $0 >= self.context.settings.sweepPeriod } ?? true
            if isDue { state.sweptAt = now }
            return isDue
        }
        // What comes back though it was said to be lost is left for people to look at.
        guard isDue, self.context.directory.cell(self.runtime.name)?.object.areStoresLost != true else { return }
        do {
            var (retained, overdue) = (0, 0)
            var page = try await stores.durable.tenants.list(after: nil)
            while let last = page.last {
                for note in page {
                    if note.state == .retained || note.state == .moved { retained += 1 }
                    if await self.look(at: note, stores) { overdue += 1 }
                }
                page = try await stores.durable.tenants.list(after: last.tenant)
            }
            self.runtime.state.withLock { [retained] in $0.retained = retained }
            self.context.figures.update(self.runtime.name) { [overdue] in $0.overdueErasures = overdue }
        } catch { self.warn("what is kept cannot be looked up", nil, error) }
    }

    /// Of how many tenants that are gone the database still has something that is not erased.
    static func kept(_ stores: CellStores) async throws(DurableStoreError) -> Int {
        var kept = 0
        for state in StoredTenant.State.allCases where state != .erasing {
            kept += try await stores.durable.tenants.list(state).count
        }
        return kept
    }

    /// Has done what is to be done about one note; what goes wrong there is no matter of the others.
    ///
    /// - Returns: whether it should be done by now.
    private func look(at note: StoredTenant, _ stores: CellStores) async -> Bool {
        let now = WallClock.system()
        do {
            switch try await self.verdict(on: note) {
            case .keep: return false
            case .wait: break
            case .retain:
                let until = now + Int64(TenantPlanner.retentionDays) * 86_400_000
                let kept = note.noting(.retained, until: until, at: now)
                if try await stores.durable.tenants.replace(note, with: kept) {
                    self.warn("data without a tenant is kept until its time is over", note, nil)
                }
                return false
            case .erase:
                self.context.chores.begin(.erase(cell: self.runtime.name), of: note.tenant) {
                    await self.erase(note, stores)
                }
            }
        } catch { self.warn("what is kept of a tenant cannot be judged", note, error) }
        return (note.eraseAt ?? note.updatedAt) + Self.patience < now
    }

    private func erase(_ found: StoredTenant, _ stores: CellStores) async {
        do {
            // Somebody may have had the name, or another chore, since it was found.
            guard let note = try await stores.durable.tenants.find(found.tenant), note == found,
                case .erase(let home) = try await self.verdict(on: note)
            else { return }
            if let home {
                guard let target = self.context.cells.existing(home)?.stores else { return }
                try await TenantMover.copyLate(note.tenant, from: stores, to: target)
            }
            // An erasure that was cut off may be of what was just in use.
            let looksAgain = note.state == .erasing && note.eraseAt == nil
            try await TenantErasure.erase(note, in: stores, looksAgain: looksAgain)
            self.context.logger.notice(
                "erased a tenant",
                metadata: ["tenant": "\(note.tenant)", "cell": "\(self.runtime.name)", "was": "\(note.state)"]
            )
            // Somebody may wait for the name.
            for tenant in self.context.directory.allTenants where tenant.object.name == note.tenant.text {
                self.context.tenantQueue.add(tenant.key)
            }
        } catch is TenantErasure.NoteChanged {
            return
        } catch { self.warn("what is to be erased waits", found, error) }
    }

    private func verdict(on note: StoredTenant) async throws(DurableStoreError) -> RetentionVerdict {
        let key = ObjectKey(namespace: note.namespace, name: note.tenant.text)
        let parsed = self.context.directory.tenant(key)
        let lives = parsed?.object.status["cell"].string
        let tenant = parsed.map {
            RetentionVerdict.Tenant(
                uid: $0.object.uid,
                isDeleting: $0.isDeleting,
                cell: lives,
                wanted: self.context.directory.wantedCell(of: $0)
            )
        }
        // Most live here, and nothing needs to be asked.
        var home: StoredTenant?
        if let lives, lives != self.runtime.name, let stores = self.context.cells.existing(lives)?.stores {
            home = try await stores.durable.tenants.find(note.tenant)
        }
        return RetentionVerdict.on(
            note,
            in: self.runtime.name,
            tenant: tenant,
            home: home,
            now: WallClock.system()
        )
    }

    private func warn(_ message: Logger.Message, _ note: StoredTenant?, _ error: (any Error)?) {
        var metadata: Logger.Metadata = ["cell": "\(self.runtime.name)"]
        if let note { metadata["tenant"] = "\(note.namespace)/\(note.tenant)" }
        if let error { metadata["reason"] = "\(error)" }
        self.context.logger.warning(message, metadata: metadata)
    }
}
