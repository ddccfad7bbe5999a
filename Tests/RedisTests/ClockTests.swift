import NIOCore
import Testing

@testable import StateStore

/// What the server's clock is taken for.
///
/// It tells its time in milliseconds; moments here are of this machine.
struct ClockTests {
    private static func moment(_ milliseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(UInt64(milliseconds) * 1_000_000)
    }

    /// What was told, and when it was heard; then a moment, and the server's time at it.
    private static let rows: [(told: [(time: Int, at: Int64)], moment: Int64, time: Int64)] = [
        // Minutes apart from this machine's, or years.
        ([(5000, 1000)], 1000, 5000), ([(5000, 1000)], 3500, 7500), ([(1_700_000_000_000, 5)], 10, 1_700_000_000_005),
        // One that comes late says less than one before it.
        ([(5000, 1000), (6000, 9000)], 9000, 13_000), ([(5000, 3000), (6000, 3500)], 3500, 6000),
        // It was set.
        ([(5000, 1000), (90_000, 1100)], 1200, 90_100), ([(90_000, 1000), (5000, 1100)], 1200, 5100),
        // Nonsense.
        ([(.max, 1000)], 2000, 9_999_999_999_999_999), ([(.min, 1000)], 2000, 0),
    ]

    @Test(arguments: rows.indices)
    func `a moment here is a time there, as near as answers tell`(row: Int) {
        let (told, moment, time) = Self.rows[row]
        var clock = RedisClock()
        for answer in told { clock.heard(answer.time, at: Self.moment(answer.at)) }
        #expect(clock.time(at: Self.moment(moment)) == time)
    }

    @Test func `before it told anything, on a new connection, and without a deadline nothing expires`() {
        var clock = RedisClock()
        let never: Int64 = 9_999_999_999_999_999
        #expect(clock.time(at: .now()) == never)
        clock.heard(1000, at: .now())
        #expect(clock.time(at: nil) == never)
        clock.forget()
        #expect(clock.time(at: .now()) == never)
    }
}
