// How many files and sockets this process may have open. What it rests on may not do without: libdispatch, on whose threads
// Swift's tasks run, looks its threads up in /proc every second and ends the process when it cannot open a file for that. So
// whoever opens descriptors at the wish of others, which is to accept connections, stops before they are used up.

import Dispatch
import Glibc
package import Logging

/// The kernel's limit on this process's descriptors.
package enum DescriptorLimit {
    /// Fewer than this are told: a handful of users would be too many.
    private static let fewest = 1024

    /// Raises the limit as far as an ordinary process may, and has what is made at first use made now.
    ///
    /// - Parameter logger: Told if it stays low.
    /// - Returns: How many descriptors may be open.
    package static func raise(logger: Logger) -> Int {
        var limit = rlimit()
        guard getrlimit(Self.descriptors, &limit) == 0 else { return Self.fewest }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(Self.descriptors, &raised) == 0 { limit = raised }
        }
        Self.makeTimers()
        let count = Int(clamping: limit.rlim_cur)
        if count < Self.fewest {
            logger.warning(
                "this process may open few files and sockets: raise its limit (ulimit -n, LimitNOFILE)",
                metadata: ["limit": "\(count)"]
            )
        }
        return count
    }

    private static let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    /// libdispatch opens a descriptor for each clock when somebody first waits for it, and does not bear to get none.
    private static func makeTimers() {
        let queue = DispatchQueue.global()
        queue.asyncAfter(deadline: .now()) {}
        queue.asyncAfter(deadline: .now() + .milliseconds(1)) {}
        queue.asyncAfter(wallDeadline: .now() + .milliseconds(1)) {}
    }
}

/// Finds out how many descriptors are open: the kernel gives out the lowest that is free.
final class DescriptorProbe: Sendable {
    private let spare: CInt

    init() { self.spare = open("/dev/null", O_RDONLY | O_CLOEXEC) }

    deinit { close(self.spare) }

    /// The lowest descriptor that is free, which is how many are open at least.
    func lowestFree() -> Int {
        let lowest = fcntl(self.spare, F_DUPFD_CLOEXEC, 0)
        // None is left, or the spare one could not be had.
        guard lowest >= 0 else { return .max }
        close(lowest)
        return Int(lowest)
    }
}
