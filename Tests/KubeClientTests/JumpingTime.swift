import KubeClient
import Synchronization

/// Time that jumps: who sleeps for less than an hour wakes at once, that much later; who sleeps longer waits to be woken.
final class JumpingTime: Sendable {
    private let current = Mutex(Duration.zero)

    var source: TimeSource {
        TimeSource(now: { self.current.withLock { $0 } }, sleep: { try await self.sleep($0) })
    }

    private func sleep(_ duration: Duration) async throws {
        try Task.checkCancellation()
        guard duration < .seconds(3600) else {
            let (never, continuation) = AsyncStream.makeStream(of: Void.self)
            for await _ in never {}
            continuation.finish()
            throw CancellationError()
        }
        await Task.yield()
        self.current.withLock { $0 += max(duration, .zero) }
    }
}
