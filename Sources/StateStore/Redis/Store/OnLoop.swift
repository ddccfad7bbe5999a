import NIOCore
import Numbers

/// Something that lives on a loop, reached from anywhere.
struct OnLoop<Value>: Sendable {
    let loop: any EventLoop
    private let bound: NIOLoopBound<Value>

    /// Called on the loop.
    init(_ value: Value, _ loop: any EventLoop) {
        self.loop = loop
        self.bound = NIOLoopBound(value, eventLoop: loop)
    }

    /// Does something on the loop, some time.
    func execute(_ body: @escaping @Sendable (Value) -> Void) {
        self.loop.execute { body(self.bound.value) }
    }

    /// Does something on the loop and waits for what comes of it.
    func run<Result: Sendable>(_ body: @escaping @Sendable (Value) -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            self.loop.execute { continuation.resume(returning: body(self.bound.value)) }
        }
    }
}

extension OnLoop<RedisPipeline> {
    /// Sends a command and waits for its reply.
    func ask<Answer: Sendable>(
        _ command: ByteBuffer,
        within limit: Duration,
        _ parse: @escaping @Sendable (RedisReply) -> Answer?
    ) async throws(LiveStoreError) -> Answer {
        try await answer { completion in
            self.execute { pipeline in
                pipeline.enqueue(command, deadline: .now() + TimeAmount(limit)) { result in
                    completion(
                        result.flatMap { reply in
                            parse(reply).map { .success($0) } ?? .failure(.invalidAnswer("a reply of another kind"))
                        }
                    )
                }
            }
        }
    }
}

/// Waits for what a completion gets.
func answer<Answer: Sendable>(
    _ start: (@escaping @Sendable (Result<Answer, LiveStoreError>) -> Void) -> Void
) async throws(LiveStoreError) -> Answer {
    let result = await withCheckedContinuation { continuation in
        start { continuation.resume(returning: $0) }
    }
    return try result.get()
}
