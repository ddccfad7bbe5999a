// From one cell to another: what is stored is copied, what is live is not, since its people connect again. Everything that can
// fail without taking anybody off comes first: both stores of the new cell answer, what lay there is erased, and some rows were
// stored there and taken back. Only then nobody is served until the copy is complete. The notes in both databases say how far it is, so that who goes on needs to know nothing else: the data itself is
// `leaving`, the copy `arriving` and, once it is complete, `active`; notes of the same time belong to the same move. A tenant
// that is served at its old place again notes that there, which makes every copy that was begun before worthless.

import KubeClient
import Observability
import StateStore
import Tenant

/// Moves what is stored of a tenant.
enum TenantMover {
    /// For how long the old cell keeps its copy, in milliseconds: far longer than a record is on its way to the database, so that
    /// what came late is copied before the rest is erased.
    static let keepsCopy: Int64 = 3_600_000

    /// How much two clocks differ at most, in milliseconds.
    private static let skew: Int64 = 60_000

    /// Why a tenant cannot be moved.
    struct Obstacle: Error, CustomStringConvertible {
        let description: String
    }

    /// Moves a tenant, or goes on with what was begun.
    ///
    /// - Parameters:
    ///   - id: The tenant.
    ///   - object: Its object.
    ///   - from: The stores that it leaves.
    ///   - to: Those that it goes to.
    ///   - isolate: Keeps everybody else from it; done once there is nothing else left to try.
    ///   - takeOff: Has it served no more.
    /// - Throws: Why it could not be moved.
    static func move(
        _ id: TenantID,
        of object: KubeObject,
        from: CellStores,
        to: CellStores,
        isolate: () async -> Void,
        takeOff: () async throws -> Void
    ) async throws {
        let arriving = try await Self.prepare(id, of: object, from: from, to: to, isolate)
        try await takeOff()
        do {
            try await TenantCopier(from: from.durable, to: to.durable).copy(id)
        } catch DurableStoreError.differs(let what) {
            // Going on would never mend that: the next attempt begins with nothing.
            try await to.durable.archives.askErasure(of: id, for: nil)
            let spoilt = arriving.noting(.erasing, at: WallClock.system())
            _ = try await to.durable.tenants.replace(arriving, with: spoilt)
            throw Obstacle(description: "the copy is not like the original: \(what)")
        }
        // Who arrives is to be served there.
        try await Self.askLive(to)
        let complete = arriving.noting(.active, at: arriving.updatedAt)
        guard try await to.durable.tenants.replace(arriving, with: complete) else { throw TenantErasure.NoteChanged() }
    }

    /// Makes the notes under which rows are copied.
    ///
    /// - Returns: the copy's.
    private static func prepare(
        _ id: TenantID,
        of object: KubeObject,
        from: CellStores,
        to: CellStores,
        _ isolate: () async -> Void
    ) async throws -> StoredTenant {
        let (source, target) = (
            try await from.durable.tenants.find(id), try await to.durable.tenants.find(id)
        )
        // What another namespace's tenant has there is not ours to take along.
        if let source, source.namespace != object.namespace {
            throw Obstacle(description: "what the old cell has under the name is of namespace \(source.namespace)")
        }
        if let source, let target, target.isCopy(of: source), target.isNote(of: object, .arriving) {
            await isolate()
            return target
        }
        // The same note is the same database, whatever the cells' URLs look like.
        guard source == nil || source != target else {
            throw Obstacle(description: "both cells use the same database: give each cell its own")
        }
        if let target {
            guard target.namespace == object.namespace else { throw TenantErasure.NoteChanged() }
            try await TenantErasure.erase(target, in: to, .erased, looksAgain: false)
        }
        try await Self.askLive(to)
        try await TenantCopier(from: from.durable, to: to.durable).rehearse(id)
        // Later than anything that is noted, whatever the clock says.
        let noted = max(source?.updatedAt ?? 0, target?.updatedAt ?? 0)
        let now = max(WallClock.system(), noted + 1)
        let arriving = StoredTenant(id, .arriving, of: object, at: now)
        guard try await to.durable.tenants.replace(nil, with: arriving) else { throw TenantErasure.NoteChanged() }
        await isolate()
        // After the copy's note: were it the other way round, an older copy might pass for one of this move.
        let leaving = StoredTenant(id, .leaving, of: object, at: now)
        guard try await from.durable.tenants.replace(source, with: leaving) else { throw TenantErasure.NoteChanged() }
        await from.note(owner: nil, of: id)
        return arriving
    }

    /// Makes sure that the live store of the new cell answers.
    private static func askLive(_ stores: CellStores) async throws {
        do {
            _ = try await stores.live.liveFigures()
        } catch {
            throw Obstacle(description: "the new cell's Redis: \(error)")
        }
    }

    /// Copies what came to the old cell after the copy: messages and counts that were on their way.
    static func copyLate(_ note: StoredTenant, from: CellStores, to: CellStores) async throws {
        try await TenantCopier(from: from.durable, to: to.durable).copyLate(
            note.tenant,
            since: note.updatedAt - Self.skew
        )
    }
}

extension StoredTenant {
    /// Whether it says this of this very object.
    func isNote(of object: KubeObject, _ states: State...) -> Bool {
        self.uid == object.uid && states.contains(self.state)
    }

    /// Whether it was copied, or is being copied, from this while nobody used it.
    func isCopy(of source: StoredTenant) -> Bool {
        [.arriving, .active].contains(self.state) && [.leaving, .moved].contains(source.state)
            && self.uid == source.uid && self.updatedAt == source.updatedAt
    }
}
