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
        let requests = self.requests
        let settings = self.context.settings
        let isDue = self.runtime.state.withLock { state in
            let isNews = state.isRecountDue || !requests.entries.isEmpty
            let period = isNews ? min(settings.recountPeriod, settings.sweepPeriod) : settings.sweepPeriod
            guard state.sweptAt.map({ now - $0 >= period }) ?? true else {
                if isNews { self.context.cellQueue.add(self.runtime.name, after: settings.recountPeriod) }
                return false
            }
            state.sweptAt = now
            state.isRecountDue = false
            return true
        }
        // What comes back though it was said to be lost is left for people to look at.
        guard isDue, self.context.directory.cell(self.runtime.name)?.object.areStoresLost != true else { return }
        do {
            try await self.hasten(requests, stores)
            var (retained, overdue) = (0, 0)
            var kept: [StoredTenant] = []
            var page = try await stores.durable.tenants.list(after: nil)
            while let last = page.last {
                for note in page {
                    if note.state == .retained || note.state == .moved { retained += 1 }
                    if note.state == .retained { kept.append(note) }
                    if await self.look(at: note, stores) { overdue += 1 }
                }
                page = try await stores.durable.tenants.list(after: last.tenant)
            }
            let isNew = self.runtime.state.withLock { [retained] state in
                defer { state.retained = retained }
                return state.retained != retained
            }
            if isNew { self.context.cellQueue.add(self.runtime.name) }
            await self.list(kept)
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

    // MARK: What people see and ask for

    private var cell: KubeObject? { self.context.directory.cell(self.runtime.name)?.object }

    private var requests: ErasureRequests { ErasureRequests(self.cell?.annotations[OperatorNames.erase]) }

    /// Brings the date of what is to be erased at once, and takes back what was asked for and is done.
    private func hasten(_ requests: ErasureRequests, _ stores: CellStores) async throws {
        guard !requests.entries.isEmpty, let cell else { return }
        let now = WallClock.system()
        var done: Set<ErasureRequests.Entry> = []
        for entry in requests.entries {
            let note = try await stores.durable.tenants.find(entry.tenant)
            guard let note, note.namespace == entry.namespace, note.uid == entry.uid,
                note.state == .retained || note.state == .erasing && !note.isErased
            else {
                done.insert(entry)
                continue
            }
            guard note.state == .retained, note.eraseAt.map({ $0 > now }) ?? true else { continue }
            _ = try await stores.durable.tenants.replace(note, with: note.noting(.retained, until: now, at: now))
        }
        guard !done.isEmpty else { return }
        let rest = requests.without(done).text
        // A literal would leave out the null that removes it.
        let metadata: JSON = [
            "annotations": .object([OperatorNames.erase: JSON(rest)]), "resourceVersion": .string(cell.resourceVersion),
            "uid": .string(cell.uid),
        ]
        do throws(KubeError) {
            _ = try await self.context.client.patch(
                .cells,
                cell.name,
                manager: OperatorNames.manager,
                ["metadata": metadata]
            )
        } catch {
            // Somebody asked for more meanwhile: the next look sees it.
            if !error.isConflict { throw error }
        }
    }

    /// Lists what is kept of deleted tenants.
    private func list(_ notes: [StoredTenant]) async {
        guard let cell, cell.deletionTimestamp == nil else { return }
        let owner: JSON = [
            "apiVersion": .string(KubeResource.cells.apiVersion), "kind": "Cell", "name": .string(cell.name),
            "uid": .string(cell.uid),
        ]
        let list = RetainedList.object(notes, in: cell.name, owner: owner, namespace: self.context.settings.namespace)
        let isThere = self.context.known(.configMaps, list.key) != nil
        let known = self.runtime.state.withLock { $0.retainedList }
        if notes.isEmpty, !isThere, known == nil { return }
        if isThere, known == list { return }
        do throws(KubeError) {
            _ = try await self.context.client.apply(.configMaps, list, manager: OperatorNames.manager)
            self.runtime.state.withLock { $0.retainedList = list }
        } catch { self.warn("what is kept cannot be listed", nil, error) }
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
                try await TenantMover.copyLate(note, from: stores, to: target)
            }
            // An erasure that was cut off may be of what was just in use.
            let looksAgain = note.state == .erasing && note.eraseAt == nil
            // What is used elsewhere has its archive there.
            let archive: TenantErasure.Archive = note.state == .retained ? .erased : .left
            try await TenantErasure.erase(note, in: stores, archive, looksAgain: looksAgain)
            self.context.logger.notice(
                "erased a tenant",
                metadata: ["tenant": "\(note.tenant)", "cell": "\(self.runtime.name)", "was": "\(note.state)"]
            )
            self.runtime.recount()
            self.context.cellQueue.add(self.runtime.name)
            let isAsked = self.requests.entries.contains { $0.tenant == note.tenant && $0.uid == note.uid }
            if isAsked, let cell {
                let text =
                    "everything of the deleted tenant \(note.namespace)/\(note.tenant) was erased, as was asked for"
                self.context.announce("Erased", text, of: cell)
            }
            // Somebody may wait for the name.
            for tenant in self.context.directory.tenants(named: note.tenant.text) {
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
            home = try await stores.find(note.tenant, .other(self.context.settings))
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
