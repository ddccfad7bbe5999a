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

    /// Its archive is to be erased first, which is up to who does the cell's work.
    struct ArchiveWaits: Error, CustomStringConvertible {
        /// Why it was not done so far, if it was tried.
        let failure: String?

        var description: String {
            "its archive is erased first, by who does the cell's work" + (self.failure.map { ": \($0)" } ?? "")
        }
    }

    /// What becomes of the archive of what is erased.
    enum Archive: Sendable {
        /// It is another cell's by now, or nobody's: the bucket is left as it is.
        case left
        /// It goes with the data that it was made of.
        case erased
    }

    /// Erases what a note tells of; afterwards the name is free.
    ///
    /// - Parameters:
    ///   - note: What the cell's database notes.
    ///   - stores: The cell's.
    ///   - archive: What becomes of its archive, where that was not decided before. A copy has none of its own.
    ///   - looksAgain: Whether the note stays until a second look.
    /// - Throws: What a store says, ``ArchiveWaits`` or ``NoteChanged``.
    static func erase(
        _ note: StoredTenant,
        in stores: CellStores,
        _ archive: Archive = .left,
        looksAgain: Bool
    ) async throws {
        let begun = try await Self.begin(note, in: stores, archive)
        // The journal first: what a reader of it holds may still reach the database.
        try await stores.eraseLive(begun.tenant)
        if case .asked(let failure) = try await stores.durable.archives.erasure(of: begun.tenant) {
            throw ArchiveWaits(failure: failure)
        }
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
        try await Self.erase(note, in: stores, .erased, looksAgain: true)
    }

    private static func begin(
        _ note: StoredTenant,
        in stores: CellStores,
        _ archive: Archive
    ) async throws -> StoredTenant {
        if note.state == .erasing, note.eraseAt == nil { return note }
        // Before anybody erases anything: later nobody could tell a copy from what it was made of.
        let isErased = archive == .erased && note.state.isOriginal
        try await stores.durable.archives.askErasure(of: note.tenant, for: isErased ? note.uid : nil)
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
