import Dispatch
import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// One call to a PostgreSQL database: its deadline, and the way to end it from outside.
final class PostgresCall: Sendable {
    let deadline: ContinuousClock.Instant
    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)

    private struct State {
        var ended: DurableStoreError?
        /// Wakes the thread that waits for the server just now.
        var waker: PostgresWaker?
    }

    init(within time: Duration) { self.deadline = .now.advanced(by: time) }

    /// Why the call is to end, or nil.
    var ended: DurableStoreError? { self.state.withLock(\.ended) }

    /// Ends the call wherever it waits.
    ///
    /// A wait for the server's answer costs the connection, since the answer may still come; what the server does is
    /// cancelled, see ``PostgresCanceller``.
    func end(_ reason: DurableStoreError) {
        self.state.withLock { state in
            guard state.ended == nil else { return }
            state.ended = reason
            state.waker?.wake()
        }
        self.news.signal()
    }

    /// Has ``wait(until:for:)`` look again.
    func tell() { self.news.signal() }

    /// Blocks until a moment or the deadline, whichever comes first.
    ///
    /// - Throws: The reason if the call was ended meanwhile; ``DurableStoreError/timedOut`` at the deadline.
    func pause(until moment: ContinuousClock.Instant) throws(DurableStoreError) {
        let nothing: Never? = try self.wait(until: moment) { nil }
        guard nothing == nil else { return }
        try self.requireTime()
    }

    /// Blocks until something is there, which ``tell()`` says, or until a moment or the deadline.
    ///
    /// - Returns: What is there, or nil if it did not come.
    /// - Throws: The reason if the call was ended meanwhile.
    func wait<Value>(
        until moment: ContinuousClock.Instant,
        for value: () -> Value?
    ) throws(DurableStoreError) -> Value? {
        while true {
            if let reason = self.ended { throw reason }
            if let value = value() { return value }
            let time = ContinuousClock.now.duration(to: min(moment, self.deadline))
            guard time > .zero else { return nil }
            _ = self.news.wait(timeout: .now() + .milliseconds(time.wholeMilliseconds))
        }
    }

    /// - Throws: The reason if the call was ended; ``DurableStoreError/timedOut`` after the deadline.
    func requireTime() throws(DurableStoreError) {
        if let reason = self.ended { throw reason }
        guard ContinuousClock.now < self.deadline else { throw .timedOut }
    }

    /// Blocks until a socket can be read from (or written to), or a limit passed.
    ///
    /// - Parameters:
    ///   - socket: The socket.
    ///   - toRead: Whether to wait until it can be read from.
    ///   - toWrite: Whether to wait until it can be written to.
    ///   - limit: When to give up.
    ///   - waker: The one of the thread that calls this.
    /// - Throws: The reason if the call was ended; ``DurableStoreError/timedOut`` at the limit.
    func wait(
        for socket: Int32,
        toRead: Bool,
        toWrite: Bool,
        until limit: ContinuousClock.Instant,
        _ waker: PostgresWaker
    ) throws(DurableStoreError) {
        try self.state.withLock { state throws(DurableStoreError) in
            if let reason = state.ended { throw reason }
            state.waker = waker
        }
        defer {
            // From here on nobody wakes, so nothing is left over for the next call.
            self.state.withLock { $0.waker = nil }
            if self.ended != nil { waker.drain() }
        }
        let events = Int16(toRead ? POLLIN : 0) | Int16(toWrite ? POLLOUT : 0)
        var watched = [
            pollfd(fd: socket, events: events, revents: 0),
            pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let time = ContinuousClock.now.duration(to: limit)
            guard time > .zero else { throw .timedOut }
            let ready = poll(&watched, nfds_t(watched.count), Int32(clamping: time.wholeMilliseconds))
            if let reason = self.ended { throw reason }
            if ready > 0 { return }
            if ready < 0, errno != EINTR { throw .unavailable(reason: "poll failed with \(errno)") }
        }
    }
}

extension Duration {
    /// Rounded up, so that a wait is never cut short into a busy loop.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = self.components
        let (whole, isHuge) = Int(clamping: seconds).multipliedReportingOverflow(by: 1000)
        return isHuge ? .max : whole &+ Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
