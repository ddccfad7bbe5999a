import Backoff
import Logging
import NIOCore
import Observability
import StateStore
import UnixSignals

/// What a process waits for before it serves: stores that answer, and a schema that it knows.
///
/// One that ended instead would be started again ever more rarely, and would say why only in a log of the past. It waits, says
/// in its readiness what for, and goes on within seconds once that is there.
enum StoresAtStart {
    /// Waits for the stores, and for the operator or `roost migrate up` to make the schema.
    ///
    /// - Parameters:
    ///   - durable: The durable store.
    ///   - url: Where the first live store is.
    ///   - redis: How it is used.
    ///   - group: Where its connections live.
    ///   - readiness: Says what is waited for.
    ///   - logger: Says it too.
    ///   - format: How a failure is written.
    /// - Returns: The live store; nil if the process was told to end meanwhile.
    /// - Throws: The exit code of a store that waiting does not help.
    static func open(
        _ durable: DurableStore,
        _ url: String,
        _ redis: RedisConfiguration,
        on group: any EventLoopGroup,
        _ readiness: Readiness,
        logger: Logger,
        _ format: LineLogHandler.Format
    ) async throws -> (any LiveStore)? {
        do {
            let schema: Void? = try await self.wait(for: "schema", readiness, logger: logger) { error in
                switch error as? DurableStoreError {
                case .schema(.older): true
                case let error?: error.isTransient
                case nil: false
                }
            } _: {
                try await durable.migrator.requireCurrent()
            }
            guard schema != nil else { return nil }
            return try await self.wait(for: "store", readiness, logger: logger) { error in
                if case .unavailable? = error as? LiveStoreError { true } else { false }
            } _: {
                try await RedisLiveStore.connect(url: url, group: group, logger: logger, configuration: redis)
            }
        } catch { throw CommandFailure.exit(CommandFailure.unavailable, "\(error)", as: format) }
    }

    /// Tries something until it succeeds, or the process is told to end.
    ///
    /// - Parameters:
    ///   - condition: The condition of the readiness.
    ///   - readiness: Says what is waited for.
    ///   - logger: Says it too, each time that it is something else.
    ///   - clock: Times the pauses.
    ///   - mayHelp: Whether waiting may be of use after this error.
    ///   - body: What is tried.
    /// - Returns: What it returned; nil if the process was told to end (SIGTERM, SIGINT).
    /// - Throws: What waiting does not help against.
    static func wait<Value: Sendable>(
        for condition: String,
        _ readiness: Readiness,
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
        mayHelp: @escaping @Sendable (any Error) -> Bool,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { break }
                return nil
            }
            group.addTask {
                var backoff = Backoff(first: .milliseconds(250), longest: .seconds(4))
                var said: String?
                while true {
                    do {
                        let value = try await body()
                        readiness.met(condition)
                        if said != nil { logger.notice("\(condition) is there") }
                        return value
                    } catch {
                        guard mayHelp(error) else { throw error }
                        let reason = "\(error)"
                        readiness.failed(condition, reason)
                        if said != reason {
                            logger.warning("waiting for \(condition)", metadata: ["reason": "\(reason)"])
                        }
                        said = reason
                        try await clock.sleep(for: backoff.failed())
                    }
                }
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
