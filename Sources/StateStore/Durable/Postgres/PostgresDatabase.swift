// libpq blocks or wants its socket watched, and NIO cannot watch a foreign descriptor. So each connection has a serial
// queue of its own, off the event loops, on which it waits with poll(2) up to the call's deadline. Connections are few;
// calls wait for one in a bounded queue.

import CLibPQ
import DequeModule
import Dispatch
package import Logging
import Synchronization

/// A PostgreSQL database (14 or later) behind a small pool of connections.
///
/// Connections are made when needed and made again when they broke, with exponential backoff and jitter, for as long
/// as the deadline of the waiting call allows: to the first of the URL's hosts that answers and is what its
/// `target_session_attrs` asks for. TLS is as the URL's `sslmode` says.
///
/// A pooler in between that has a session of its own for each transaction, such as PgBouncer, is noticed: then nothing
/// relies on what a session keeps.
package final class PostgresDatabase: SQLDatabase {
    /// Calls that may wait for a connection at a time; one more fails with ``DurableStoreError/busy``.
    private let bound: Int
    /// How long calls that run are waited for when it is closed.
    private let patience: Duration
    private let state: Mutex<State>

    package let dialect = SQLDialect.postgres

    private struct State {
        var idle: [PostgresWorker]
        let workers: [PostgresWorker]
        var waiting: Deque<PostgresJob> = []
        /// The calls that run.
        var running: [ObjectIdentifier: PostgresCall] = [:]
        var closed = false
        var onIdle: [CheckedContinuation<Void, Never>] = []
    }

    /// Takes the URL; connects when first called.
    ///
    /// - Parameters:
    ///   - url: A connection URI of libpq.
    ///   - connections: The most connections at a time.
    ///   - bound: The most calls that may wait at a time.
    ///   - patience: How long calls that run are waited for when it is closed.
    ///   - resolver: Looks hosts up.
    ///   - logger: Hears of connections that come and go.
    /// - Throws: ``DurableStoreError/configuration(_:)`` if the URL is malformed;
    ///   ``DurableStoreError/unavailable(reason:)`` if the process has no descriptors left.
    package init(
        url: String,
        connections: Int = 4,
        bound: Int = 1024,
        patience: Duration = .seconds(2),
        resolver: HostResolver = HostResolver(),
        logger: Logger
    ) throws(DurableStoreError) {
        let count = max(connections, 1)
        let connector = PostgresConnector(try PostgresTarget(url), resolver, PostgresCanceller(bound: 4))
        let workers = try (1...count).map { number throws(DurableStoreError) in
            try PostgresWorker(connector, number: number, logger: logger)
        }
        self.bound = bound
        self.patience = patience
        self.state = Mutex(State(idle: workers, workers: workers))
    }

    package func withTransaction<Answer: Sendable>(
        _ scope: SQLScope,
        _ access: SQLAccess,
        deadline: Duration,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer {
        let call = PostgresCall(within: deadline)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Answer, DurableStoreError>, _>) in
                self.submit(
                    PostgresJob(
                        call: call,
                        run: { worker in
                            let result = worker.transaction(scope, access, call, body)
                            self.release(worker, after: call)
                            continuation.resume(returning: result)
                        },
                        fail: { continuation.resume(returning: .failure($0)) }
                    )
                )
            }
        } onCancel: {
            self.end(call, .cancelled)
        }
        return try result.get()
    }

    package func close() async {
        let (waiting, isFirst) = self.state.withLock { state in
            defer {
                state.closed = true
                state.waiting = []
            }
            return (state.waiting, !state.closed)
        }
        for job in waiting { job.fail(.closed) }
        if isFirst {
            // A server that does not answer would keep everybody for as long as its calls may take.
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(self.patience.wholeMilliseconds)) {
                for call in self.state.withLock(\.running.values) { call.end(.closed) }
            }
        }
        await withCheckedContinuation { continuation in
            let done = self.state.withLock { state in
                if state.idle.count < state.workers.count { state.onIdle.append(continuation) }
                return state.idle.count == state.workers.count
            }
            if done { continuation.resume() }
        }
        for worker in self.state.withLock(\.workers) { await worker.disconnect() }
    }

    private enum Verdict {
        case start(PostgresWorker)
        case wait
        case fail(DurableStoreError)
    }

    private func submit(_ job: PostgresJob) {
        let verdict: Verdict = self.state.withLock { state in
            if state.closed { return .fail(.closed) }
            if let reason = job.call.ended { return .fail(reason) }
            // The last one back is the first to go: the others' connections stay unused.
            if let worker = state.idle.popLast() {
                state.running[ObjectIdentifier(job.call)] = job.call
                return .start(worker)
            }
            if state.waiting.count >= self.bound { return .fail(.busy) }
            state.waiting.append(job)
            return .wait
        }
        switch verdict {
        case .start(let worker): worker.start(job)
        case .fail(let error): job.fail(error)
        case .wait:
            let time = ContinuousClock.now.duration(to: job.call.deadline)
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(time.wholeMilliseconds)) {
                self.end(job.call, .timedOut)
            }
        }
    }

    /// Ends a call that waits for a connection; one that has one is told.
    private func end(_ call: PostgresCall, _ reason: DurableStoreError) {
        let job = self.state.withLock { state in
            state.waiting.firstIndex { $0.call === call }.map { state.waiting.remove(at: $0) }
        }
        if let job {
            job.fail(reason)
        } else if reason != .timedOut {
            // A call that runs watches its deadline itself.
            call.end(reason)
        }
    }

    private func release(_ worker: PostgresWorker, after call: PostgresCall) {
        let (job, waiters) = self.state.withLock { state -> (PostgresJob?, [CheckedContinuation<Void, Never>]) in
            state.running[ObjectIdentifier(call)] = nil
            if let job = state.waiting.popFirst() {
                state.running[ObjectIdentifier(job.call)] = job.call
                return (job, [])
            }
            state.idle.append(worker)
            guard state.idle.count == state.workers.count else { return (nil, []) }
            defer { state.onIdle = [] }
            return (nil, state.onIdle)
        }
        if let job { worker.start(job) }
        for waiter in waiters { waiter.resume() }
    }
}

/// A call with what to do when it gets a connection, or does not.
struct PostgresJob: Sendable {
    let call: PostgresCall
    let run: @Sendable (PostgresWorker) -> Void
    let fail: @Sendable (DurableStoreError) -> Void
}
