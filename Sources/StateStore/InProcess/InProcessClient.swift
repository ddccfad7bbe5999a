import DequeModule
import NIOCore
import Synchronization
import Tenant

/// A shard's client of the in-process store: takes the lock, applies, lets go, delivers.
final class InProcessClient: LiveStoreClient {
    let producer: ProducerID
    let store: InProcessLiveStore
    let index: Int
    let loop: any EventLoop
    let receiver: any LiveStoreReceiver
    var deliveries: Deque<MemoryState.Delivery> = []
    private(set) var isDelivering = false
    /// Clients of other shards that have mail since this turn of the loop.
    private var toWake: [Int] = []
    private var followed: [LogKey: FollowToken] = [:]
    /// The calls without an answer, oldest first, with whom to tell once that it takes long.
    var answers: Deque<(unsettled: (() -> Void)?, tell: (LiveStoreError?) -> Void)> = []

    init(store: InProcessLiveStore, index: Int, loop: any EventLoop, receiver: any LiveStoreReceiver) {
        self.store = store
        self.index = index
        self.loop = loop
        self.receiver = receiver
        self.producer = ProducerID(rawValue: store.pod.rawValue << 16 | UInt64(index) + 1)
    }

    var isReady: Bool {
        !self.store.isDiskBehind.load(ordering: .relaxed)
    }

    func isReady(for tenant: TenantID) -> Bool {
        guard self.isReady else { return false }
        guard self.store.isSomebodyPaused.load(ordering: .relaxed) else { return true }
        return self.store.state.withLock { !$0.feed.paused.contains(tenant) }
    }

    func append(
        _ transaction: Transaction,
        unsettled: (() -> Void)?,
        _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void
    ) {
        if let disk = self.store.disk { return self.append(transaction, to: disk, unsettled, completion) }
        let now = self.store.wallClock()
        let (index, producer) = (self.index, self.producer)
        var made = Made()
        let store = self.store
        // All logs of a transaction are one tenant's.
        let needsRoom = transaction.leaves ? nil : transaction.changes.first { $0.feed != nil }?.log.tenant
        let outcome = store.state.withLock { state -> Result<Outcome, LiveStoreError> in
            if let needsRoom, !state.feed.hasRoom(for: needsRoom) { return .failure(.busy) }
            if let failed = state.failedCondition(of: transaction) {
                made.mail = state.takeMail(of: index)
                return .success(.refused(condition: failed))
            }
            var stamps: [Stamp] = []
            stamps.reserveCapacity(transaction.changes.count)
            // Marked as scheduled for the moment: this client drains below, without a detour over its loop.
            state.mailboxes[index].isScheduled = true
            for change in transaction.changes {
                let applied = state.apply(
                    change,
                    by: producer,
                    now: now,
                    wake: &made.wakes
                )
                stamps.append(applied.stamp)
            }
            made.mail = state.takeMail(of: index)
            store.watchFeed(&state)
            return .success(.appended(stamps))
        }
        self.deliver(made)
        completion(outcome)
    }

    func append(
        _ change: LogChange,
        if condition: Condition,
        unsettled: (() -> Void)?,
        _ completion: @escaping (Result<Stamp?, LiveStoreError>) -> Void
    ) {
        if let disk = self.store.disk { return self.append(change, if: condition, to: disk, unsettled, completion) }
        let now = self.store.wallClock()
        let (index, producer) = (self.index, self.producer)
        var made = Made()
        let store = self.store
        let needsRoom = change.feed == nil ? nil : change.log.tenant
        let result = store.state.withLock { state -> Result<MemoryState.Applied?, LiveStoreError> in
            if let needsRoom, !state.feed.hasRoom(for: needsRoom) { return .failure(.busy) }
            // An entry that this client follows itself does not go through its mailbox, if nothing waits there.
            let mayPass = state.mailboxes[index].deliveries.isEmpty
            state.mailboxes[index].isScheduled = true
            let applied = state.apply(
                change,
                if: condition,
                by: producer,
                now: now,
                passing: mayPass ? index : nil,
                wake: &made.wakes
            )
            state.mailboxes[index].isScheduled = false
            if !mayPass { made.mail = state.takeMail(of: index) }
            store.watchFeed(&state)
            return .success(applied)
        }
        self.deliver(made)
        if case .success(let applied?) = result, applied.passed {
            let own = Entry(
                position: applied.stamp.position,
                time: applied.stamp.time,
                producer: producer,
                payload: change.payload
            )
            if !self.isDelivering, self.deliveries.isEmpty {
                self.isDelivering = true
                self.receiver.received(own, of: change.log)
                self.isDelivering = false
            } else {
                self.deliveries.append(.entry(own, change.log))
            }
            self.deliver()
        }
        completion(result.map { $0?.stamp })
    }

