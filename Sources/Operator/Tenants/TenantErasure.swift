// Erasing: everything that a cell's stores hold of a tenant. The note in the cell's database says so first, and only while it
// does is anything deleted; it goes last. An edge that hears of it late may still hand over what it counted or a message that
// was on its way, so what was in use is looked at once more some minutes later, before the note goes.

import KubeClient
import Observability
import StateStore
import Tenant

/// Erases tenants from a cell's stores.
enum TenantErasure {
    /// After how long it is looked at again, in milliseconds: longer than any edge holds on to what it is to hand over.
    static let secondLook: Int64 = 600_000

    /// What was decided by a note that is another by now: it is to be decided anew.
    struct NoteChanged: Error, CustomStringConvertible {
        var description: String { "what the cell's database notes of the tenant has changed meanwhile" }
    }

    /// Erases what a note tells of; afterwards the name is free.
    ///
    /// - Parameters:
    ///   - note: What the cell's database notes.
    ///   - stores: The cell's.
    ///   - looksAgain: Whether the note stays until a second look.
    /// - Throws: What a store says, or ``NoteChanged``.
    static func erase(_ note: StoredTenant, in stores: CellStores, looksAgain: Bool) async throws {
        let begun = try await Self.begin(note, in: stores)
        // The journal first: what a reader of it holds may still reach the database.
        try await stores.eraseLive(begun.tenant)
        try await stores.durable.eraser.erase(begun)
        if looksAgain {
            let now = WallClock.system()
            let done = begun.noting(.erasing, until: now + Self.secondLook, at: now)
            guard try await stores.durable.tenants.replace(begun, with: done) else { throw NoteChanged() }
        } else {
            try await stores.durable.tenants.delete(begun)
        }
    }

    /// Erases everything of an object that was deleted, if that is not done already.
    static func erase(_ id: TenantID, of object: KubeObject, in stores: CellStores) async throws {
        let now = WallClock.system()
        let found = try await stores.durable.tenants.find(id)
        if found?.isErased == true { return }
        // Where there is no note there may still be something live.
        let note = found ?? StoredTenant(id, .erasing, of: object, at: now)
        guard note.uid == object.uid else { return }
        if found == nil {
            guard try await stores.durable.tenants.replace(nil, with: note) else { throw NoteChanged() }
        }
        try await Self.erase(note, in: stores, looksAgain: true)
    }

    private static func begin(_ note: StoredTenant, in stores: CellStores) async throws -> StoredTenant {
        if note.state == .erasing, note.eraseAt == nil { return note }
        let begun = note.noting(.erasing, at: WallClock.system())
        guard try await stores.durable.tenants.replace(note, with: begun) else { throw NoteChanged() }
        await stores.note(owner: nil, of: note.tenant)
        return begun
    }
}

extension StoredTenant {
    /// A note of an object's data.
    init(_ id: TenantID, _ state: State, until: Int64? = nil, of object: KubeObject, at now: Int64) {
        self.init(
            tenant: id,
            namespace: object.namespace,
            uid: object.uid,
            state: state,
            eraseAt: until,
            updatedAt: now
        )
    }

    /// The same object's data in another state.
    func noting(_ state: State, until: Int64? = nil, at now: Int64) -> StoredTenant {
        StoredTenant(
            tenant: self.tenant,
            namespace: self.namespace,
            uid: self.uid,
            state: state,
            eraseAt: until,
            updatedAt: now
        )
    }

    /// Whether nothing is left but a second look.
    var isErased: Bool { self.state == .erasing && self.eraseAt != nil }
}
