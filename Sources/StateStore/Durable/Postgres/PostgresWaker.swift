#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Ends another thread's poll(2): a pipe that it watches beside its socket.
final class PostgresWaker: Sendable {
    /// What to watch for something to read.
    let descriptor: Int32
    private let writer: Int32

    /// - Throws: ``DurableStoreError/unavailable(reason:)`` if the process has no descriptors left.
    init() throws(DurableStoreError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .unavailable(reason: "pipe failed with \(errno)") }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (self.descriptor, self.writer) = (ends[0], ends[1])
    }

    deinit {
        close(self.descriptor)
        close(self.writer)
    }

    /// Ends the wait that there is, or the next.
    func wake() {
        var byte: UInt8 = 1
        _ = write(self.writer, &byte, 1)
    }

    /// Forgets that it was woken.
    func drain() {
        var bytes: (UInt64, UInt64) = (0, 0)
        while read(self.descriptor, &bytes, 16) > 0 {}
    }
}
