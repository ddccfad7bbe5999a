package import Tenant

/// One shard's way to the live store.
///
/// Loop-bound: used only on the event loop that it was made on.
package protocol LiveStoreClient: AnyObject {
    var producer: ProducerID { get }

    /// False while the calls in flight are at their bound or the store is away: the shard stops reading from clients.
    /// ``LiveStoreReceiver/storeBecameReady()`` says when it is true again. Calls are still taken up to a hard bound,
    /// past which they fail with ``LiveStoreError/busy``.
    var isReady: Bool { get }

    /// Whether a tenant's clients may be read from: false also while the tenant is about to have more in the feed than
    /// it may. ``LiveStoreReceiver/storeBecameReady()`` says when that may have changed.
    func isReady(for tenant: TenantID) -> Bool

    /// Delivers now what is there to be delivered and would be a little later.
    ///
    /// For who is about to send what a turn had for its clients: one go is half the work of two.
    func deliverWaiting()

    /// Applies a transaction, once however often the connection breaks. Calls of one client are applied in order.
    ///
    /// What the store has not taken up by the call's deadline it refuses, however late it gets it, so a call that fails with
    /// ``LiveStoreError/unavailable(reason:)`` or ``LiveStoreError/busy`` never happens. If it was sent, only the store knows:
    /// the completion waits until the store can be asked. Entries of followed logs, the client's own included, come through
    /// the receiver, before the completion.
    ///
    /// - Parameters:
    ///   - transaction: What to apply.
    ///   - unsettled: Called, once at most and before the completion, when the deadline has passed and it is not known
    ///     whether the transaction was applied.
    ///   - completion: Gets how it ended.
    func append(
        _ transaction: Transaction,
        unsettled: (() -> Void)?,
        _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void
    )

    /// Applies one change that rests on one condition: what nearly every message is, without a list of either.
    ///
    /// Otherwise as ``append(_:unsettled:_:)``, in order with its calls. The completion gets nil if the condition failed.
    func append(
        _ change: LogChange,
        if condition: Condition,
        unsettled: (() -> Void)?,
        _ completion: @escaping (Result<Stamp?, LiveStoreError>) -> Void
    )

    /// Loads a log and delivers its later entries to the receiver, in order and without gaps, until `unfollow`.
    ///
    /// A later follow of the same log by this client loads it again and takes the place of the one before.
    func follow(_ token: FollowToken, _ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void)

    /// Ends a follow, whether it was answered or not; does nothing if a later one took its place.
    func unfollow(_ token: FollowToken)

    /// Loads logs as they are, each in one step, without following them. The snapshots come in the order of the keys.
    func load(_ logs: [LogKey], _ completion: @escaping (Result<[Snapshot], LiveStoreError>) -> Void)

    /// Recent entries of a log after a position, oldest first, as far as the store still has them.
    func entries(
        of log: LogKey,
        after sequence: UInt64,
        limit: Int,
        _ completion: @escaping (Result<[Entry], LiveStoreError>) -> Void
    )

    /// Reads some of what stands beside logs, each in one step: it costs what is asked for, however many fields the logs have.
    ///
    /// The excerpts come in the order of the keys.
    func excerpts(
        of logs: [LogKey],
        _ request: Excerpt.Request,
        _ completion: @escaping (Result<[Excerpt], LiveStoreError>) -> Void
    )

    /// Some of a tenant's logs of one kind, about `limit`, with some of what stands beside them.
    ///
    /// Pass `nil` first, then the cursor that the page has, until that is `nil`. A log that exists throughout comes at least
    /// once. A page is read in one step, so `limit` is for how long everybody else waits: some hundred.
    func page(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        after cursor: String?,
        limit: Int,
        _ request: Excerpt.Request,
        _ completion: @escaping (Result<Excerpt.Page, LiveStoreError>) -> Void
    )

    /// How many logs of one kind a tenant has: kept, not counted.
    func count(_ tenant: TenantID, _ kind: LogKey.Kind, _ completion: @escaping (Result<Int, LiveStoreError>) -> Void)

    /// Takes up to `wanted` slots of a counter, held under this pod's lease until released.
    ///
    /// The sum over all pods never exceeds `limit`. The completion gets how many were granted; after a failure none are held:
    /// what turns out to be granted later is given back.
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
    /// The completion gets how many were granted. So what is to happen N times a minute at most, such as a log-in from one network,
    /// is `take(1, from: CounterKey(tenant, "log-ins", of: network), rate: N / 60, burst: N)` before it is tried, and
    /// ``giveBack(_:to:rate:burst:)`` if it turns out well.
    ///
    /// Of buckets with an ``CounterKey/item`` a store keeps the ``CounterNumbers/items`` with the least in them, by tenant and
    /// name; all others are full. They fill within a day, however slow the rate. Any other bucket is for names that are not
    /// chosen by somebody outside.
    func take(
        _ wanted: Int,
        from bucket: CounterKey,
        rate: Double,
        burst: Double,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    )

    /// Puts tokens back into a bucket, as far as there is room in it.
    ///
    /// Never fails: if the store is away they come back with time.
    func giveBack(_ count: Int, to bucket: CounterKey, rate: Double, burst: Double)
}

extension LiveStoreClient {
    /// The same for every tenant.
    package func isReady(for tenant: TenantID) -> Bool { self.isReady }

    /// Does nothing: all comes when it comes.
    package func deliverWaiting() {}

    /// Applies a transaction for who can wait until it is known how it ended.
    package func append(_ transaction: Transaction, _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void) {
        self.append(transaction, unsettled: nil, completion)
    }

    /// Applies one change under one condition for who can wait until it is known how it ended.
    package func append(
        _ change: LogChange,
        if condition: Condition,
        _ completion: @escaping (Result<Stamp?, LiveStoreError>) -> Void
    ) {
        self.append(change, if: condition, unsettled: nil, completion)
    }

    package func append(
        _ change: LogChange,
        if condition: Condition,
        unsettled: (() -> Void)?,
        _ completion: @escaping (Result<Stamp?, LiveStoreError>) -> Void
    ) {
        self.append(Transaction(conditions: [condition], changes: [change]), unsettled: unsettled) { result in
            switch result {
            case .success(.appended(let stamps)): completion(.success(stamps.first))
            case .success(.refused): completion(.success(nil))
            case .failure(let error): completion(.failure(error))
            }
        }
    }
}
