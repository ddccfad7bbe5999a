import NIOCore
package import StateStore
import Tenant

/// The way of one shard's calls to the store: open, shut for a while, or cut; and of a log's entries to the shard.
///
/// One thread uses it.
package final class StoreGate {
    private enum State {
        case open
        /// Calls wait, in order.
        case shut([() -> Void])
        case cut(LiveStoreError)
    }

    private var state = State.open
    /// Nothing that others append comes through: its shard misses it.
    package var isDeaf = false

    /// Lets calls wait from now on.
    package func shut() { if case .open = self.state { self.state = .shut([]) } }

    /// Fails calls from now on, those that wait too; nothing of them happens.
    package func cut(_ error: LiveStoreError = .unavailable(reason: "cut")) {
        let before = self.state
        self.state = .cut(error)
        if case .shut(let waiting) = before { for call in waiting { call() } }
    }

    /// Lets everything through again, what waits first.
    package func open() {
        let before = self.state
        self.state = .open
        if case .shut(let waiting) = before { for call in waiting { call() } }
    }

    /// Lets one call through that waits.
    package func letOneThrough() {
        guard case .shut(var waiting) = self.state, !waiting.isEmpty else { return }
        let call = waiting.removeFirst()
        self.state = .shut(waiting)
        call()
    }

    /// How many calls wait.
    package var waiting: Int { if case .shut(let waiting) = self.state { waiting.count } else { 0 } }

    // MARK: Answers

    private var losesAnswer = false
    private var lost: (() -> Void)?

    /// Keeps the answer to the next append from coming, which is done all the same.
    package func loseAnswer() { self.losesAnswer = true }

    /// Says of the append whose answer was lost that nobody knows whether it was done.
    package func giveUp() {
        let lost = self.lost
        self.lost = nil
        lost?()
    }

    fileprivate func answered(
        _ result: Result<Outcome, LiveStoreError>,
        _ then: @escaping (Result<Outcome, LiveStoreError>) -> Void
    ) {
        guard self.losesAnswer else { return then(result) }
        self.losesAnswer = false
        self.lost = { then(.failure(.uncertain(reason: "lost"))) }
    }

    // MARK: Entries

    private var held: [LogKey: [Entry]] = [:]
    private var bring: (Entry, LogKey) -> Void = { _, _ in }

    /// Keeps a log's entries back from now on: those of other logs come before them.
    package func hold(_ log: LogKey) { self.held[log] = [] }

    /// Brings a log's entries that were kept back.
    package func letGo(_ log: LogKey) {
        for entry in self.held.removeValue(forKey: log) ?? [] { self.bring(entry, log) }
    }

    /// What hears of the store by way of the gate.
    func receiver(_ inner: any LiveStoreReceiver) -> any LiveStoreReceiver {
        self.bring = { [unowned inner] in inner.received($0, of: $1) }
        return GatedReceiver(inner, self)
    }

    fileprivate func arrived(_ entry: Entry, of log: LogKey) {
        if self.isDeaf { return }
        if self.held[log] == nil { self.bring(entry, log) } else { self.held[log]?.append(entry) }
    }

    fileprivate func pass(_ call: @escaping () -> Void) {
        switch self.state {
        case .open, .cut: call()
        case .shut(let waiting): self.state = .shut(waiting + [call])
        }
    }

    fileprivate func pass<Answer>(
        _ then: @escaping (Result<Answer, LiveStoreError>) -> Void,
        _ call: @escaping (@escaping (Result<Answer, LiveStoreError>) -> Void) -> Void
    ) {
        self.pass {
            if case .cut(let error) = self.state { then(.failure(error)) } else { call(then) }
        }
    }
}

/// Brings entries to a shard as its gate lets them.
private final class GatedReceiver: LiveStoreReceiver {
    private unowned let inner: any LiveStoreReceiver
    private let gate: StoreGate

    init(_ inner: any LiveStoreReceiver, _ gate: StoreGate) {
        self.inner = inner
        self.gate = gate
    }

