// A folder of YAML, kept up to date: what `kubectl apply` would do to a cluster, saving a file does here.

import Synchronization

/// Watches a folder of resources and delivers the catalog that it describes, each time it changes.
///
/// A change is visible some 50 ms after the last write. Resources that break keep their previous version, and so does
/// everything while the folder is away; see ``ResourceSet/load(folder:keeping:)`` and ``TenantCatalog/make(from:previous:)``.
package struct FolderWatcher: Sendable {
    /// What the folder described at the start: every tenant is new.
    package let initial: CatalogUpdate
    /// The updates after that, newest only, for one task to iterate.
    ///
    /// An update that nobody took in time is replaced, and the next one's changes count from what was taken last. The watch
    /// ends when the task is cancelled, or when the watcher and this are let go.
    package let updates: CatalogUpdates
    private let watcher: PathWatcher

    /// Reads the folder and watches it from then on.
    ///
    /// - Parameter folder: The folder's path; it may be a symbolic link, and may be missing.
    /// - Throws: ``WatchError`` if the kernel refuses, as at its limit of watches.
    package init(folder: String) throws(WatchError) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: CatalogSnapshot.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let box = SnapshotBox()
        var first = CatalogSnapshot.empty
        self.watcher = try PathWatcher(paths: [folder], first: { first = box.reload(folder) }) {
            continuation.yield(box.reload(folder))
        }
        // The watcher lives as long as the stream: ending the one ends the other.
        continuation.onTermination = { [watcher] _ in watcher.cancel() }
        self.initial = CatalogUpdate(first, since: .empty)
        self.updates = CatalogUpdates(snapshots: stream, first: first.catalog)
    }

    /// Reads the folder again now, changed or not, and delivers an update (SIGHUP).
    package func reload() {
        self.watcher.poke()
    }
}

/// The folder as it was read last, which the next reading falls back on.
private final class SnapshotBox: Sendable {
    private let current = Mutex(CatalogSnapshot.empty)

    func reload(_ folder: String) -> CatalogSnapshot {
        self.current.withLock { current in
            let (resources, resourceErrors) = ResourceSet.load(folder: folder, keeping: current.resources)
            let (catalog, catalogErrors) = TenantCatalog.make(from: resources, previous: current.catalog)
            current = CatalogSnapshot(resources: resources, catalog: catalog, errors: resourceErrors + catalogErrors)
            return current
        }
    }
}

/// A reading of the folder.
struct CatalogSnapshot: Sendable {
    let resources: ResourceSet
    let catalog: TenantCatalog
    let errors: [ResourceError]

    static let empty = CatalogSnapshot(resources: ResourceSet(), catalog: .empty, errors: [])
}

/// A catalog, what is wrong with the files that it came from, and what is different from the update before.
package struct CatalogUpdate: Sendable {
    /// All tenants now.
    package let catalog: TenantCatalog
    /// The resources behind them: plans with their prices, and cells.
    package let resources: ResourceSet
    /// Everything that is wrong now, warnings included, in the order of files.
    package let errors: [ResourceError]
    /// Which tenants came, changed and went since the update that was taken before this one.
    package let changes: CatalogChanges

    /// Tenants that are new.
    package var added: Set<TenantID> { self.changes.added }
    /// Tenants of which anything changed.
    package var changed: Set<TenantID> { self.changes.changed }
    /// Tenants that are gone.
    package var removed: Set<TenantID> { self.changes.removed }

    /// States a catalog that came from elsewhere than files.
    package init(_ catalog: TenantCatalog, since older: TenantCatalog) {
        self.init(CatalogSnapshot(resources: ResourceSet(), catalog: catalog, errors: []), since: older)
    }

    init(_ snapshot: CatalogSnapshot, since older: TenantCatalog) {
        self.catalog = snapshot.catalog
        self.resources = snapshot.resources
        self.errors = snapshot.errors
        self.changes = snapshot.catalog.changes(since: older)
    }
}

/// The updates of a folder, for one task to iterate.
package struct CatalogUpdates: AsyncSequence, Sendable {
    package typealias Element = CatalogUpdate
    package typealias Failure = Never

    let snapshots: AsyncStream<CatalogSnapshot>
    let first: TenantCatalog

    /// Takes updates one by one and remembers which catalog was taken last.
    package struct Iterator: AsyncIteratorProtocol {
        package typealias Element = CatalogUpdate
        package typealias Failure = Never

        var snapshots: AsyncStream<CatalogSnapshot>.Iterator
        var last: TenantCatalog

        /// The next update; `nil` once the task is cancelled.
        package mutating func next() async -> CatalogUpdate? {
            await self.next(isolation: #isolation)
        }

        /// The next update, waited for where the caller runs; `nil` once the task is cancelled.
        package mutating func next(isolation actor: isolated (any Actor)?) async -> CatalogUpdate? {
            guard let snapshot = await self.snapshots.next(isolation: actor) else { return nil }
            defer { self.last = snapshot.catalog }
            return CatalogUpdate(snapshot, since: self.last)
        }
    }

    /// Begins after the watcher's ``FolderWatcher/initial`` update.
    package func makeAsyncIterator() -> Iterator {
        Iterator(snapshots: self.snapshots.makeAsyncIterator(), last: self.first)
    }
}
