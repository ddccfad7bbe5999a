package import NIOCore
package import Tenant

/// What is live: the contract that the in-process and the Redis driver both keep.
///
/// A process makes one store and, for each of its shards, one ``LiveStoreClient``.
///
/// The store numbers, stamps, keeps and publishes entries in one atomic step and knows nothing of IRC. The in-process
/// driver completes calls before they return, save for what waits for its journal's disk; the Redis driver pipelines. The
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

    /// Pods whose lease lapsed and that nobody buried yet.
    func lapsedPods() async throws(LiveStoreError) -> [PodID]

    /// Logs that a lapsed pod still holds, some at a time; the caller drops or takes each over.
    func orphans(of pod: PodID, limit: Int) async throws(LiveStoreError) -> [LogKey]

    /// Forgets a lapsed pod that has no orphans left, and gives back the slots it held.
    func bury(_ pod: PodID) async throws(LiveStoreError)

    /// Waits up to `timeout` for entries on their way to the durable history, oldest first.
    ///
    /// What is not acknowledged is handed out again, to this or to another reader, so a reader stores idempotently
    /// (a record is identified by its log and position).
    func readJournal(limit: Int, timeout: Duration) async throws(LiveStoreError) -> [JournalRecord]

    /// Forgets journal records that are stored for good.
    func acknowledgeJournal(_ ids: [JournalRecord.ID]) async throws(LiveStoreError)

    /// How much of the journal is not acknowledged, in the store's own items: what one call appended is one or several
    /// records in Redis's, and each record one in process.
    ///
    /// It is 0 only if every record is acknowledged.
    func journalBacklog() async throws(LiveStoreError) -> Int

    /// How many items of the journal this process found that it cannot read: a newer one wrote them. They wait for who can.
    func unreadableJournalItems() async -> Int

    /// Makes everything of a tenant go: its logs, counters and buckets, what pods hold of them, its journal records.
    ///
    /// In bounded steps, so that nobody else waits; what is used meanwhile comes back. So a tenant is erased once no edge
    /// serves it, and again if something is left: calling it again is safe. Followers are not told. A reader of the
    /// journal that holds records of the tenant may still store them, so the durable store is erased after this.
    func erase(_ tenant: TenantID) async throws(LiveStoreError)

    /// How many things of a tenant there are, found by looking at everything that the store has.
    func remains(of tenant: TenantID) async throws(LiveStoreError) -> Int

    /// Ends connections; calls that wait fail with ``LiveStoreError/closed``.
    func shutdown() async
}

extension LiveStore {
    /// None: what this process wrote it can read.
    package func unreadableJournalItems() async -> Int { 0 }

    /// Renews the lease with nothing to carry.
    package func renewLease(for ttl: Duration) async throws(LiveStoreError) -> LeaseRenewal {
        try await self.renewLease(for: ttl, carrying: nil)
    }
}

/// One shard's way to the live store.
///
/// Loop-bound: used only on the event loop that it was made on.
package protocol LiveStoreClient: AnyObject {
    var producer: ProducerID { get }

    /// False while the calls in flight are at their bound or the store is away: the shard stops reading from clients.
    /// ``LiveStoreReceiver/storeBecameReady()`` says when it is true again. Calls are still taken up to a hard bound,
    /// past which they fail with ``LiveStoreError/busy``.
    var isReady: Bool { get }

    /// Applies a transaction, once however often the connection breaks. Calls of one client are applied in order.
    ///
    /// Entries of followed logs, the client's own included, come through the receiver, before the completion.
    func append(_ transaction: Transaction, _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void)

    /// Applies one change that rests on one condition: what nearly every message is, without a list of either.
    ///
    /// Otherwise as ``append(_:_:)``, in order with its calls. The completion gets nil if the condition failed.
    func append(
        _ change: LogChange,
        if condition: Condition,
        _ completion: @escaping (Result<Stamp?, LiveStoreError>) -> Void
    )

    /// Loads a log and delivers its later entries to the receiver, in order and without gaps, until `unfollow`.
    func follow(_ log: LogKey, _ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void)

    func unfollow(_ log: LogKey)

    /// Loads logs as they are, each in one step, without following them. The snapshots come in the order of the keys.
    func load(_ logs: [LogKey], _ completion: @escaping (Result<[Snapshot], LiveStoreError>) -> Void)

    /// Recent entries of a log after a position, oldest first, as far as the store still has them.
    func entries(
        of log: LogKey,
        after sequence: UInt64,
        limit: Int,
        _ completion: @escaping (Result<[Entry], LiveStoreError>) -> Void
    )

    /// Some names of a tenant's logs of one kind. Pass `nil` first, then the cursor returned, until that is `nil`.
    /// A log that exists throughout is named at least once.
    func names(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        cursor: String?,
        _ completion: @escaping (Result<(names: [String], next: String?), LiveStoreError>) -> Void
    )

    /// How many logs of one kind a tenant has.
    func count(_ tenant: TenantID, _ kind: LogKey.Kind, _ completion: @escaping (Result<Int, LiveStoreError>) -> Void)

    /// Takes up to `wanted` slots of a counter, held under this pod's lease until released.
    ///
    /// The sum over all pods never exceeds `limit`. The completion gets how many were granted.
    func reserve(
        _ wanted: Int,
        of counter: CounterKey,
        limit: Int,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    )

    /// Gives slots back. Never fails: what cannot be told now is told when the store is back.
    func release(_ count: Int, of counter: CounterKey)

    /// Takes up to `wanted` tokens from a bucket that fills at `rate` a second up to `burst`.
    ///
    /// The completion gets how many were granted.
    func take(
        _ wanted: Int,
        from bucket: CounterKey,
        rate: Double,
        burst: Double,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    )
}

