// How the parts of a process begin and end: the last that was begun ends first, and none keeps the others for longer than it may.

import ServiceLifecycle

/// A service that ends when it is cancelled.
struct Work: Service {
    /// How long its end is waited for; what it still does then ends with the process.
    private let patience: Duration
    private let clock: any Clock<Duration>
    private let body: @Sendable () async throws -> Void

    init(
        patience: Duration = .seconds(1),
        clock: any Clock<Duration> = ContinuousClock(),
        _ body: @escaping @Sendable () async throws -> Void
    ) {
        self.patience = patience
        self.clock = clock
        self.body = body
    }

    func run() async throws {
        let (results, continuation) = AsyncStream.makeStream(of: Result<Void, any Error>.self)
        let body = Task {
            do {
                try await self.body()
                continuation.yield(.success(()))
            } catch { continuation.yield(.failure(error)) }
            continuation.finish()
        }
        // In a task of its own: who is cancelled hears of no more results.
        let result = Task { await results.first { _ in true } }
        let ended = await withTaskCancellationOrGracefulShutdownHandler {
            await result.value
        } onCancelOrGracefulShutdown: {
            body.cancel()
            Task {
                try? await self.clock.sleep(for: self.patience)
                continuation.finish()
            }
        }
        try ended?.get()
        // A service that has nothing more to do stays, since one that returned would end the process.
        try await gracefulShutdown()
    }
}

/// Waits for the end, then does something before the other services stop.
struct Drain: Service {
    let body: @Sendable () async -> Void

    init(_ body: @escaping @Sendable () async -> Void) { self.body = body }

    func run() async throws {
        try await gracefulShutdown()
        await self.body()
    }
}
