// A folder of YAML, kept up to date: what `kubectl apply` would do to a cluster, saving a file does here.

import Dispatch
import Synchronization

/// Watches a folder of resources and delivers the catalog that it describes, each time it changes.
///
/// A change is visible half a second after a file was closed, and what is described no more is gone after three seconds: see
/// `FolderReader`. Resources that break keep their previous version, and so does everything while the folder is away; see
/// ``TenantCatalog/make(from:previous:)``.
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
        let box = SnapshotBox(folder)
        var first = CatalogSnapshot.empty
        self.watcher = try PathWatcher(
            paths: [folder],
            first: {
                let (snapshot, _, lookAgain) = box.look(isFirst: true, isAsked: false, writing: [], nil)
                first = snapshot
                return lookAgain
            },
            look: { isAsked, writing, refusal in
                let (snapshot, isNew, lookAgain) = box.look(isFirst: false, isAsked: isAsked, writing: writing, refusal)
                if isAsked || isNew { continuation.yield(snapshot) }
                return lookAgain
            }
        )
        // The watcher lives as long as the stream: ending the one ends the other.
        continuation.onTermination = { [watcher] _ in watcher.cancel() }
        self.initial = CatalogUpdate(first, since: .empty)
        self.updates = CatalogUpdates(snapshots: stream, first: first)
    }

    /// Reads the folder again now, changed or not, and delivers an update (SIGHUP).
    package func reload() {
        self.watcher.poke()
    }
}

/// The folder as it was read last, which the next reading falls back on.
private final class SnapshotBox: Sendable {
    private struct State {
        var reader: FolderReader
        var current = CatalogSnapshot.empty
        var refusal: WatchError?
    }

    private let folder: String
    private let state: Mutex<State>

    init(_ folder: String) {
        self.folder = folder
        self.state = Mutex(State(reader: FolderReader(folder: folder)))
    }

    /// Looks at the folder, of which not everything is watched for `refusal`.
    func look(
        isFirst: Bool,
        isAsked: Bool,
        writing: Set<FileIdentity>,
        _ refusal: WatchError?
    ) -> (snapshot: CatalogSnapshot, isNew: Bool, lookAgain: Duration?) {
        self.state.withLock { state in
            let now = Duration.nanoseconds(Int64(clamping: DispatchTime.now().uptimeNanoseconds))
            let reading = state.reader.look(at: now, isFirst: isFirst, isAsked: isAsked, writing: writing)
            guard reading.isNew || refusal != state.refusal else { return (state.current, false, reading.lookAgain) }
            state.refusal = refusal
            let made = TenantCatalog.make(from: reading.resources, previous: state.current.catalog)
            let unwatched = refusal.map { refusal in
                ResourceError(file: self.folder, .unreadable, "is read every minute: \(refusal)")
            }
            state.current = CatalogSnapshot(
                resources: reading.resources,
                catalog: made.catalog,
                errors: reading.errors + made.errors + [unwatched].compactMap(\.self)
            )
            return (state.current, true, reading.lookAgain)
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
    /// What of it was not so in the update that was taken before this one: to be told once.
    package let newErrors: [ResourceError]
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
        self.init(
            CatalogSnapshot(resources: ResourceSet(), catalog: catalog, errors: []),
            since: CatalogSnapshot(resources: ResourceSet(), catalog: older, errors: [])
        )
    }

    init(_ snapshot: CatalogSnapshot, since older: CatalogSnapshot) {
        self.catalog = snapshot.catalog
        self.resources = snapshot.resources
        self.errors = snapshot.errors
        let known = Set(older.errors)
        self.newErrors = snapshot.errors.filter { !known.contains($0) }
        self.changes = snapshot.catalog.changes(since: older.catalog)
    }
}

/// The updates of a folder, for one task to iterate.
package struct CatalogUpdates: AsyncSequence, Sendable {
    package typealias Element = CatalogUpdate
    package typealias Failure = Never

    let snapshots: AsyncStream<CatalogSnapshot>
    let first: CatalogSnapshot

    /// Takes updates one by one and remembers which catalog was taken last.
    package struct Iterator: AsyncIteratorProtocol {
        package typealias Element = CatalogUpdate
        package typealias Failure = Never

        var snapshots: AsyncStream<CatalogSnapshot>.Iterator
        var last: CatalogSnapshot

        /// The next update; `nil` once the task is cancelled.
        package mutating func next() async -> CatalogUpdate? {
            await self.next(isolation: #isolation)
        }

        /// The next update, waited for where the caller runs; `nil` once the task is cancelled.
        package mutating func next(isolation actor: isolated (any Actor)?) async -> CatalogUpdate? {
            guard let snapshot = await self.snapshots.next(isolation: actor) else { return nil }
            defer { self.last = snapshot }
            return CatalogUpdate(snapshot, since: self.last)
        }
    }

    /// Begins after the watcher's ``FolderWatcher/initial`` update.
    package func makeAsyncIterator() -> Iterator {
        Iterator(snapshots: self.snapshots.makeAsyncIterator(), last: self.first)
    }
}
