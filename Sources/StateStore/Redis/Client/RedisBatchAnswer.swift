import NIOCore

/// The answer to a batch, read result by result in the order of the operations.
struct RedisBatchAnswer {
    enum Decision {
        case appended([Stamp])
        /// With the position of the log that the condition was about.
        case refused(condition: Int, tail: Position)
        /// Nothing was applied: too much waits for the durable history already.
        case journalFull
    }

    private var bytes: Result<ByteBuffer, LiveStoreError>

    init(_ result: Result<RedisReply, LiveStoreError>) {
        self.bytes = result.flatMap { $0.isString ? .success($0.buffer) : .failure(.invalidAnswer("a batch's answer")) }
    }

    mutating func outcome(of transaction: Transaction) -> Result<Decision, LiveStoreError> {
        self.next { bytes in
            switch bytes.readInteger(as: UInt8.self) {
            case UInt8(ascii: "A"):
                var stamps: [Stamp] = []
                stamps.reserveCapacity(transaction.changes.count)
                for _ in transaction.changes {
                    guard let (epoch, sequence, time) = bytes.readMultipleIntegers(as: (UInt64, UInt64, Int64).self)
                    else { return nil }
                    stamps.append(Stamp(position: Position(epoch: epoch, sequence: sequence), time: time))
                }
                return .appended(stamps)
            case UInt8(ascii: "R"):
                guard let (index, epoch, sequence) = bytes.readMultipleIntegers(as: (UInt32, UInt64, UInt64).self)
                else { return nil }
                return .refused(condition: Int(index), tail: Position(epoch: epoch, sequence: sequence))
            case UInt8(ascii: "F"):
                return .journalFull
            default:
                return nil
            }
        }
    }

    mutating func grant() -> Result<Int, LiveStoreError> {
        self.next { bytes in
            guard bytes.readInteger(as: UInt8.self) == UInt8(ascii: "G") else { return nil }
            return bytes.readInteger(as: UInt32.self).map(Int.init)
        }
    }

    /// After one result that cannot be read none can.
    private mutating func next<Value>(_ read: (inout ByteBuffer) -> Value?) -> Result<Value, LiveStoreError> {
        switch self.bytes {
        case .failure(let error):
            return .failure(error)
        case .success(var bytes):
            guard let value = read(&bytes) else {
                self.bytes = .failure(.invalidAnswer("a batch's answer"))
                return .failure(.invalidAnswer("a batch's answer"))
            }
            self.bytes = .success(bytes)
            return .success(value)
        }
    }
}
