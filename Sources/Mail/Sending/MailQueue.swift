// What callers and threads share. Who waits keeps the order of the calls, and a deadline counts from the call: when it is
// somebody's turn, all before have ended or their time is over. So everybody has an answer when the own time is over, and no
// timer is needed for those who wait.

import Dispatch
import Foundation
import Synchronization

/// Mails on their way to the threads that send them.
final class MailQueue: Sendable {
    /// A mail that somebody waits for.
    struct Job: Sendable {
        let message: MailMessage
        /// When its caller's time is over.
        let end: ContinuousClock.Instant
        let answer: @Sendable (Result<Void, MailError>) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        /// Those that wait, and those that are being sent.
        var accepted = 0
        var threads = 0
        var isClosed = false
        /// When those that are being sent are given up.
        var giveUp: ContinuousClock.Instant?
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    /// Counts the jobs that wait.
    private let calls = DispatchSemaphore(value: 0)
    private let server: MailServer
    private let connectTime: Duration
    private let threads: Int
    private let longest: Int

    /// - Parameters:
    ///   - server: Whom to send to.
    ///   - connectTime: How long it may take until mail can be sent.
    ///   - threads: How many mails are sent at once.
    ///   - waiting: How many more wait at most.
    init(server: MailServer, connectTime: Duration, threads: Int, waiting: Int) {
        self.server = server
        self.connectTime = connectTime
        self.threads = threads
        self.longest = threads + waiting
    }

    /// Takes a job, or answers it.
    func take(_ job: Job) {
        let refusal: MailError? = self.state.withLock { state in
            if state.isClosed { return Self.closed }
            if state.accepted >= self.longest { return .busy }
            state.accepted += 1
            state.waiting.append(job)
            if state.threads < min(self.threads, state.accepted) {
                state.threads += 1
                Thread.detachNewThread { self.run() }
            }
            return nil
        }
        if let refusal { return job.answer(.failure(refusal)) }
        self.calls.signal()
    }

    /// Takes no more, and gives those up who wait.
    ///
    /// - Parameters:
    ///   - limit: How long those may take that are being sent.
    ///   - closer: Resumed when nothing is being sent any more.
    func close(within limit: Duration, _ closer: CheckedContinuation<Void, Never>? = nil) {
        let (waiting, threads) = self.state.withLock { state in
            state.isClosed = true
            state.giveUp = min(state.giveUp ?? .now + limit, .now + limit)
            if let closer { state.closers.append(closer) }
            defer { state.waiting = [] }
            state.accepted -= state.waiting.count
            return (state.waiting, state.threads)
        }
        for job in waiting { job.answer(.failure(Self.closed)) }
        if threads == 0 { self.tellClosers() }
        for _ in 0..<threads { self.calls.signal() }
    }

    private static let closed = MailError.deferred(reason: "this process is about to end")

    // MARK: On a thread

    /// What a thread does until nobody has had a mail for a while: a mail after the other, over one connection.
    private func run() {
        Self.blockSignal()
        // Outlives this thread's place among the others: who takes leave of a server may have to wait for it.
        var connection: MailConnection?
        while self.waitForCall() {
            guard let job = self.state.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }) else {
                continue
            }
            let result = self.send(job, over: &connection)
            self.state.withLock { $0.accepted -= 1 }
            job.answer(result)
        }
    }

    private func send(_ job: Job, over connection: inout MailConnection?) -> Result<Void, MailError> {
        guard ContinuousClock.now < job.end else {
            return .failure(.deferred(reason: "\(self.server) was busy with others for too long"))
        }
        do throws(CurlProblem) {
            let kept: MailConnection
            if let connection {
                kept = connection
            } else {
                kept = try MailConnection(to: self.server, self.connectTime)
            }
            connection = kept
            let result = kept.send(job.message, until: job.end) { self.isGivenUp }
            if case .failure(.deferred) = result, self.isGivenUp { return .failure(Self.closed) }
            return result
        } catch {
            return .failure(.deferred(reason: "libcurl does not do what is needed: \(error.text)"))
        }
    }

    /// - Returns: Whether the thread goes on; else it is not counted any more.
    private func waitForCall() -> Bool {
        let came = self.calls.wait(timeout: .now() + .seconds(MailConnection.idleTime)) == .success
        let (goesOn, isLast) = self.state.withLock { state in
            let goesOn = !state.isClosed && (came || !state.waiting.isEmpty)
            if !goesOn { state.threads -= 1 }
            return (goesOn, state.isClosed && state.threads == 0)
        }
        if isLast { self.tellClosers() }
        return goesOn
    }

    private func tellClosers() {
        let closers = self.state.withLock { state in
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }

    private var isGivenUp: Bool { self.state.withLock { $0.giveUp.map { $0 <= .now } ?? false } }

    /// OpenSSL writes to sockets that the other side has closed; then the call says so, and the process goes on.
    private static func blockSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
