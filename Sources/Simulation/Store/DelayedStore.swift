package import NIOCore
package import StateStore
package import Tenant

/// A store in the process whose shards reach it by links that are as slow as the run wants them.
///
/// It is honest about order and nothing else: see ``StoreLink``.
package final class DelayedStore: LiveStore {
    private let inner: InProcessLiveStore
    private let witness: LoopLocal<Witness>
    private let links = LoopLocal<[StoreLink]>([])

    init(_ inner: InProcessLiveStore, witness: Witness) {
        self.inner = inner
        self.witness = LoopLocal(witness)
    }

    /// One for each client that was made, in order.
    var all: [StoreLink] { self.links.value }

    package var pod: PodID { self.inner.pod }

    package func makeClient(on loop: any EventLoop, receiver: any LiveStoreReceiver) -> any LiveStoreClient {
        let witness = self.witness
        let link = StoreLink(store: self.inner, receiver: receiver) { witness.value.saw($0, $1) }
        self.links.value.append(link)
        return link
    }

    package func renewLease(for ttl: Duration, carrying figures: [UInt8]?) async throws(LiveStoreError) -> LeaseRenewal
    {
        try await self.inner.renewLease(for: ttl, carrying: figures)
    }

    package func liveFigures() async throws(LiveStoreError) -> [PodID: [UInt8]] { try await self.inner.liveFigures() }

    package func lapsedPods() async throws(LiveStoreError) -> [PodID] { try await self.inner.lapsedPods() }

    package func orphans(of pod: PodID, limit: Int) async throws(LiveStoreError) -> [LogKey] {
        try await self.inner.orphans(of: pod, limit: limit)
    }

    package func bury(_ pod: PodID) async throws(LiveStoreError) { try await self.inner.bury(pod) }

    package func readJournal(limit: Int, timeout: Duration) async throws(LiveStoreError) -> [JournalRecord] {
        try await self.inner.readJournal(limit: limit, timeout: timeout)
    }

    package func acknowledgeJournal(_ ids: [JournalRecord.ID]) async throws(LiveStoreError) {
        try await self.inner.acknowledgeJournal(ids)
    }

    package func journalBacklog() async throws(LiveStoreError) -> Int { try await self.inner.journalBacklog() }

    package func erase(_ tenant: TenantID) async throws(LiveStoreError) { try await self.inner.erase(tenant) }

    package func remains(of tenant: TenantID) async throws(LiveStoreError) -> Int {
        try await self.inner.remains(of: tenant)
    }

    package func shutdown() async { await self.inner.shutdown() }
}

/// Something that only the thread of the simulation touches.
// Unchecked for that reason.
final class LoopLocal<Value>: @unchecked Sendable {
    var value: Value

    init(_ value: Value) { self.value = value }
}
