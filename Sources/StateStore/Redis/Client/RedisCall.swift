import NIOCore

/// One command on its way, kept until it is answered so that it can be sent again.
final class RedisCall {
    /// What is sent.
    ///
    /// A batch becomes bytes, and gets its number, when it is sent for the first time.
    enum Content {
        case bytes(ByteBuffer)
        case batch(RedisBatch)
    }

    var content: Content
    /// Whether the store remembers the call's number, so that only so many may be under way.
    let isNumbered: Bool
    /// When the caller gives up; nil never.
    let deadline: NIODeadline?
    private var completion: ((Result<RedisReply, LiveStoreError>) -> Void)?

    init(
        _ content: Content,
        deadline: NIODeadline?,
        _ completion: @escaping (Result<RedisReply, LiveStoreError>) -> Void
    ) {
        self.content = content
        self.deadline = deadline
        self.completion = completion
        if case .batch = content { self.isNumbered = true } else { self.isNumbered = false }
    }

    /// Nobody waits for the answer any more: the call is not sent again, its answer is passed over.
    var isAbandoned: Bool { self.completion == nil }

    func complete(_ result: Result<RedisReply, LiveStoreError>) {
        let completion = self.completion
        self.completion = nil
        completion?(result)
    }
}
