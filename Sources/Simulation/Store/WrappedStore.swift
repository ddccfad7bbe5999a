package import NIOCore
package import StateStore
package import Tenant

/// A store in the process whose clients reach it in a way of their own; all else goes to the store as it is.
///
/// One thread uses it.
package final class WrappedStore: LiveStore {
    private let inner: InProcessLiveStore
    private let wrap: LoopLocal<(InProcessLiveStore, any EventLoop, any LiveStoreReceiver) -> any LiveStoreClient>

    package let pod: PodID

    /// - Parameters:
    ///   - inner: the store.
    ///   - pod: whose way it is; the store's own if it is nil.
    ///   - wrap: makes the client of one shard.
    init(
        _ inner: InProcessLiveStore,
        pod: PodID? = nil,
        _ wrap: @escaping (InProcessLiveStore, any EventLoop, any LiveStoreReceiver) -> any LiveStoreClient
    ) {
        self.inner = inner
        self.pod = pod ?? inner.pod
        self.wrap = LoopLocal(wrap)
    }

    package func makeClient(on loop: any EventLoop, receiver: any LiveStoreReceiver) -> any LiveStoreClient {
        self.wrap.value(self.inner, loop, receiver)
    }

    package func renewLease(for ttl: Duration, carrying figures: [UInt8]?) async throws(LiveStoreError) -> LeaseRenewal
    {
        try await self.inner.renewLease(for: ttl, carrying: figures)
    }

    package func liveFigures() async throws(LiveStoreError) -> [PodID: [UInt8]] { try await self.inner.liveFigures() }

    package func hasLease(_ pod: PodID) async throws(LiveStoreError) -> Bool { try await self.inner.hasLease(pod) }

    package func lapsedPods() async throws(LiveStoreError) -> [PodID] { try await self.inner.lapsedPods() }

    package func orphans(of pod: PodID, limit: Int) async throws(LiveStoreError) -> [LogKey] {
        try await self.inner.orphans(of: pod, limit: limit)
    }

    package func bury(_ pod: PodID) async throws(LiveStoreError) { try await self.inner.bury(pod) }

    package func readFeed(
        as consumer: FeedConsumer,
        limit: Int,
        timeout: Duration
    ) async throws(LiveStoreError) -> [FeedRecord] {
        try await self.inner.readFeed(as: consumer, limit: limit, timeout: timeout)
    }

    package func acknowledge(_ ids: [FeedRecord.ID], as consumer: FeedConsumer) async throws(LiveStoreError) {
        try await self.inner.acknowledge(ids, as: consumer)
    }

    package func feedStanding(of consumer: FeedConsumer) async throws(LiveStoreError) -> FeedStanding {
        try await self.inner.feedStanding(of: consumer)
    }

    package func erase(_ tenant: TenantID) async throws(LiveStoreError) { try await self.inner.erase(tenant) }

    package func remains(of tenant: TenantID) async throws(LiveStoreError) -> Int {
        try await self.inner.remains(of: tenant)
    }

    package func shutdown() async { await self.inner.shutdown() }
}
