// A shard's way to the store, as slow as the run wants it.

import DequeModule
import NIOCore
import NIOEmbedded
import StateStore
import Synchronization

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
final class StoreLink {
    private enum Arrival {
        case entry(Entry, LogKey)
        case answer(() -> Void)
    }

    private let client: any LiveStoreClient
    private let mailbox = Mailbox()
    private let loop = EmbeddedEventLoop()
    private var requests: Deque<() -> Void> = []
    private var arrivals: [Arrival] = []
    private var followed: Set<LogKey> = []
    /// Sees each transaction at the moment at which the store applies it.
    private let witness: (Transaction, Outcome) -> Void
    /// Gets the entries of followed logs.
    var receive: (Entry, LogKey) -> Void = { _, _ in }

    init(store: InProcessLiveStore, witness: @escaping (Transaction, Outcome) -> Void) {
        self.witness = witness
        self.client = store.makeClient(on: self.loop, receiver: self.mailbox)
    }

    var requestsUnderWay: Int { self.requests.count }
    var arrivalsUnderWay: Int { self.arrivals.count }

    // MARK: The shard's side

    func append(_ transaction: Transaction, _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void) {
        self.requests.append { [self] in
            self.client.append(transaction) { result in
                if case .success(let outcome) = result { self.witness(transaction, outcome) }
                self.answer { completion(result) }
            }
        }
    }

    /// Follows a log.
    ///
    /// - Parameters:
    ///   - log: what to follow.
    ///   - mark: asked at the moment at which the store reads the log.
    ///   - completion: gets the log's state and the mark.
    func follow<Mark>(
        _ log: LogKey,
        mark: @escaping () -> Mark,
        _ completion: @escaping (Result<Snapshot, LiveStoreError>, Mark) -> Void
    ) {
        self.requests.append { [self] in
            self.client.follow(log) { result in
                let mark = mark()
                self.answer {
                    self.followed.insert(log)
                    completion(result, mark)
                }
            }
        }
    }

    func unfollow(_ log: LogKey) {
        self.followed.remove(log)
        self.requests.append { [self] in self.client.unfollow(log) }
    }

    func load(_ log: LogKey, _ completion: @escaping (Result<[Snapshot], LiveStoreError>) -> Void) {
        self.requests.append { [self] in
            self.client.load([log]) { result in self.answer { completion(result) } }
        }
    }

    /// Reads a log past the network, for those who look on.
    func peek(_ log: LogKey, _ completion: @escaping (Snapshot?) -> Void) {
        self.client.load([log]) { result in
            if case .success(let snapshots) = result { completion(snapshots.first) }
        }
    }

    private func answer(_ completion: @escaping () -> Void) {
        self.collect()
        self.arrivals.append(.answer(completion))
    }

    // MARK: The network's side

    /// Brings the oldest request to the store.
    func carry() { self.requests.popFirst()?() }

    /// Fetches what the store has published since.
    func collect() {
        self.loop.run()
        self.arrivals += self.mailbox.take().map { .entry($0.0, $0.1) }
    }

    /// Brings something of what may come next to the shard.
    func deliver(_ random: inout SeededRandom) {
        guard let index = self.deliverable.isEmpty ? nil : random.pick(self.deliverable, or: 0) else { return }
        switch self.arrivals.remove(at: index) {
        case .entry(let entry, let log): if self.followed.contains(log) { self.receive(entry, log) }
        case .answer(let complete): complete()
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
