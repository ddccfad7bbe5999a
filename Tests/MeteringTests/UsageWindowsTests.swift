import Metering
import StateStore
import Tenant
import Testing

@Suite struct UsageWindowsTests {
    private let source = MeterSource(pod: PodID(rawValue: 3), epoch: 77)

    @Test func `a window closes after its end and grace with what was counted in it`() throws {
        var windows = UsageWindows(source: self.source, minutes: 1, grace: 1000)
        windows.add(.messages(2), of: try .acme, shard: 0, at: 61_000)
        windows.add(.messages(3), of: try .acme, shard: 0, at: 119_999)
        #expect(windows.close(at: 120_999) == [])
        let records = windows.close(at: 121_000)
        #expect(
            try records == [
                UsageRecord(
                    tenant: .acme,
                    meter: .messages,
                    start: 60_000,
                    end: 120_000,
                    source: self.source,
                    quantity: 5
                )
            ]
        )
        #expect(records.first?.id == "acme/messages/60000/3.77")
        #expect(windows.close(at: 500_000) == [])
    }

    @Test func `what was counted over the border of two windows belongs to the first and only to it`() throws {
        var windows = UsageWindows(source: self.source, minutes: 1, grace: 1000)
        windows.add(.messages(1), of: try .acme, shard: 0, at: 59_500)
        windows.add(.messages(1), of: try .acme, shard: 0, at: 60_500)
        windows.add(.messages(1), of: try .acme, shard: 0, at: 61_500)
        let records = windows.close(at: 61_000) + windows.closeAll()
        #expect(records.map(\.start) == [0, 60_000])
        #expect(records.map(\.quantity) == [2, 1])
    }

    @Test func `what comes after its window was closed counts in the oldest that is open`() throws {
        var windows = UsageWindows(source: self.source, minutes: 1, grace: 0)
        windows.add(.messages(1), of: try .acme, shard: 0, at: 1000)
        #expect(windows.close(at: 120_000).map(\.quantity) == [1])
        windows.add(.messages(7), of: try .acme, shard: 0, at: 5000)
        let records = windows.closeAll()
        #expect(records.map(\.start) == [120_000])
        #expect(records.map(\.quantity) == [7])
    }

    @Test func `after the end nothing gets an id that was used`() throws {
        var windows = UsageWindows(source: self.source)
        windows.add(.messages(1), of: try .acme, shard: 0, at: 1000)
        let first = windows.closeAll()
        windows.add(.messages(1), of: try .acme, shard: 0, at: 2000)
        let second = windows.closeAll()
        #expect(first.count == 1 && second.count == 1)
        #expect(first.map(\.id) != second.map(\.id))
    }

    @Test func `the peak of a process is over all its shards`() throws {
        var windows = UsageWindows(source: self.source)
        windows.add(.connections(4, peak: 6), of: try .acme, shard: 0, at: 1000)
        windows.add(.connections(1, peak: 3), of: try .acme, shard: 1, at: 1000)
        windows.add(.connections(1, peak: 5), of: try .acme, shard: 0, at: 2000)
        windows.add(.connections(9, peak: 9), of: try .globex, shard: 0, at: 2000)
        let peaks = windows.closeAll().filter { $0.meter == .peakConnections }
        #expect(peaks.map(\.quantity) == [7, 9])
    }

    @Test func `every meter makes a record of its own`() throws {
        var delta = UsageDelta()
        delta.messages = 1
        delta.deliveries = 2
        delta.bytesIn = 3
        delta.bytesOut = 4
        delta.peakConnections = 5
        delta.connectionMilliseconds = 6
        var windows = UsageWindows(source: self.source)
        windows.add(delta, of: try .acme, shard: 0, at: 1)
        let quantities = windows.closeAll().map { ($0.meter, $0.quantity) }
        #expect(
            Dictionary(uniqueKeysWithValues: quantities) == [
                .messages: 1, .deliveries: 2, .bytesIn: 3, .bytesOut: 4, .peakConnections: 5, .connectionMinutes: 6,
            ]
        )
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `nothing is counted twice or left out, whatever the clock does`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var windows = UsageWindows(source: self.source, minutes: 1, grace: 500)
        var counted: Int64 = 0
        var records: [UsageRecord] = []
        var now: Int64 = 1_000_000
        for _ in 0..<500 {
            now += Int64.random(in: -40_000...90_000, using: &random)
            let messages = UInt64.random(in: 0...5, using: &random)
            counted += Int64(messages)
            windows.add(.messages(messages), of: try .acme, shard: Int.random(in: 0...2, using: &random), at: now)
            if Bool.random(using: &random) { records += windows.close(at: now) }
        }
        records += windows.closeAll()
        #expect(records.map(\.quantity).reduce(0, +) == counted)
        #expect(Set(records.map(\.id)).count == records.count)
    }
}
