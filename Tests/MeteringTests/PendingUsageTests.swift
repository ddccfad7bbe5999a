// What waits for a ledger that is away: bounded, and nothing is lost.

import Metering
import StateStore
import Tenant
import Testing

@Suite struct PendingUsageTests {
    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 3_600_000

    private func record(
        _ meter: Meter,
        at start: Int64,
        _ quantity: Int64,
        of tenant: String = "acme",
        pod: UInt64 = 1
    ) throws -> UsageRecord {
        UsageRecord(
            tenant: try #require(TenantID(tenant)),
            meter: meter,
            start: start,
            end: start + Self.minute,
            source: MeterSource(pod: "edge-\(pod)", process: PodID(rawValue: pod), epoch: 1),
            quantity: quantity
        )
    }

    @Test func `up to its bound every record waits as it is`() throws {
        var pending = PendingUsage(bound: 3)
        let records = try (0..<3).map { try self.record(.messages, at: $0 * Self.minute, 1) }
        pending.append(records)
        #expect(pending.count == 3)
        #expect(pending.next(10) == records)
    }

    @Test(arguments: [(Meter.messages, Int64(15)), (.peakConnections, 5)])
    func `past its bound the records of an hour become one`(meter: Meter, quantity: Int64) throws {
        var pending = PendingUsage(bound: 4)
        // An hour of our days, from its first minute to its last.
        let hour: Int64 = 500_000 * Self.hour
        let minutes: [Int64] = [0, 15, 30, 45, 59]
        pending.append(
            try zip(minutes, [5, 1, 4, 2, 3]).map { try self.record(meter, at: hour + $0 * Self.minute, $1) }
        )
        let joined = pending.next(10)
        #expect(joined.map(\.start) == [hour])
        #expect(joined.map(\.end) == [hour + Self.hour])
        #expect(joined.map(\.quantity) == [quantity])
    }

    @Test func `hours are joined to days only if that is not enough`() throws {
        let starts = [0, 1, 60, 61, 24 * 60, 24 * 60 + 1].map { $0 * Self.minute }
        for (bound, expected) in [(6, starts), (3, [0, Self.hour, 24 * Self.hour]), (2, [0, 24 * Self.hour])] {
            var pending = PendingUsage(bound: bound)
            pending.append(try starts.map { try self.record(.messages, at: $0, 1) })
            let records = pending.next(10)
            #expect(records.map(\.start) == expected)
            #expect(records.map(\.quantity).reduce(0, +) == 6)
        }
    }

    @Test func `what is another tenant's, meter's or process's stays apart`() throws {
        var pending = PendingUsage(bound: 1)
        let records = [
            try self.record(.messages, at: 0, 1), try self.record(.deliveries, at: 0, 1),
            try self.record(.messages, at: 0, 1, of: "globex"), try self.record(.messages, at: 0, 1, pod: 2),
        ]
        pending.append(records)
        #expect(pending.next(10) == records)
    }

    @Test func `what was handed over stays as it is until it is known to be there`() throws {
        var pending = PendingUsage(bound: 1)
        let first = try self.record(.messages, at: 0, 1)
        pending.append([first])
        #expect(pending.next(10) == [first])
        pending.append(try [2, 3].map { try self.record(.messages, at: Self.minute, $0) })
        #expect(pending.count == 2)
        #expect(pending.next(10) == [first])
        pending.stored()
        #expect(pending.next(10).map(\.quantity) == [5])
    }

    @Test func `no more is handed over than is asked for, the oldest first`() throws {
        var pending = PendingUsage()
        let records = try (0..<5).map { try self.record(.messages, at: $0 * Self.minute, 1) }
        pending.append(records)
        for part in [records[0..<2], records[2..<4], records[4..<5], []] {
            #expect(pending.next(2) == Array(part))
            pending.stored()
        }
        #expect(pending.count == 0)
    }
}
