import DequeModule
package import NIOCore
import Observability
import Synchronization
package import Tenant

/// The live store of a single process: `roost dev`, tests, and the fastest way to run one edge.
///
/// A call that puts nothing into the feed completes before it returns, so a message costs neither a task nor an actor
/// hop. What is live ends with the process, and so does the feed, unless the store was opened with folders
/// (``open(_:images:worker:configuration:limits:wallClock:writeTimes:logger:)``): then what a transaction puts into the feed
/// is on the disk before anybody hears of it, the caller included, and an image of what is live is written every few seconds,
/// for the next process to go on from. One lock guards everything: it is held for the fraction of a microsecond that a
/// transaction takes, and shards meet only there.
package final class InProcessLiveStore: LiveStore, Sendable {
    package struct Configuration: Sendable {
        /// Recent entries kept of each log, by its kind.
        ///
        /// Nobody who follows a log in this process misses any; they are for who comes back. Of logs that a pod holds, such as
        /// guests' inboxes, only a few are kept that are on their way to the history: what is kept for long has left the
        /// processor's caches when it goes, so that letting it go would cost more than all else that a direct message does in
        /// the store.
        package var entriesKept: [LogKey.Kind: Int] = [
            .channel: 256, .user: 64, .nick: 0, .tenant: 512, .projection: 16, .account: 0, .hold: 0,
            .logins: 0,
        ]
        /// Records in the feed at most; the tenants share them.
        package var feedLimit = 50_000
        /// Who reads the feed.
        package var consumers = FeedConsumer.all

        package init() {}
    }

    package let pod: PodID
    /// Below this are all epochs that this process gives out.
    let epochLimit: UInt64
    /// When the process before this one is known to have been there last, in milliseconds since 1970; nil if nothing is known
    /// of one.
    package let lastSeen: Int64?
    let configuration: Configuration
    /// Milliseconds since 1970.
    let wallClock: @Sendable () -> Int64
    let state: Mutex<MemoryState>
    /// Whether some tenant's clients are not to be read from: beside the lock, since it is asked for every line that comes in.
    let isSomebodyPaused = Atomic(false)
    /// Whether the disk does not keep up.
    let isDiskBehind = Atomic(false)
    /// Where the feed is kept; nil for in memory.
    let disk: JournalDisk?
    /// Writes images of what is live; nil if none are kept.
    let keeper: ImageKeeper?
    private let clients = Mutex<[ClientHandle]>([])
    let isClosed = Mutex(false)

    /// How to reach a client from another shard's loop.
    struct ClientHandle: Sendable {
        let loop: any EventLoop
        let drain: @Sendable () -> Void
        let becameReady: @Sendable () -> Void
    }

    /// Makes a store that keeps everything in memory.
    ///
    /// - Parameters:
    ///   - image: what an earlier process had; nil to begin with nothing.
    ///   - configuration: how much it keeps.
    ///   - wallClock: milliseconds since 1970.
    ///   - now: what leases and buckets go by.
    package convenience init(
        from image: LiveImage? = nil,
        configuration: Configuration = Configuration(),
        wallClock: @escaping @Sendable () -> Int64 = WallClock.system,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        let firstEpoch = max(Self.firstEpoch(wallClock()), image?.epochLimit ?? 0)
        self.init(
            MemoryState(firstEpoch: firstEpoch, configuration: configuration, now: now),
            from: image,
            firstEpoch: firstEpoch,
            disk: nil,
            keeper: nil,
            configuration,
            wallClock
        )
    }

    init(
        _ state: consuming sending MemoryState,
        from image: LiveImage?,
        firstEpoch: UInt64,
        disk: JournalDisk?,
        keeper: ImageKeeper?,
        _ configuration: Configuration,
        _ wallClock: @escaping @Sendable () -> Int64
    ) {
        self.pod = PodID(rawValue: (image?.pod ?? 0) + 1)
        self.epochLimit = firstEpoch + Self.epochs
        self.lastSeen = image?.time
        self.configuration = configuration
        self.wallClock = wallClock
        self.disk = disk
        self.keeper = keeper
        self.isSomebodyPaused.store(!state.feed.paused.isEmpty, ordering: .relaxed)
        if let image { state.restore(image) }
        state.leases[self.pod] = .init(expires: state.now().advanced(by: .seconds(60)))
        self.state = Mutex(state)
    }

    /// Epochs that a process may give out: one for each log that it makes.
    static let epochs: UInt64 = 1 << 40

    /// Later than all epochs of earlier processes, if the clock was never set back.
    static func firstEpoch(_ time: Int64) -> UInt64 { UInt64(max(1, time)) << 20 }

    package func makeClient(
        on loop: any EventLoop,
        receiver: any LiveStoreReceiver
    ) -> any LiveStoreClient {
        let index = self.state.withLock { state in
            state.mailboxes.append(.init())
            return state.mailboxes.count - 1
        }
        let client = InProcessClient(store: self, index: index, loop: loop, receiver: receiver)
        let bound = NIOLoopBound(client, eventLoop: loop)
        self.clients.withLock {
            $0.append(
                ClientHandle(
                    loop: loop,
                    drain: { bound.value.drain() },
                    becameReady: { bound.value.receiver.storeBecameReady() }
                )
            )
        }
        return client
    }

    /// Tells clients on other loops that their mailboxes have something.
    func wake(_ indexes: [Int]) {
        guard !indexes.isEmpty else { return }
        self.clients.withLock { clients in
            for index in indexes { clients[index].loop.execute(clients[index].drain) }
        }
    }

    package func renewLease(
        for ttl: Duration,
        carrying figures: [UInt8]?
    ) async throws(LiveStoreError) -> LeaseRenewal {
        self.state.withLock { state in
            let now = state.now()
            let wasAlive = (state.leases[self.pod]?.expires ?? now) >= now
            state.leases[self.pod, default: .init(expires: now)].expires = now.advanced(by: ttl)
            state.leases[self.pod]?.figures = figures
            // Now is as good as any time: it comes every few seconds.
            state.tidyBuckets()
            return wasAlive ? .kept : .lapsed
        }
    }

    package func liveFigures() async throws(LiveStoreError) -> [PodID: [UInt8]] {
        self.state.withLock { state in
            let now = state.now()
            return state.leases.compactMapValues { $0.expires >= now ? $0.figures : nil }
        }
    }

    package func hasLease(_ pod: PodID) async throws(LiveStoreError) -> Bool {
        self.state.withLock { state in state.leases[pod].map { $0.expires >= state.now() } ?? false }
    }

    /// The processes before this one, as long as something is left that they held.
    package func lapsedPods() async throws(LiveStoreError) -> [PodID] {
        self.state.withLock { state in
            let now = state.now()
            return state.leases.filter { $0.key != self.pod && $0.value.expires < now }.map(\.key)
        }
    }

    package func orphans(of pod: PodID, limit: Int) async throws(LiveStoreError) -> [LogKey] {
        self.state.withLock { ($0.leases[pod]?.logs.prefix(limit)).map(Array.init) ?? [] }
    }

    package func bury(_ pod: PodID) async throws(LiveStoreError) {
        self.state.withLock { state in
            guard pod != self.pod, let lease = state.leases[pod], lease.expires < state.now(), lease.logs.isEmpty
            else { return }
            for (counter, held) in lease.slots { state.slots[counter, default: 0] -= held }
            state.leases[pod] = nil
        }
    }

    package func readFeed(
        as consumer: FeedConsumer,
        limit: Int,
        timeout: Duration
    ) async throws(LiveStoreError) -> [FeedRecord] {
        let deadline = ContinuousClock.now.advanced(by: timeout)
        while true {
            let records = try self.state.withLock { state throws(LiveStoreError) in
                state.feed.read(as: try state.feed.place(of: consumer), limit: limit)
            }
            if !records.isEmpty { return records }
            if self.isClosed.withLock({ $0 }) || Task.isCancelled { throw .closed }
            if ContinuousClock.now >= deadline { return [] }
            // The feed is polled: nothing waits for it, and waking a reader for every message would cost the hot path.
            do { try await Task.sleep(for: min(.milliseconds(20), timeout)) } catch { throw .closed }
        }
    }

    package func acknowledge(_ ids: [FeedRecord.ID], as consumer: FeedConsumer) async throws(LiveStoreError) {
        let (nowReady, mustNote) = try self.state.withLock { state throws(LiveStoreError) in
            state.feed.acknowledge(ids, as: try state.feed.place(of: consumer))
            return (self.watchFeed(&state), state.gate?.note(state.feed.places) ?? false)
        }
        if nowReady { self.tellReady() }
        guard let disk else { return }
        disk.worker.run(after: .zero) { self.removeFiles() }
        if mustNote { disk.worker.run(after: Self.noteDelay) { self.notePlaces() } }
    }

    package func feedStanding(of consumer: FeedConsumer) async throws(LiveStoreError) -> FeedStanding {
        try self.state.withLock { state throws(LiveStoreError) in
            let place = try state.feed.place(of: consumer)
            let missed = state.feed.places[place].missed
            // What is not on the disk yet is nobody's.
            return FeedStanding(waiting: state.feed.waiting(for: place) + (state.gate?.count ?? 0), missed: missed)
        }
    }

    package func erase(_ tenant: TenantID) async throws(LiveStoreError) {
        let nowReady = self.state.withLock { state in
            state.erase(tenant)
            return self.watchFeed(&state)
        }
        if nowReady { self.tellReady() }
        if let disk { try await self.erase(tenant, from: disk) }
        // What the disk has of it must not come back with a restart.
        if let keeper { try await self.writeImage(with: keeper) }
    }

    package func remains(of tenant: TenantID) async throws(LiveStoreError) -> Int {
        self.state.withLock { $0.remains(of: tenant) }
    }

    /// Tells all clients that they may go on.
    func tellReady() {
        for client in self.clients.withLock({ $0 }) { client.loop.execute(client.becameReady) }
    }

    /// Called under the lock, so that who sees a tenant's part used up and who empties it do not cross.
    ///
    /// - Returns: Whether tenants may go on that could not before, which clients have to be told.
    @discardableResult
    func watchFeed(_ state: inout MemoryState) -> Bool {
        let goesOn = state.feed.resume()
        let isSomebodyPaused = !state.feed.paused.isEmpty
        if isSomebodyPaused != self.isSomebodyPaused.load(ordering: .relaxed) {
            self.isSomebodyPaused.store(isSomebodyPaused, ordering: .relaxed)
        }
        return goesOn
    }

    package func shutdown() async {
        self.isClosed.withLock { $0 = true }
        if let disk { await self.close(disk) }
        // Last: what it shows must be on the journal.
        if let keeper { try? await self.writeImage(with: keeper) }
    }
}
