import Metering
import StateStore
import Tenant
import Testing

@Suite struct UsageWindowsTests {
    private let source = MeterSource(pod: "edge-1", process: PodID(rawValue: 3), epoch: 77)

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
        #expect(records.first?.id == "acme/messages/60000/edge-1.3-77")
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

    @Test(arguments: [(-3, 1), (0, 1), (1, 1), (5, 5)] as [(Int, Int64)])
    func `a window is as long as was said, and never shorter than a minute`(minutes: Int, length: Int64) throws {
        var windows = UsageWindows(source: self.source, minutes: minutes, grace: 0)
        windows.add(.messages(1), of: try .acme, shard: 0, at: 1000)
        #expect(windows.close(at: length * 60_000 - 1) == [])
        let records = windows.close(at: length * 60_000)
        #expect(records.map(\.start) == [0] && records.map(\.end) == [length * 60_000])
    }

    @Test func `where nothing else was said a window is a minute, and shards have three seconds to report`() throws {
        var windows = UsageWindows(source: self.source)
        windows.add(.messages(1), of: try .acme, shard: 0, at: 1000)
        #expect(windows.close(at: 62_999) == [])
        #expect(windows.close(at: 63_000).map(\.end) == [60_000])
    }

    @Test func `windows before 1970 are as those after it`() throws {
        var windows = UsageWindows(source: self.source, minutes: 1, grace: 0)
        windows.add(.messages(1), of: try .acme, shard: 0, at: -1)
        windows.add(.messages(1), of: try .acme, shard: 1, at: -60_000)
        windows.add(.messages(1), of: try .acme, shard: 2, at: -60_001)
        #expect(windows.closeAll().map(\.start) == [-120_000, -60_000])
    }

    @Test func `set to a time within the window that is open it counts on as the same life`() throws {
        var windows = UsageWindows(source: self.source, minutes: 1, grace: 0)
        #expect(windows.close(at: 60_000) == [])
        windows.set(to: 60_000)
        windows.add(.messages(1), of: try .acme, shard: 0, at: 61_000)
        #expect(windows.closeAll().map(\.source) == [self.source])
        // One that may have been closed is another's.
        windows.set(to: 119_999)
        windows.add(.messages(1), of: try .acme, shard: 0, at: 119_999)
        #expect(windows.closeAll().map(\.source.epoch) == [self.source.epoch + 1])
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

    @Test func `what was counted before the time was known counts when it is`() throws {
        var windows = UsageWindows(source: self.source, minutes: 1, grace: 0)
        windows.add(.messages(2), of: try .acme, shard: 0, at: nil)
        windows.add(.messages(3), of: try .acme, shard: 1, at: nil)
        #expect(windows.close(at: 10_000_000) == [])
        windows.set(to: 20_000_500)
        windows.add(.messages(4), of: try .acme, shard: 0, at: 20_001_500)
        let records = windows.close(at: 20_100_000)
        #expect(records.map(\.start) == [19_980_000] && records.map(\.quantity) == [9])
    }

    @Test func `windows that turn out to be ahead are given up, and what was counted in them is not`() throws {
        var windows = UsageWindows(source: self.source, minutes: 1, grace: 0)
        windows.add(.messages(1), of: try .acme, shard: 0, at: 30_000)
        windows.add(.connections(4, peak: 6), of: try .acme, shard: 1, at: 7_200_000)
        windows.add(.messages(2), of: try .acme, shard: 2, at: 7_200_000)
        windows.set(to: 61_000)
        windows.add(.messages(5), of: try .acme, shard: 2, at: 62_000)
        let records = windows.close(at: 120_000)
        #expect(records.filter { $0.meter == .messages }.map(\.start) == [0, 60_000])
        #expect(records.filter { $0.meter == .messages }.map(\.quantity) == [1, 7])
        #expect(records.filter { $0.meter == .peakConnections }.map(\.quantity) == [6])
    }

    @Test func `set back to hours that were closed it counts on with ids of its own`() throws {
        var windows = UsageWindows(source: self.source, minutes: 1, grace: 0)
        var records: [UsageRecord] = []
        for time: Int64 in [1000, 3_601_000, 2000, 3_602_000, 1000] {
            windows.set(to: time)
            windows.add(.messages(1), of: try .acme, shard: 0, at: time)
            records += windows.close(at: time + 60_000)
        }
        #expect(records.map(\.start) == [0, 3_600_000, 0, 3_600_000, 0])
        #expect(Set(records.map(\.id)).count == 5)
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
            let isKnown = Int.random(in: 0..<20, using: &random) != 0
            let shard = Int.random(in: 0...2, using: &random)
            windows.add(.messages(messages), of: try .acme, shard: shard, at: isKnown ? now : nil)
            if Bool.random(using: &random) { records += windows.close(at: now) }
            if Int.random(in: 0..<20, using: &random) == 0 {
                // Set to some other hour, perhaps one that was over.
                now += Int64.random(in: -7_200_000...7_200_000, using: &random)
                windows.set(to: now)
            }
        }
        windows.set(to: now)
        records += windows.closeAll()
        #expect(records.map(\.quantity).reduce(0, +) == counted)
        #expect(Set(records.map(\.id)).count == records.count)
    }
}
