import NIOCore

/// The answer to a batch, read result by result in the order of the operations.
struct RedisBatchAnswer {
    enum Decision {
        case appended([Stamp])
        /// With the position of the log that the condition was about.
        case refused(condition: Int, tail: Position)
        /// Nothing was applied: too much waits for the durable history already.
        case feedFull
    }

    /// Slots that were granted, and since when the server that did has written.
    struct Slots {
        let count: Int
        let since: Int
    }

    private var bytes: Result<ByteBuffer, LiveStoreError>

    init(_ result: Result<RedisReply, LiveStoreError>) {
        self.bytes = result.flatMap { reply in
            guard reply.isString else { return .failure(.invalidAnswer("a batch's answer")) }
            switch reply.bytes.first {
            // The server got it too late, and applied nothing.
            case UInt8(ascii: "X"): return .failure(.unavailable(reason: "too late"))
            case UInt8(ascii: "U"): return .failure(.uncertain(reason: "the store does not remember the call"))
            default: return .success(reply.buffer)
            }
        }
    }

    mutating func outcome(of transaction: Transaction) -> Result<Decision, LiveStoreError> {
        self.next { bytes in
            switch bytes.readInteger(as: UInt8.self) {
            case UInt8(ascii: "A"):
                var stamps: [Stamp] = []
                stamps.reserveCapacity(transaction.changes.count)
                for _ in transaction.changes {
                    guard let (epoch, sequence, time) = bytes.readMultipleIntegers(as: (UInt64, UInt64, Int64).self),
                        Position.sequences.contains(sequence)
                    else { return nil }
                    stamps.append(Stamp(position: Position(epoch: epoch, sequence: sequence), time: time))
                }
                return .success(.appended(stamps))
            case UInt8(ascii: "R"):
                guard let (index, epoch, sequence) = bytes.readMultipleIntegers(as: (UInt32, UInt64, UInt64).self)
                else { return nil }
                let tail = Position(epoch: epoch, sequence: sequence)
                return .success(.refused(condition: Int(clamping: index), tail: tail))
            case UInt8(ascii: "F"):
                return .success(.feedFull)
            case let letter: return Self.failure(letter, &bytes)
            }
        }
    }

    mutating func grant() -> Result<Int, LiveStoreError> {
        self.next { bytes in
            switch bytes.readInteger(as: UInt8.self) {
            case UInt8(ascii: "G"): bytes.readInteger(as: UInt64.self).flatMap { Int(exactly: $0) }.map { .success($0) }
            case let letter: Self.failure(letter, &bytes)
            }
        }
    }

    mutating func slots() -> Result<Slots, LiveStoreError> {
        self.next { bytes in
            switch bytes.readInteger(as: UInt8.self) {
            case UInt8(ascii: "S"):
                guard let (count, since) = bytes.readMultipleIntegers(as: (UInt64, UInt64).self) else { return nil }
                return .success(Slots(count: Int(clamping: count), since: Int(clamping: since)))
            case let letter: return Self.failure(letter, &bytes)
            }
        }
    }

    /// An operation that was not applied.
    private static func failure<Value>(_ letter: UInt8?, _ bytes: inout ByteBuffer) -> Result<Value, LiveStoreError>? {
        switch letter {
        case UInt8(ascii: "O"): .failure(.unavailable(reason: "OOM the store's memory is full"))
        case UInt8(ascii: "E"):
            bytes.readInteger(as: UInt32.self).flatMap { bytes.readString(length: Int(clamping: $0)) }
                .map { .failure(.invalidAnswer($0)) }
        default: nil
        }
    }

    /// After one result that cannot be read none can.
    private mutating func next<Value>(
        _ read: (inout ByteBuffer) -> Result<Value, LiveStoreError>?
    ) -> Result<Value, LiveStoreError> {
        switch self.bytes {
        case .failure(let error):
            return .failure(error)
        case .success(var bytes):
            guard let value = read(&bytes) else {
                self.bytes = .failure(.invalidAnswer("a batch's answer"))
                return .failure(.invalidAnswer("a batch's answer"))
            }
            self.bytes = .success(bytes)
            return value
        }
    }
}