    func received(_ entry: Entry, of log: LogKey) { self.gate.arrived(entry, of: log) }
    func reloaded(_ snapshot: Snapshot) { self.inner.reloaded(snapshot) }
    func repairing(_ log: LogKey, next: @escaping () -> Void) { self.inner.repairing(log, next: next) }
    func storeBecameReady() { self.inner.storeBecameReady() }
}

/// Brings a shard's calls to the store as its gate lets them.
final class GatedClient: LiveStoreClient {
    private let inner: any LiveStoreClient
    private let gate: StoreGate

    init(_ inner: any LiveStoreClient, _ gate: StoreGate) {
        self.inner = inner
        self.gate = gate
    }

    var producer: ProducerID { self.inner.producer }
    var isReady: Bool { self.inner.isReady }
    func isReady(for tenant: TenantID) -> Bool { self.inner.isReady(for: tenant) }

    func append(
        _ transaction: Transaction,
        unsettled: (() -> Void)?,
        _ then: @escaping (Result<Outcome, LiveStoreError>) -> Void
    ) {
        self.gate.pass(then) { [inner, gate] then in
            inner.append(transaction, unsettled: unsettled) { gate.answered($0, then) }
        }
    }

    func follow(_ token: FollowToken, _ then: @escaping (Result<Snapshot, LiveStoreError>) -> Void) {
        self.gate.pass(then) { [inner] in inner.follow(token, $0) }
    }

    func unfollow(_ token: FollowToken) { self.gate.pass { [inner] in inner.unfollow(token) } }

    func load(_ logs: [LogKey], _ then: @escaping (Result<[Snapshot], LiveStoreError>) -> Void) {
        self.gate.pass(then) { [inner] in inner.load(logs, $0) }
    }

    func entries(
        of log: LogKey,
        after sequence: UInt64,
        limit: Int,
        _ then: @escaping (Result<[Entry], LiveStoreError>) -> Void
    ) { self.gate.pass(then) { [inner] in inner.entries(of: log, after: sequence, limit: limit, $0) } }

    func excerpts(
        of logs: [LogKey],
        _ request: Excerpt.Request,
        _ then: @escaping (Result<[Excerpt], LiveStoreError>) -> Void
    ) { self.gate.pass(then) { [inner] in inner.excerpts(of: logs, request, $0) } }

    func page(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        after cursor: String?,
        limit: Int,
        _ request: Excerpt.Request,
        _ then: @escaping (Result<Excerpt.Page, LiveStoreError>) -> Void
    ) {
        self.gate.pass(then) { [inner] in inner.page(tenant, kind, after: cursor, limit: limit, request, $0) }
    }

    func count(_ tenant: TenantID, _ kind: LogKey.Kind, _ then: @escaping (Result<Int, LiveStoreError>) -> Void) {
        self.gate.pass(then) { [inner] in inner.count(tenant, kind, $0) }
    }

    func reserve(
        _ wanted: Int,
        of counter: CounterKey,
        limit: Int,
        _ then: @escaping (Result<Int, LiveStoreError>) -> Void
    ) { self.gate.pass(then) { [inner] in inner.reserve(wanted, of: counter, limit: limit, $0) } }

    func release(_ count: Int, of counter: CounterKey) {
        self.gate.pass { [inner] in inner.release(count, of: counter) }
    }

    func take(
        _ wanted: Int,
        from bucket: CounterKey,
        rate: Double,
        burst: Double,
        _ then: @escaping (Result<Int, LiveStoreError>) -> Void
    ) { self.gate.pass(then) { [inner] in inner.take(wanted, from: bucket, rate: rate, burst: burst, $0) } }

    func giveBack(_ count: Int, to bucket: CounterKey, rate: Double, burst: Double) {
        self.gate.pass { [inner] in inner.giveBack(count, to: bucket, rate: rate, burst: burst) }
    }
}
