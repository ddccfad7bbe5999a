import NIOCore
import Numbers

/// The server's clock, as its answers tell it; never this machine's.
///
/// A time comes later than it was told, so of those that one connection brings the one that is farthest ahead is nearest to the
/// truth. What is told is only ever used for times after which the server refuses something, so being wrong is no harm to
/// truth: a call that was given too little time fails and never happens.
struct RedisClock {
    /// How far a time may be behind the others before the server's clock was set, in milliseconds.
    private static let late: Int64 = 10_000
    /// Later than any time.
    static let never: Int64 = 9_999_999_999_999_999

    /// The server's milliseconds since 1970, less this machine's since it was started.
    private var offset: Int64?

    /// Another connection, perhaps to another server.
    mutating func forget() { self.offset = nil }

    mutating func heard(_ time: Int, at now: NIODeadline) {
        let found = Int64(clamping: time).minus(Self.milliseconds(now))
        let known = self.offset ?? found
        self.offset = found < known.minus(Self.late) ? found : max(found, known)
    }

    /// A moment as the server has it; the far future if it never said what time it is.
    func time(at moment: NIODeadline?) -> Int64 {
        guard let offset, let moment else { return Self.never }
        return min(max(0, offset.plus(Self.milliseconds(moment))), Self.never)
    }

    private static func milliseconds(_ moment: NIODeadline) -> Int64 {
        Int64(clamping: moment.uptimeNanoseconds / 1_000_000)
    }
}
