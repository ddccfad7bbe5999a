import NIOCore

/// Operations that go to the store in one function call, as MessagePack, in the order they were added.
///
/// `RedisLibrary.calls` reads what is written here.
final class RedisBatch {
    /// Who waits for an operation's result.
    enum Operation {
        /// With whom to tell that it is late.
        case transaction(Transaction, (() -> Void)?, (Result<Outcome, LiveStoreError>) -> Void)
        case grant(Caller<Int>)
        case slots(Caller<Int>, CounterKey)
    }

    private(set) var operations: [Operation] = []
    /// No more operations may be added: something later waits behind the batch, or it was sent.
    var isSealed = false
    private var body = ByteBuffer()
    private var elements = 0
    private let producer: ProducerID
    private let keep: [UInt64]

    /// - Parameters:
    ///   - producer: Whose the operations are.
    ///   - keep: How many entries channels, users, nicks, tenants, the projection, accounts, holds and log-ins keep.
    init(_ producer: ProducerID, keep: [UInt64]) {
        self.producer = producer
        self.keep = keep
    }

    var size: Int { self.body.readableBytes }

    /// What its operations count for while they wait.
    var charged = 0

    // MARK: Operations

    /// - Parameters:
    ///   - transaction: What to append.
    ///   - key: The key of a log, ready to be copied, if there is one.
    ///   - unsettled: Hears that it is late and not known how it ended.
    ///   - completion: Gets the outcome.
    func add(
        _ transaction: Transaction,
        key: (LogKey) -> ByteBuffer?,
        unsettled: (() -> Void)?,
        _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void
    ) {
        self.operations.append(.transaction(transaction, unsettled, completion))
        let isFed = transaction.changes.contains { $0.feed != nil }
        self.body.writeInteger(transaction.leaves ? 6 : isFed ? 5 : 1 as UInt8)
        let length = self.body.writerIndex
        self.body.writeMultipleIntegers(0xCE as UInt8, 0 as UInt32)
        let before = self.elements
        self.body.writePacked(UInt64(transaction.conditions.count))
        self.body.writePacked(UInt64(transaction.changes.count))
        self.elements += 4
        for condition in transaction.conditions {
            self.write(condition.log, key)
            self.write(condition.test)
        }
        for change in transaction.changes { self.write(change, key) }
        self.body.setInteger(UInt32(self.elements - before - 1), at: length + 1)
    }

    func reserve(
        _ wanted: Int,
        of counter: CounterKey,
        limit: Int,
        pod: PodID,
        _ grant: Caller<Int>
    ) {
        self.operations.append(.slots(grant, counter))
        self.writeSlots(2, of: counter, pod, CounterNumbers.count(wanted), CounterNumbers.count(limit))
    }

    /// Gives slots back that a server granted that has written since then.
    func release(
        _ count: Int,
        of counter: CounterKey,
        pod: PodID,
        since: Int,
        _ grant: Caller<Int>
    ) {
        self.operations.append(.grant(grant))
        self.writeSlots(3, of: counter, pod, since, CounterNumbers.count(count))
    }

    /// Takes slots anew that were granted before the server began anew.
    ///
    /// It has written since then, as the client knows it; if that is over too, nothing is taken.
    func retake(
        _ count: Int,
        of counter: CounterKey,
        pod: PodID,
        since: Int,
        _ grant: Caller<Int>
    ) {
        self.operations.append(.grant(grant))
        self.writeSlots(7, of: counter, pod, since, CounterNumbers.count(count))
    }

    private func writeSlots(_ operation: UInt8, of counter: CounterKey, _ pod: PodID, _ first: Int, _ second: Int) {
        self.body.writeInteger(operation)
        self.body.writePacked(counter.redisSlots)
        self.body.writePacked(pod.rawValue)
        self.body.writePacked(self.producer.shard)
        self.body.writePacked(UInt64(clamping: first))
        self.body.writePacked(UInt64(clamping: second))
        self.elements += 6
    }

    func take(
        _ wanted: Int,
        from bucket: CounterKey,
        rate: Double,
        burst: Double,
        _ grant: Caller<Int>
    ) {
        self.operations.append(.grant(grant))
        if bucket.item != nil { return self.writeItem(8, bucket, wanted, rate, burst) }
        self.body.writeInteger(4 as UInt8)
        self.body.writePacked(bucket.redisBucket)
        self.body.writePacked(UInt64(CounterNumbers.count(wanted)))
        self.body.writePacked(CounterNumbers.amount(rate))
        self.body.writePacked(CounterNumbers.amount(burst))
        self.elements += 5
    }

    func giveBack(_ count: Int, to bucket: CounterKey, rate: Double, burst: Double) {
        self.operations.append(.grant(Caller { _ in }))
        if bucket.item != nil { return self.writeItem(9, bucket, count, rate, burst) }
        self.body.writeInteger(10 as UInt8)
        self.body.writePacked(bucket.redisBucket)
        self.body.writePacked(UInt64(CounterNumbers.count(count)))
        self.body.writePacked(CounterNumbers.amount(burst))
        self.elements += 4
    }

