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
    private let wake = DispatchSemaphore(value: 0)

    private struct State {
        var ended: DurableStoreError?
        /// The socket that the call waits for just now.
        var socket: Int32?
    }

    init(within time: Duration) { self.deadline = .now.advanced(by: time) }

    /// Why the call is to end, or nil.
    var ended: DurableStoreError? { self.state.withLock(\.ended) }

    /// Ends the call wherever it waits.
    ///
    /// A wait for the server ends because the socket is shut down, which costs the connection: libpq's own way to
    /// cancel blocks without a deadline. The server notices within a second and ends the statement.
    func end(_ reason: DurableStoreError) {
        self.state.withLock { state in
            guard state.ended == nil else { return }
            state.ended = reason
            if let socket = state.socket { _ = shutdown(socket, Int32(SHUT_RDWR)) }
        }
        self.wake.signal()
    }

    /// Blocks until a moment or the deadline, whichever comes first.
    ///
    /// - Throws: The reason if the call was ended meanwhile; ``DurableStoreError/timedOut`` at the deadline.
    func pause(until moment: ContinuousClock.Instant) throws(DurableStoreError) {
        let time = ContinuousClock.now.duration(to: min(moment, self.deadline))
        if time > .zero { _ = self.wake.wait(timeout: .now() + .milliseconds(time.wholeMilliseconds)) }
        try self.requireTime()
    }

    /// - Throws: The reason if the call was ended; ``DurableStoreError/timedOut`` after the deadline.
    func requireTime() throws(DurableStoreError) {
        if let reason = self.ended { throw reason }
        guard ContinuousClock.now < self.deadline else { throw .timedOut }
    }

    /// Blocks until a socket can be read from (or written to), or a limit passed.
    ///
    /// - Throws: The reason if the call was ended; ``DurableStoreError/timedOut`` at the limit.
    func wait(
        for socket: Int32,
        toRead: Bool,
        toWrite: Bool,
        until limit: ContinuousClock.Instant
    ) throws(DurableStoreError) {
        try self.state.withLock { state throws(DurableStoreError) in
            if let reason = state.ended { throw reason }
            state.socket = socket
        }
        defer { self.state.withLock { $0.socket = nil } }
        var descriptor = pollfd(
            fd: socket,
            events: Int16(toRead ? POLLIN : 0) | Int16(toWrite ? POLLOUT : 0),
            revents: 0
        )
        while true {
            let time = ContinuousClock.now.duration(to: limit)
            guard time > .zero else { throw .timedOut }
            let ready = poll(&descriptor, 1, Int32(clamping: time.wholeMilliseconds))
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
        return Int(clamping: seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
