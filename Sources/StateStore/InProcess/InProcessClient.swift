import DequeModule
import NIOCore
import Synchronization
import Tenant

/// A shard's client of the in-process store: takes the lock, applies, lets go, delivers.
final class InProcessClient: LiveStoreClient {
    let producer: ProducerID
    private let store: InProcessLiveStore
    private let index: Int
    private let receiver: any LiveStoreReceiver
    private var deliveries: Deque<(entry: Entry, log: LogKey)> = []
    private var isDelivering = false

    init(store: InProcessLiveStore, index: Int, receiver: any LiveStoreReceiver) {
        self.store = store
        self.index = index
        self.receiver = receiver
        self.producer = ProducerID(rawValue: UInt64(index) + 1)
    }

    var isReady: Bool { self.store.state.withLock { $0.journal.count < self.store.configuration.journalLimit } }

    func append(_ transaction: Transaction, _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void) {
        let now = self.store.wallClock()
        let entryLimit = self.store.configuration.entryLimit
        let (index, producer) = (self.index, self.producer)
        let (outcome, wakes, mail) = self.store.state.withLock { state -> (Outcome, [Int], MemoryState.Mail) in
            if let failed = state.failedCondition(of: transaction) {
                return (.refused(condition: failed), [], state.takeMail(of: index))
            }
            var stamps: [Stamp] = []
            var wakes: [Int] = []
            stamps.reserveCapacity(transaction.changes.count)
            // Marked as scheduled for the moment: this client drains below, without a detour over its loop.
            state.mailboxes[index].isScheduled = true
            for change in transaction.changes {
                stamps.append(state.apply(change, by: producer, now: now, entryLimit: entryLimit, wake: &wakes))
            }
            return (.appended(stamps), wakes, state.takeMail(of: index))
        }
        self.store.wake(wakes)
        self.deliveries.append(contentsOf: mail)
        self.deliver()
        completion(.success(outcome))
    }

    func follow(_ log: LogKey, _ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void) {
        let snapshot = self.store.state.withLock { state in
            state.follow(log, client: self.index)
            return state.snapshot(of: log)
        }
        completion(.success(snapshot))
    }

    func unfollow(_ log: LogKey) {
        self.store.state.withLock { $0.unfollow(log, client: self.index) }
        self.deliveries.removeAll { $0.log == log }
    }

    func load(_ logs: [LogKey], _ completion: @escaping (Result<[Snapshot], LiveStoreError>) -> Void) {
        completion(.success(self.store.state.withLock { state in logs.map { state.snapshot(of: $0) } }))
    }

    func entries(
        of log: LogKey,
        after sequence: UInt64,
        limit: Int,
        _ completion: @escaping (Result<[Entry], LiveStoreError>) -> Void
    ) {
        let entries = self.store.state.withLock { state in
            Array((state.logs[log]?.entries.lazy.filter { $0.position.sequence > sequence } ?? []).prefix(limit))
        }
        completion(.success(entries))
    }

    func names(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        cursor: String?,
        _ completion: @escaping (Result<(names: [String], next: String?), LiveStoreError>) -> Void
    ) {
        completion(.success((self.store.state.withLock { $0.allNames(tenant, kind) }, nil)))
    }

    func count(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) {
        completion(.success(self.store.state.withLock { $0.count(tenant, kind) }))
    }

    func reserve(
        _ wanted: Int,
        of counter: CounterKey,
        limit: Int,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) {
        let pod = self.store.pod
        let granted = self.store.state.withLock { state in
            let granted = max(0, min(wanted, limit - state.slots[counter, default: 0]))
            guard granted > 0 else { return 0 }
            state.slots[counter, default: 0] += granted
            state.leases[pod]?.slots[counter, default: 0] += granted
            return granted
        }
        completion(.success(granted))
    }

    func release(_ count: Int, of counter: CounterKey) {
        let pod = self.store.pod
        self.store.state.withLock { state in
            let held = state.leases[pod]?.slots[counter] ?? 0
            let given = min(count, held)
            state.leases[pod]?.slots[counter] = held == given ? nil : held - given
            let left = state.slots[counter, default: 0] - given
            state.slots[counter] = left == 0 ? nil : left
        }
    }

    func take(
        _ wanted: Int,
        from bucket: CounterKey,
        rate: Double,
        burst: Double,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) {
        let now = ContinuousClock.now
        let granted = self.store.state.withLock { state in
            var current = state.buckets[bucket] ?? .init(tokens: burst, updated: now)
            let elapsed = (now - current.updated) / .seconds(1)
            current.tokens = min(burst, current.tokens + max(0, elapsed) * rate)
            current.updated = max(now, current.updated)
            let granted = min(wanted, Int(current.tokens))
            current.tokens -= Double(granted)
            state.buckets[bucket] = current
            return granted
        }
        completion(.success(granted))
    }

    /// Delivers what other shards left in the mailbox.
    func drain() {
        let index = self.index
        self.deliveries.append(contentsOf: self.store.state.withLock { $0.takeMail(of: index) })
        self.deliver()
    }

    /// One at a time even when a delivery leads to another append: entries of a log never overtake each other.
    private func deliver() {
        guard !self.isDelivering else { return }
        self.isDelivering = true
        defer { self.isDelivering = false }
        while let next = self.deliveries.popFirst() { self.receiver.received(next.entry, of: next.log) }
    }
}
