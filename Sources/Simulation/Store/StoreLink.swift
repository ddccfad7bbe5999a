// A shard's way to the store, as slow as the run wants it.

import DequeModule
import NIOCore
import StateStore
import Synchronization
import Tenant

/// Keeps what the store publishes until it is fetched.
private final class Mailbox: LiveStoreReceiver, Sendable {
    private let entries = Mutex<[(Entry, LogKey)]>([])

    func received(_ entry: Entry, of log: LogKey) { self.entries.withLock { $0.append((entry, log)) } }
    func reloaded(_ snapshot: Snapshot) {}
    func storeBecameReady() {}

    func take() -> [(Entry, LogKey)] {
        self.entries.withLock { entries in
            defer { entries = [] }
            return entries
        }
    }
}

/// Carries requests to a store, in order, and what it says back, late.
///
/// It keeps the contract of ``LiveStoreClient`` and no more: a log's entries come in order, but those of different logs
/// overtake each other; an answer comes behind every entry that the store published before it.
final class StoreLink: LiveStoreClient {
    private enum Arrival {
        case entry(Entry, LogKey)
        /// An answer; what comes in its place if the store does not remember it.
        case answer(() -> Void, forgotten: (() -> Void)?)
    }

    /// A call on its way to the store.
    private struct Request {
        let run: () -> Void
        /// Ends it when it is too late for it; nil for what never fails.
        var fail: (() -> Void)?
        let began: Int64
    }

    private let client: any LiveStoreClient
    private let mailbox = Mailbox()
    private let loop = VirtualLoop()
    private var requests: Deque<Request> = []
    private var arrivals: [Arrival] = []
    /// The latest follow of each log that was answered.
    private var followed: [LogKey: FollowToken] = [:]
    /// Sees each transaction at the moment at which the store applies it.
    private let witness: (Transaction, Outcome) -> Void
    private let receiver: any LiveStoreReceiver
    private let clock: VirtualClock
    /// Its pod is dead: nothing comes of what it still asks for.
    private(set) var isDead = false

    init(
        store: InProcessLiveStore,
        receiver: any LiveStoreReceiver,
        clock: VirtualClock,
        witness: @escaping (Transaction, Outcome) -> Void
    ) {
        self.witness = witness
        self.receiver = receiver
        self.clock = clock
        self.client = store.makeClient(on: self.loop, receiver: self.mailbox)
    }

    var producer: ProducerID { self.client.producer }
    var isReady: Bool { self.requests.count < 1000 }

    var requestsUnderWay: Int { self.requests.count }
    var arrivalsUnderWay: Int { self.arrivals.count }

    // MARK: The shard's side

    func append(
        _ transaction: Transaction,
        unsettled: (() -> Void)?,
        _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void
    ) {
        self.submit(completion) { [self] in
            self.client.append(transaction, unsettled: nil) { result in
                if case .success(let outcome) = result { self.witness(transaction, outcome) }
                self.answer({ completion(result) }) { completion(.failure(.uncertain(reason: "forgotten"))) }
            }
        }
    }

    func isReady(for tenant: TenantID) -> Bool { self.isReady }

    func follow(_ token: FollowToken, _ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void) {
        self.submit(completion) { [self] in
            self.client.follow(token) { result in
                self.answer {
                    self.followed[token.log] = token
                    completion(result)
                }
            }
        }
    }

    func unfollow(_ token: FollowToken) {
        if self.followed[token.log] == token { self.followed[token.log] = nil }
        self.submit { [self] in self.client.unfollow(token) }
    }

    func load(_ logs: [LogKey], _ completion: @escaping (Result<[Snapshot], LiveStoreError>) -> Void) {
        self.ask(completion) { client, completion in client.load(logs, completion) }
    }

    func entries(
        of log: LogKey,
        after sequence: UInt64,
        limit: Int,
        _ completion: @escaping (Result<[Entry], LiveStoreError>) -> Void
    ) { self.ask(completion) { $0.entries(of: log, after: sequence, limit: limit, $1) } }

    func excerpts(
        of logs: [LogKey],
        _ request: Excerpt.Request,
        _ completion: @escaping (Result<[Excerpt], LiveStoreError>) -> Void
    ) { self.ask(completion) { $0.excerpts(of: logs, request, $1) } }

    func page(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        after cursor: String?,
        limit: Int,
        _ request: Excerpt.Request,
        _ completion: @escaping (Result<Excerpt.Page, LiveStoreError>) -> Void
    ) { self.ask(completion) { $0.page(tenant, kind, after: cursor, limit: limit, request, $1) } }

    func count(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) { self.ask(completion) { $0.count(tenant, kind, $1) } }