extension LiveStoreClient {
    package func append(
        _ change: LogChange,
        if condition: Condition,
        _ completion: @escaping (Result<Stamp?, LiveStoreError>) -> Void
    ) {
        self.append(Transaction(conditions: [condition], changes: [change])) { result in
            switch result {
            case .success(.appended(let stamps)): completion(.success(stamps.first))
            case .success(.refused): completion(.success(nil))
            case .failure(let error): completion(.failure(error))
            }
        }
    }
}

/// What a shard hears from its store client.
///
/// Loop-bound like the client: called on the shard's event loop only.
package protocol LiveStoreReceiver: AnyObject {
    /// The next entry of a followed log.
    func received(_ entry: Entry, of log: LogKey)

    /// A followed log could not be repaired entry by entry (a new epoch, or too far behind): this is its state now.
    func reloaded(_ snapshot: Snapshot)

    /// ``LiveStoreClient/isReady`` is true again.
    func storeBecameReady()
}

/// Names a shared counter of a tenant: `connections`, `address/192.0.2.1`, `messages`.
package struct CounterKey: Hashable, Sendable {
    package let tenant: TenantID
    package let name: String

    package init(_ tenant: TenantID, _ name: String) {
        self.tenant = tenant
        self.name = name
    }
}

/// One process in one life: numbered by the store at start, so that a restarted pod is another one.
package struct PodID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package var description: String { String(self.rawValue) }
}

/// An entry on its way to the durable history.
package struct JournalRecord: Sendable {
    /// The store's own handle, for acknowledging.
    package struct ID: Hashable, Sendable {
        package let text: String

        package init(_ text: String) { self.text = text }
    }

    package let id: ID
    package let log: LogKey
    package let entry: Entry

    package init(id: ID, log: LogKey, entry: Entry) {
        self.id = id
        self.log = log
        self.entry = entry
    }
}

/// Why a call to the live store failed.
///
/// `description` is safe to show to a user.
package enum LiveStoreError: Error, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// Too many calls wait already; nothing was sent.
    case busy
    /// No answer within the deadline. Whether the call was applied is unknown.
    case unavailable(reason: String)
    /// The store answered with something that breaks the contract.
    case invalidAnswer(String)
    /// What was to be written is another's, who took it over in this term; nothing was applied.
    case fenced(term: UInt64)
    /// The client or the process shuts down.
    case closed

    package var description: String {
        switch self {
        case .busy: "the chat store is busy, try again"
        case .unavailable: "the chat store is unavailable, try again"
        case .invalidAnswer: "the chat store answered wrongly"
        case .fenced: "another process has taken over"
        case .closed: "the server is shutting down"
        }
    }

    package var debugDescription: String {
        switch self {
        case .unavailable(let reason): "unavailable: \(reason)"
        case .invalidAnswer(let what): "invalid answer: \(what)"
        case .fenced(let term): "fenced: another process has taken over in term \(term)"
        case .busy, .closed: self.description
        }
    }
}
