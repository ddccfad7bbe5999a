package import NIOCore
package import Tenant

/// What is live: the contract that the in-process and the Redis driver both keep.
///
/// A process makes one store and, for each of its shards, one ``LiveStoreClient``.
///
/// The store numbers, stamps, keeps and publishes entries in one atomic step and knows nothing of IRC. The in-process
/// driver completes calls before they return, save for what waits for its feed's disk; the Redis driver pipelines. The
/// conformance suite in `Tests/StateStoreConformance` says what both do.
package protocol LiveStore: Sendable {
    /// This process in this life.
    var pod: PodID { get }

    /// Makes the client of one shard. Everything about it happens on `loop`, where this must be called.
    func makeClient(
        on loop: any EventLoop,
        receiver: any LiveStoreReceiver
    ) -> any LiveStoreClient

    /// Renews the lease under which this pod holds logs and counters.
    ///
    /// It is renewed in any case; the answer says what was before.
    ///
    /// - Parameters:
    ///   - ttl: How long the lease holds from now on.
    ///   - figures: What ``liveFigures()`` shows of this pod until the next renewal; nil for nothing.
    /// - Returns: What the renewal found.
    /// - Throws: ``LiveStoreError``
    func renewLease(for ttl: Duration, carrying figures: [UInt8]?) async throws(LiveStoreError) -> LeaseRenewal

    /// What the pods whose lease holds carry with it.
    ///
    /// A pod that is buried or that renews without anything to carry is not among them.
    func liveFigures() async throws(LiveStoreError) -> [PodID: [UInt8]]

    /// Whether a pod's lease holds.
    func hasLease(_ pod: PodID) async throws(LiveStoreError) -> Bool

    /// Pods whose lease lapsed and that nobody buried yet.
    func lapsedPods() async throws(LiveStoreError) -> [PodID]

    /// Logs that a lapsed pod still holds, some at a time; the caller drops or takes each over.
    func orphans(of pod: PodID, limit: Int) async throws(LiveStoreError) -> [LogKey]

    /// Forgets a lapsed pod that has no orphans left, and gives back the slots it held.
    func bury(_ pod: PodID) async throws(LiveStoreError)

    /// Waits up to `timeout` for what of the feed a consumer has not acknowledged, oldest first.
    ///
    /// What is not acknowledged is handed out again, to this or to another reader, so a reader does with it what may be done
    /// twice (a record is identified by its log and position). The consumer is one of those that the store was made with.
    func readFeed(
        as consumer: FeedConsumer,
        limit: Int,
        timeout: Duration
    ) async throws(LiveStoreError) -> [FeedRecord]

    /// A consumer is done with records; they go once all are.
    func acknowledge(_ ids: [FeedRecord.ID], as consumer: FeedConsumer) async throws(LiveStoreError)

    /// How far a consumer has come.
    func feedStanding(of consumer: FeedConsumer) async throws(LiveStoreError) -> FeedStanding

    /// How many items of the feed this process found that it cannot read: a newer one wrote them. They wait for who can.
    func unreadableFeedItems() async -> Int

    /// Makes everything of a tenant go: its logs, counters and buckets, what pods hold of them, its part of the feed.
    ///
    /// In bounded steps, so that nobody else waits; what is used meanwhile comes back. So a tenant is erased once no edge
    /// serves it, and again if something is left: calling it again is safe. Followers are not told. A reader of the
    /// feed that holds records of the tenant may still store them, so the durable store is erased after this.
    func erase(_ tenant: TenantID) async throws(LiveStoreError)

    /// How many things of a tenant there are, found by looking at everything that the store has.
    func remains(of tenant: TenantID) async throws(LiveStoreError) -> Int

    /// Ends connections; calls that wait fail with ``LiveStoreError/closed``.
    func shutdown() async
}

extension LiveStore {
    /// None: what this process wrote it can read.
    package func unreadableFeedItems() async -> Int { 0 }

    /// Renews the lease with nothing to carry.
    package func renewLease(for ttl: Duration) async throws(LiveStoreError) -> LeaseRenewal {
        try await self.renewLease(for: ttl, carrying: nil)
    }
}

/// What a shard hears from its store client.
///
/// Loop-bound like the client: called on the shard's event loop only.
package protocol LiveStoreReceiver: AnyObject {
    /// The next entry of a followed log.
    func received(_ entry: Entry, of log: LogKey)

    /// A followed log could not be repaired entry by entry (a new epoch, or too far behind): this is its state now.
    ///
    /// Not told of a log that did not exist before: nothing of it was missed, and what it is now comes entry by entry.
    func reloaded(_ snapshot: Snapshot)

    /// Asked before each slice of what a followed log's follower missed, some hundred entries at most: much may come at once then.
    ///
    /// Entries of other logs come meanwhile; those of this one wait.
    ///
    /// - `next`: To be called once there is room for more, at once or later.
    func repairing(_ log: LogKey, next: @escaping () -> Void)

    /// ``LiveStoreClient/isReady`` is true again.
    func storeBecameReady()
}

extension LiveStoreReceiver {
    /// There always is room.
    package func repairing(_ log: LogKey, next: @escaping () -> Void) { next() }
}

/// Names a shared counter of a tenant: `connections`, `address/192.0.2.1`, `messages`.
package struct CounterKey: Hashable, Sendable {
    package let tenant: TenantID
    package let name: String
    /// Which of many that somebody outside chooses, for instance a network; nil if there is one.
    package let item: String?

    package init(_ tenant: TenantID, _ name: String, of item: String? = nil) {
        self.tenant = tenant
        self.name = name
        self.item = item
    }
}

/// One process in one life: numbered by the store at start, so that a restarted pod is another one.
package struct PodID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package var description: String { String(self.rawValue) }
}
