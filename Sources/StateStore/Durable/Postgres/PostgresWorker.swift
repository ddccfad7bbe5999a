import Backoff
import Dispatch
import Logging

/// One connection's place in the pool: its queue, the connection while there is one, and when to try to get one.
///
/// Unchecked, because the compiler cannot see that everything mutable is touched on the serial queue only.
final class PostgresWorker: @unchecked Sendable {
    /// How long the server may take to roll back.
    private static let rollbackTimeout = Duration.seconds(2)

    private let connector: PostgresConnector
    private let waker: PostgresWaker
    private let queue: DispatchQueue
    private let logger: Logger
    private var connection: PostgresConnection?
    private var backoff = Backoff()
    private var nextAttempt = ContinuousClock.now
    private var lastFailure: DurableStoreError?

    /// - Throws: ``DurableStoreError/unavailable(reason:)`` if the process has no descriptors left.
    init(_ connector: PostgresConnector, number: Int, logger: Logger) throws(DurableStoreError) {
        self.connector = connector
        self.waker = try PostgresWaker()
        self.queue = DispatchQueue(label: "roost.postgres.\(number)")
        self.logger = logger
    }

    func start(_ job: PostgresJob) { self.queue.async { job.run(self) } }

    func disconnect() async {
        await withCheckedContinuation { continuation in
            self.queue.async {
                self.drop()
                continuation.resume()
            }
        }
    }

    /// Runs a transaction.
    ///
    /// Called on the queue.
    func transaction<Answer>(
        _ scope: SQLScope,
        _ access: SQLAccess,
        _ call: PostgresCall,
        _ body: (any SQLConnection) throws(DurableStoreError) -> Answer
    ) -> Result<Answer, DurableStoreError> {
        var isSecond = false
        while true {
            do throws(DurableStoreError) {
                let connection = try self.begin(scope, access, call)
                let answer = try body(connection)
                try connection.commit()
                connection.call = nil
                return .success(answer)
            } catch {
                let hasLostStatement = self.connection?.hasLostStatement ?? false
                self.rollBack()
                // It was rolled back, and the connection does not rely on what it lost any more.
                guard hasLostStatement, !isSecond else { return .failure(error) }
                isSecond = true
            }
        }
    }

    /// Gets a connection and opens the transaction on it.
    ///
    /// A connection that broke while it was idle shows here, where nothing was done yet that must not be done twice.
    private func begin(
        _ scope: SQLScope,
        _ access: SQLAccess,
        _ call: PostgresCall
    ) throws(DurableStoreError) -> PostgresConnection {
        while true {
            let connection = try self.connected(call)
            do throws(DurableStoreError) {
                try connection.begin(scope, access, call)
                return connection
            } catch {
                guard connection.isBroken, error.isTransient, error != .timedOut else { throw error }
                self.failed(error)
            }
        }
    }

    private func connected(_ call: PostgresCall) throws(DurableStoreError) -> PostgresConnection {
        if let connection = self.connection, !connection.isBroken { return connection }
        while true {
            do throws(DurableStoreError) {
                try call.pause(until: self.nextAttempt)
            } catch .timedOut {
                throw self.lastFailure ?? .timedOut
            }
            do throws(DurableStoreError) {
                let connection = try self.connector.connect(call, self.waker)
                if self.backoff.failures > 0 { self.logger.info("connected to the database again") }
                self.backoff.succeeded()
                self.lastFailure = nil
                self.connection = connection
                return connection
            } catch {
                // What is tried as the time runs out fails for that, and says nothing.
                if ContinuousClock.now >= call.deadline, let lastFailure = self.lastFailure { throw lastFailure }
                self.failed(error)
                guard error.isTransient else { throw error }
            }
        }
    }

    private func failed(_ error: DurableStoreError) {
        self.drop()
        guard error.isTransient else { return }
        self.lastFailure = error
        let delay = self.backoff.failed()
        self.nextAttempt = .now.advanced(by: delay)
        self.logger.warning(
            "no connection to the database",
            metadata: ["reason": "\(error.debugDescription)", "attempt": "\(self.backoff.failures)"]
        )
    }

    private func rollBack() {
        guard let connection = self.connection else { return }
        if !connection.isBroken { connection.rollBack(within: Self.rollbackTimeout) }
        connection.call = nil
        if connection.isBroken { self.drop() }
    }

    private func drop() {
        self.connection?.finish()
        self.connection = nil
    }
}