    private func writeItem(_ operation: UInt8, _ bucket: CounterKey, _ count: Int, _ rate: Double, _ burst: Double) {
        self.body.writeInteger(operation)
        self.body.writePacked(bucket.redisBucket)
        self.body.writePacked(bucket.item ?? "")
        self.body.writePacked(UInt64(CounterNumbers.count(count)))
        self.body.writePacked(CounterNumbers.interval(rate: rate, burst: burst))
        self.body.writePacked(CounterNumbers.amount(burst))
        self.elements += 6
    }

    // MARK: Writing

    /// The whole command, under the producer's next number, and where in it the time stands after which it is refused.
    func encoded(number: Int) -> (bytes: ByteBuffer, expiry: Int) {
        self.isSealed = true
        var head = ByteBuffer()
        head.writePackedArrayHead()
        head.writePacked(String(self.producer.rawValue))
        head.writePackedHead(8)
        head.writeInteger(self.producer.rawValue)
        for bound in self.keep { head.writePacked(bound) }
        head.setPackedArray(count: 2 + self.keep.count + self.elements, at: 0)

        var command = ByteBuffer()
        command.reserveCapacity(head.readableBytes + self.body.readableBytes + 160)
        command.writeRedisArray(6)
        command.writeRedisBulk("FCALL")
        command.writeRedisBulk(RedisLibrary.Function.apply.name)
        command.writeRedisBulk("0")
        command.writeRedisBulk(String(number))
        command.writeRedisBulkHead(ByteBuffer.paddedLength)
        let expiry = command.writerIndex
        command.writeRepeatingByte(UInt8(ascii: "0"), count: ByteBuffer.paddedLength)
        command.writeStaticString("\r\n")
        command.writeRedisBulkHead(head.readableBytes + self.body.readableBytes)
        command.writeBuffer(&head)
        command.writeImmutableBuffer(self.body)
        command.writeStaticString("\r\n")
        self.body = ByteBuffer()
        return (command, expiry)
    }

    private func write(_ log: LogKey, _ key: (LogKey) -> ByteBuffer?) {
        if let packed = key(log) { self.body.writeImmutableBuffer(packed) } else { self.body.writePacked(log) }
        self.elements += 1
    }

    private func write(_ test: Condition.Test) {
        switch test {
        case .unchanged(let position):
            self.body.writeInteger(1 as UInt8)
            self.body.writePacked(position.epoch)
            self.body.writePacked(position.sequence)
            self.elements += 3
        case .exists:
            self.body.writeInteger(5 as UInt8)
            self.elements += 1
        case .absent(let field):
            self.body.writeInteger(2 as UInt8)
            self.body.writePacked(field)
            self.elements += 2
        case .equals(let field, let value):
            self.body.writeInteger(3 as UInt8)
            self.body.writePacked(field)
            self.body.writePacked(value)
            self.elements += 3
        case .logsBelow(let limit):
            self.body.writeInteger(4 as UInt8)
            self.body.writePacked(UInt64(max(0, limit)))
            self.elements += 2
        }
    }

    private func write(_ change: LogChange, _ key: (LogKey) -> ByteBuffer?) {
        self.write(change.log, key)
        var flags: UInt8 = change.feed == nil ? 0 : 1
        switch change.lifetime {
        case .keep: break
        case .drop: flags += 2
        case .dropIfEmpty: flags += 4
        }
        if change.holder != .unchanged { flags += 8 }
        if !change.fields.isEmpty { flags += 16 }
        if change.after > 0 { flags += 32 }
        self.body.writeInteger(flags)
        self.body.writePackedHead(5 + change.payload.readableBytes)
        self.body.writeMultipleIntegers(change.feed == nil ? 0 : 1 as UInt8, UInt32(change.payload.readableBytes))
        self.body.writeImmutableBuffer(change.payload)
        self.elements += 2
        if change.after > 0 {
            self.body.writePacked(UInt64(clamping: change.after))
            self.elements += 1
        }
        if !change.fields.isEmpty {
            self.body.writePacked(UInt64(change.fields.count))
            for field in change.fields { self.write(field) }
            self.elements += 1 + 2 * change.fields.count
        }
        switch change.holder {
        case .unchanged: break
        case .set(let pod):
            self.body.writePacked(pod.rawValue)
            self.elements += 1
        case .cleared:
            self.body.writePacked(0 as UInt64)
            self.elements += 1
        }
        if case .dropIfEmpty(let section, let keeper) = change.lifetime {
            self.body.writePackedHead(keeper == nil ? 1 : 2)
            self.body.writeInteger(section.byte)
            if let keeper { self.body.writeInteger(keeper.byte) }
            self.elements += 1
        }
        if let label = change.feed {
            self.body.writePacked(label.text)
            self.elements += 1
        }
    }

    private func write(_ field: FieldChange) {
        switch field {
        case .set(let name, let value):
            self.body.writePacked(name)
            self.body.writePacked(value)
        case .remove(let name):
            self.body.writePacked(name)
            self.body.writePackedFalse()
        }
    }
}
