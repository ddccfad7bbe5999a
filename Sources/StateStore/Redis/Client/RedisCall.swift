import NIOCore

/// One command on its way, kept until it is answered so that it can be sent again.
final class RedisCall {
    /// What is sent.
    enum Content {
        /// Harmless to repeat, and to give up.
        case bytes(ByteBuffer)
        /// Becomes bytes, and gets its number, when it is sent for the first time.
        case batch(RedisBatch)
        /// Applied once, and before the time that stands at an index; sent again until the server has answered.
        case numbered(ByteBuffer, expiry: Int)
    }

    var content: Content
    /// Whether the store remembers the call's number, so that only so many may be under way.
    let isNumbered: Bool
    /// When the caller gives up; nil never.
    let deadline: NIODeadline?
    /// How often it was sent.
    var sends = 0
    private var late: (() -> Void)?
    private var completion: ((Result<RedisReply, LiveStoreError>) -> Void)?

    /// - Parameters:
    ///   - content: What is sent.
    ///   - deadline: When the caller gives up; nil never.
    ///   - late: Called if a numbered call was sent and has no answer at its deadline: only the server knows what became of it.
    ///   - completion: Gets the answer.
    init(
        _ content: Content,
        deadline: NIODeadline?,
        late: (() -> Void)? = nil,
        _ completion: @escaping (Result<RedisReply, LiveStoreError>) -> Void
    ) {
        self.content = content
        self.deadline = deadline
        self.late = late
        self.completion = completion
        if case .batch = content { self.isNumbered = true } else { self.isNumbered = false }
    }

    /// Nobody waits for the answer any more: the call is not sent again, its answer is passed over.
    var isAbandoned: Bool { self.completion == nil }

    /// Whether the server may have applied it, or may yet.
    var isUnsettled: Bool { self.isNumbered && self.sends > 0 }

    func isLate(_ now: NIODeadline) -> Bool { self.deadline.map { $0 <= now } ?? false }

    /// The deadline has passed, and only the server knows what became of it.
    func tellLate() {
        let late = self.late
        self.late = nil
        late?()
    }

    func complete(_ result: Result<RedisReply, LiveStoreError>) {
        let completion = self.completion
        self.completion = nil
        self.late = nil
        completion?(result)
    }
}