    func reserve(
        _ wanted: Int,
        of counter: CounterKey,
        limit: Int,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) { self.ask(completion) { $0.reserve(wanted, of: counter, limit: limit, $1) } }

    func release(_ count: Int, of counter: CounterKey) {
        self.submit { [self] in self.client.release(count, of: counter) }
    }

    func take(
        _ wanted: Int,
        from bucket: CounterKey,
        rate: Double,
        burst: Double,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) { self.ask(completion) { $0.take(wanted, from: bucket, rate: rate, burst: burst, $1) } }

    func giveBack(_ count: Int, to bucket: CounterKey, rate: Double, burst: Double) {
        self.submit { [self] in self.client.giveBack(count, to: bucket, rate: rate, burst: burst) }
    }

    private func ask<Answer>(
        _ completion: @escaping (Result<Answer, LiveStoreError>) -> Void,
        _ call: @escaping (any LiveStoreClient, @escaping (Result<Answer, LiveStoreError>) -> Void) -> Void
    ) {
        self.submit(completion) { [self] in
            call(self.client) { result in self.answer { completion(result) } }
        }
    }

    private func submit<Answer>(
        _ completion: @escaping (Result<Answer, LiveStoreError>) -> Void,
        _ run: @escaping () -> Void
    ) {
        self.submit(run) { [self] in
            self.answer { completion(.failure(.unavailable(reason: "the store stalls"))) }
        }
    }

    private func submit(_ run: @escaping () -> Void, orElse fail: (() -> Void)? = nil) {
        if self.isDead { return }
        self.requests.append(Request(run: run, fail: fail, began: self.clock.now))
    }

    /// Reads a log past the network, for those who look on.
    func peek(_ log: LogKey) -> Snapshot? {
        var snapshot: Snapshot?
        self.client.load([log]) { result in
            if case .success(let snapshots) = result { snapshot = snapshots.first }
        }
        return snapshot
    }

    private func answer(_ completion: @escaping () -> Void, forgotten: (() -> Void)? = nil) {
        self.collect()
        self.arrivals.append(.answer(completion, forgotten: forgotten))
    }

    // MARK: The network's side

    /// Brings the oldest request to the store.
    func carry() { self.requests.popFirst()?.run() }

    /// Fails what waits for longer than its deadline: nothing of that happens any more.
    func expire(after milliseconds: Int64) {
        let now = self.clock.now
        let late = self.requests.filter { $0.fail != nil && now - $0.began > milliseconds }
        guard !late.isEmpty else { return }
        self.requests.removeAll { $0.fail != nil && now - $0.began > milliseconds }
        for request in late { request.fail?() }
    }

    /// The store forgets some of the answers that are on their way.
    func forget(percent: Int, _ random: inout SeededRandom) {
        for (index, arrival) in self.arrivals.enumerated() {
            guard case .answer(_, let forgotten?) = arrival, random.chance(percent) else { continue }
            self.arrivals[index] = .answer(forgotten, forgotten: nil)
        }
    }

    /// Its pod dies: what is under way from it and to it is gone.
    func die() {
        self.isDead = true
        self.requests = []
        self.arrivals = []
    }

    /// Fetches what the store has published since.
    func collect() {
        self.loop.run()
        self.arrivals += self.mailbox.take().map { .entry($0.0, $0.1) }
    }

    /// All logs of one kind, past the network.
    func peekAll(_ tenant: TenantID, _ kind: LogKey.Kind) -> [Snapshot] {
        var names: [LogKey] = []
        self.client.page(tenant, kind, after: nil, limit: 10_000, Excerpt.Request(fields: [])) { result in
            if case .success(let page) = result { names = page.excerpts.map(\.log) }
        }
        return names.compactMap { self.peek($0) }.filter(\.exists)
    }

    /// Brings something of what may come next to the shard.
    func deliver(_ random: inout SeededRandom) {
        guard let index = self.deliverable.isEmpty ? nil : random.pick(self.deliverable, or: 0) else { return }
        switch self.arrivals.remove(at: index) {
        case .entry(let entry, let log): if self.followed[log] != nil { self.receiver.received(entry, of: log) }
        case .answer(let complete, _): complete()
        }
    }

    /// Where in the arrivals the next of each log stands, up to the first answer.
    private var deliverable: [Int] {
        var result: [Int] = []
        var seen: Set<LogKey> = []
        for (index, arrival) in self.arrivals.enumerated() {
            switch arrival {
            case .answer: return index == 0 ? [0] : result
            case .entry(_, let log): if seen.insert(log).inserted { result.append(index) }
            }
        }
        return result
    }
}
