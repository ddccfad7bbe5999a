import Logging
import NIOCore
import Observability
import Tenant

/// One shard's way to Redis: a connection for calls and one for the logs it follows, both on the shard's loop.
///
/// What the shard appends, reserves and takes in one turn of its loop goes in one function call. A call that was not
/// answered when the connection broke is sent again under its number and applied once; with each it is told until when it
/// may be applied, by the server's clock. So what was sent is settled by sending it again, as long as that takes.
///
/// Completions of calls come in order, except that one waits, by itself, for the entries that must be delivered before, and
/// that who wants slots, tokens or an answer to a question is told at the deadline in any case.
final class RedisLiveClient: LiveStoreClient {
    let producer: ProducerID
    let pod: PodID
    let pipeline: RedisPipeline
    let following: RedisFollowing
    let settings: RedisSettings
    private(set) var isReady = false
    var slots = RedisSlots()
    var releaseIsUnderWay = false
    var retakeIsUnderWay = false
    private let receiver: any LiveStoreReceiver
    private let keep: [UInt64]
    private var batch: RedisBatch?
    private var calls = 0
    private var bytes = 0
    private var isClosed = false
    /// Since when the server has written, as it said last.
    private(set) var since: Int?
    /// How often the connection for subscriptions had come up when the one for calls was lost.
    private var connectionsAtLoss: Int?

    init(
        _ settings: RedisSettings,
        pod: PodID,
        producer: ProducerID,
        on loop: any EventLoop,
        receiver: any LiveStoreReceiver,
        logger: Logger
    ) {
        self.settings = settings
        self.pod = pod
        self.producer = producer
        self.receiver = receiver
        let kinds: [LogKey.Kind] = [.channel, .user, .nick, .tenant, .projection, .account, .hold, .logins]
        self.keep = kinds.map { UInt64(max(1, settings.configuration.entriesKept[$0] ?? 1)) }
        let commands = RedisLink(
            settings,
            on: loop,
            logger: logger,
            greeting: RedisGreeting(settings.endpoint, needsLibrary: true)
        )
        let subscriptions = RedisLink(
            settings,
            on: loop,
            logger: logger,
            greeting: RedisGreeting(settings.endpoint, needsLibrary: false)
        )
        self.pipeline = RedisPipeline(commands, hasLibrary: true)
        self.following = RedisFollowing(subscriptions, self.pipeline, receiver: receiver)
        self.pipeline.onChange = { [weak self] in self?.pipelineChanged() }
        self.pipeline.onTick = { [weak self] _ in
            self?.sendRetakes()
            self?.sendReleases()
        }
        self.pipeline.onPing = { [weak self] since in self?.heard(since: since) }
        self.following.onChange = { [weak self] in self?.updateReadiness() }
        commands.start()
        subscriptions.start()
    }

    /// Fails what waits and ends both connections.
    func close() {
        guard !self.isClosed else { return }
        self.isClosed = true
        self.isReady = false
        self.batch = nil
        self.pipeline.close()
        self.following.close()
    }

    var deadline: NIODeadline { self.following.deadline }

    /// A server that began anew may have gone back in time.
    ///
    /// If only the connection for calls was lost, the one for subscriptions may still be to the server before it.
    private func heard(since: Int) {
        defer { self.since = since }
        guard let known = self.since, known != since else { return }
        self.since = since
        self.slots.beganAnew()
        self.sendRetakes()
        if self.connectionsAtLoss == self.following.connections, self.following.isUp {
            self.following.link.cut("the store began anew")
        } else {
            self.following.storeBeganAnew()
        }
    }

    private func pipelineChanged() {
        if !self.pipeline.isUp { self.connectionsAtLoss = self.following.connections }
        self.updateReadiness()
    }

    // MARK: Operations, which are batched

    func append(
        _ transaction: Transaction,
        unsettled: (() -> Void)?,
        _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void
    ) {
        if let error = self.refusal { return completion(.failure(error)) }
        self.add { batch in
            batch.add(transaction, key: { self.following[$0]?.packedKey }, unsettled: unsettled, completion)
        }
    }

    func reserve(
        _ wanted: Int,
        of counter: CounterKey,
        limit: Int,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) {
        if let error = self.refusal { return completion(.failure(error)) }
        self.add { $0.reserve(wanted, of: counter, limit: limit, pod: self.pod, Caller(completion)) }
    }

    func take(
        _ wanted: Int,
        from bucket: CounterKey,
        rate: Double,
        burst: Double,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) {
        if let error = self.refusal { return completion(.failure(error)) }
        self.add { $0.take(wanted, from: bucket, rate: rate, burst: burst, Caller(completion)) }
    }

    func giveBack(_ count: Int, to bucket: CounterKey, rate: Double, burst: Double) {
        guard count > 0, self.refusal == nil else { return }
        self.add { $0.giveBack(count, to: bucket, rate: rate, burst: burst) }
    }

    private func add(_ body: (RedisBatch) -> Void) {
        let batch = self.openBatch()
        let before = batch.size
        body(batch)
        batch.charged += batch.size - before
        self.took(calls: 1, bytes: batch.size - before)
    }

    private func openBatch() -> RedisBatch {
        let configuration = self.settings.configuration
        if let batch = self.batch, !batch.isSealed, batch.operations.count < configuration.batchOperations,
            batch.size < configuration.batchBytes
        {
            return batch
        }
        let batch = self.makeBatch()
        self.batch = batch
        // Once a call, not once an entry: the loop's path of a message asks no clock.
        let began = configuration.appendTimes.map { ($0, NIODeadline.now()) }
        let call = RedisCall(.batch(batch), deadline: self.deadline, late: { Self.tellLate(batch) }) { result in
            if case .success = result, let (times, start) = began {
                times.observe(.nanoseconds((NIODeadline.now() - start).nanoseconds))
            }
            self.answered(batch, result)
        }
        self.pipeline.enqueue(call)
        return batch
    }

