import Observability
import Testing

/// Times as messages have them (ISO 8601, IRCv3 server-time), one after the other from one cache.
@Suite struct TimestampCacheTests {
    private static let times: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (42, "1970-01-01T00:00:00.042Z"),
        (999, "1970-01-01T00:00:00.999Z"), (1000, "1970-01-01T00:00:01.000Z"), (9999, "1970-01-01T00:00:09.999Z"),
        (10_000, "1970-01-01T00:00:10.000Z"), (36_610_007, "1970-01-01T10:10:10.007Z"),
        (86_399_999, "1970-01-01T23:59:59.999Z"), (86_400_000, "1970-01-02T00:00:00.000Z"),
        (1_767_225_660_042, "2026-01-01T00:01:00.042Z"), (1_767_225_660_043, "2026-01-01T00:01:00.043Z"),
        (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
    ]

    @Test func `each time is written as it is, whatever was written before`() {
        let orders: [[(Int64, String)]] = [
            Self.times, Self.times.reversed(), Self.times.flatMap { [$0, $0, Self.times[0]] },
        ]
        for order in orders {
            var cache = TimestampCache()
            for (time, text) in order { #expect(cache.text(at: time) == text) }
        }
        for (time, text) in Self.times {
            var cache = TimestampCache()
            #expect(cache.text(at: time) == text)
        }
    }
}
