#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What time it is, as people and stores count it.
///
/// Whoever needs it takes it as a parameter, with this as the default. It may be set, forwards and backwards: how long
/// something took is told by a clock that nobody sets, such as `ContinuousClock`.
package enum WallClock {
    /// The system's clock in milliseconds since 1970.
    package static let system: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