    func makeBatch() -> RedisBatch { RedisBatch(self.producer, keep: self.keep) }

    private func answered(_ batch: RedisBatch, _ result: Result<RedisReply, LiveStoreError>) {
        batch.isSealed = true
        self.gave(calls: batch.operations.count, bytes: batch.charged)
        var answer = RedisBatchAnswer(result)
        for operation in batch.operations {
            switch operation {
            case .grant(let grant):
                grant.tell(answer.grant())
            case .slots(let grant, let counter):
                self.granted(answer.slots(), of: counter, to: grant)
            case .transaction(let transaction, _, let completion):
                self.deliver(answer.outcome(of: transaction), of: transaction, completion)
            }
        }
        self.updateReadiness()
    }

    private func granted(
        _ answer: Result<RedisBatchAnswer.Slots, LiveStoreError>,
        of counter: CounterKey,
        to grant: Caller<Int>
    ) {
        if case .success(let slots) = answer {
            // Before this one: it was granted after the server began anew.
            self.heard(since: slots.since)
            self.slots.granted(slots.count, of: counter)
        }
        let isWanted = grant.tell(answer.map(\.count))
        if !isWanted, case .success(let slots) = answer { self.release(slots.count, of: counter) }
    }

    /// The deadline of a batch has passed, and only the server knows what became of it.
    private static func tellLate(_ batch: RedisBatch) {
        for operation in batch.operations {
            switch operation {
            case .grant(let grant), .slots(let grant, _):
                grant.tell(.failure(.unavailable(reason: "no answer in time")))
            case .transaction(_, let unsettled, _):
                unsettled?()
            }
        }
    }

    /// Tells an outcome once the entries that belong to it were delivered.
    private func deliver(
        _ answer: Result<RedisBatchAnswer.Decision, LiveStoreError>,
        of transaction: Transaction,
        _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void
    ) {
        switch answer {
        case .failure(let error):
            completion(.failure(error))
        case .success(.appended(let stamps)):
            var delivery: RedisDelivery?
            for (change, stamp) in zip(transaction.changes, stamps) {
                self.hold(&delivery, .appended(stamps), until: .reached(stamp.position), in: change.log, completion)
            }
            if delivery == nil { completion(.success(.appended(stamps))) }
        case .success(.feedFull):
            completion(.failure(.busy))
        case .success(.refused(let index, let tail)):
            guard transaction.conditions.indices.contains(index) else {
                return completion(.failure(.invalidAnswer("a condition that is none")))
            }
            let log = transaction.conditions[index].log
            var delivery: RedisDelivery?
            let goal: RedisReplica.Goal =
                tail == .none ? .gone(self.following[log]?.position.epoch ?? 0) : .reached(tail)
            self.hold(&delivery, .refused(condition: index), until: goal, in: log, completion)
            if delivery == nil { completion(.success(.refused(condition: index))) }
        }
    }

    private func hold(
        _ delivery: inout RedisDelivery?,
        _ outcome: Outcome,
        until goal: RedisReplica.Goal,
        in log: LogKey,
        _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void
    ) {
        guard let replica = self.following[log], replica.isFollowed, !replica.has(goal) else { return }
        let held = delivery ?? RedisDelivery(outcome, completion)
        delivery = held
        replica.wait(for: goal, since: .now(), held)
        self.following.watch(replica)
    }

    // MARK: Reads, which are not

    /// Sends a read behind everything that was called before it.
    ///
    /// The reply is valid only while `completion` runs.
    func read(_ bytes: ByteBuffer, _ completion: @escaping (Result<RedisReply, LiveStoreError>) -> Void) {
        if let error = self.refusal { return completion(.failure(error)) }
        self.batch?.isSealed = true
        let size = bytes.readableBytes
        self.took(calls: 1, bytes: size)
        self.pipeline.enqueue(bytes, deadline: self.deadline) { result in
            self.gave(calls: 1, bytes: size)
            completion(result)
            self.updateReadiness()
        }
    }

    /// The same for a reply that is parsed.
    func read<Value>(
        _ bytes: ByteBuffer,
        _ completion: @escaping (Result<Value, LiveStoreError>) -> Void,
        _ parse: @escaping (RedisReply) -> Result<Value, LiveStoreError>
    ) {
        self.read(bytes) { completion($0.flatMap(parse)) }
    }

    // MARK: Bounds

    /// Why no call is taken now.
    var refusal: LiveStoreError? {
        if self.isClosed { return .closed }
        let bounds = self.settings.configuration
        return self.calls >= bounds.hardCalls || self.bytes >= bounds.hardBytes ? .busy : nil
    }

    private func took(calls: Int, bytes: Int) {
        self.calls += calls
        self.bytes += bytes
        if self.isReady { self.updateReadiness() }
    }

    private func gave(calls: Int, bytes: Int) {
        self.calls -= calls
        self.bytes -= bytes
    }

    /// Once at its bound a client is ready again at half of it.
    private func updateReadiness() {
        guard !self.isClosed else { return }
        let bounds = self.settings.configuration
        let share = self.isReady ? 1 : 2
        let ready =
            self.pipeline.isUp && self.following.isUp && self.calls <= bounds.softCalls / share
            && self.bytes <= bounds.softBytes / share
        guard ready != self.isReady else { return }
        self.isReady = ready
        if ready { self.receiver.storeBecameReady() }
    }
}