    /// What a transaction led to besides its outcome.
    struct Made {
        var mail: [MemoryState.Delivery] = []
        var wakes: [Int] = []
    }

    func deliver(_ made: Made) {
        if !made.wakes.isEmpty { self.wake(made.wakes) }
        if !made.mail.isEmpty { self.deliveries.append(contentsOf: made.mail) }
        self.deliver()
    }

    /// Tells the clients of other shards that they have mail, at the end of the loop's turn: what a turn has for them they then
    /// take in one go, and are woken once.
    func wake(_ indexes: [Int]) {
        let isFirst = self.toWake.isEmpty
        self.toWake.append(contentsOf: indexes)
        guard isFirst else { return }
        let client = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.execute { client.value.wakeOthers() }
    }

    private func wakeOthers() {
        let indexes = self.toWake
        self.toWake.removeAll(keepingCapacity: true)
        self.store.wake(indexes)
    }

    func follow(_ token: FollowToken, _ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void) {
        let (index, log) = (self.index, token.log)
        self.followed[log] = token
        self.read(completion) { state in
            state.follow(log, client: index)
            return state.snapshot(of: log)
        }
    }

    func unfollow(_ token: FollowToken) {
        let log = token.log
        guard self.followed[log] == token else { return }
        self.followed[log] = nil
        self.store.state.withLock { $0.unfollow(log, client: self.index) }
        self.deliveries.removeAll { $0.isEntry(of: log) }
    }

    func load(_ logs: [LogKey], _ completion: @escaping (Result<[Snapshot], LiveStoreError>) -> Void) {
        self.read(completion) { state in logs.map { state.snapshot(of: $0) } }
    }

    func entries(
        of log: LogKey,
        after sequence: UInt64,
        limit: Int,
        _ completion: @escaping (Result<[Entry], LiveStoreError>) -> Void
    ) {
        self.read(completion) { state in
            Array((state.logs[log]?.entries.lazy.filter { $0.position.sequence > sequence } ?? []).prefix(limit))
        }
    }

    func excerpts(
        of logs: [LogKey],
        _ request: Excerpt.Request,
        _ completion: @escaping (Result<[Excerpt], LiveStoreError>) -> Void
    ) {
        self.read(completion) { state in logs.map { state.excerpt(of: $0, request) } }
    }

    func page(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        after cursor: String?,
        limit: Int,
        _ request: Excerpt.Request,
        _ completion: @escaping (Result<Excerpt.Page, LiveStoreError>) -> Void
    ) {
        self.read(completion) { state in state.page(tenant, kind, after: cursor, limit: limit, request) }
    }

    func count(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) {
        self.read(completion) { state in state.count(tenant, kind) }
    }

    func reserve(
        _ wanted: Int,
        of counter: CounterKey,
        limit: Int,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) {
        let pod = self.store.pod
        let (wanted, limit) = (CounterNumbers.count(wanted), CounterNumbers.count(limit))
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
            let given = min(CounterNumbers.count(count), held)
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
        completion(.success(self.store.state.withLock { $0.take(wanted, from: bucket, rate: rate, burst: burst) }))
    }

    func giveBack(_ count: Int, to bucket: CounterKey, rate: Double, burst: Double) {
        self.store.state.withLock { $0.giveBack(count, to: bucket, rate: rate, burst: burst) }
    }

    /// Delivers what other shards, or the disk, left in the mailbox.
    func drain() {
        let index = self.index
        self.deliveries.append(contentsOf: self.store.state.withLock { $0.takeMail(of: index) })
        self.deliver()
    }

    func deliverWaiting() { self.drain() }

    /// One at a time even when a delivery leads to another append: entries of a log never overtake each other.
    func deliver() {
        guard !self.isDelivering, !self.deliveries.isEmpty else { return }
        self.isDelivering = true
        defer { self.isDelivering = false }
        while let next = self.deliveries.popFirst() {
            switch next {
            case .entry(let entry, let log): self.receiver.received(entry, of: log)
            case .answer: self.answers.popFirst()?.tell(nil)
            case .delay: self.tellDelay()
            case .end: self.answers.popFirst()?.tell(.closed)
            }
        }
    }

    /// The disk does not have what waits, for now.
    private func tellDelay() {
        for index in self.answers.indices {
            let unsettled = self.answers[index].unsettled
            self.answers[index].unsettled = nil
            unsettled?()
        }
    }
}
