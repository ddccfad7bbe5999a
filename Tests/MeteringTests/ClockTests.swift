import Logging
import Metering
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

@Suite struct `Clocks that are wrong` {
    private static let began: Int64 = 1_800_000_000_000
    private static let in2038: Int64 = 2_147_483_648_000

    /// A process that counts a message every five seconds, for as long as its clocks are told.
    ///
    /// - Parameters:
    ///   - ticks: How often it looks.
    ///   - process: By how much the process's clock is wrong at a tick, in milliseconds.
    ///   - ledger: By how much the ledger's is; nil where it does not answer.
    /// - Returns: What is in the ledger up to the last tick and after it, the figures, and what was logged.
    /// - Throws: What the database throws.
    private func count(
        ticks: Int64,
        process: (Int64) -> Int64 = { _ in 0 },
        ledger: (Int64) -> Int64? = { _ in 0 }
    ) async throws -> (records: [LedgerTotal], later: [LedgerTotal], figures: ClockFigures, log: [String]) {
        let store = DurableStore(try SQLiteDatabase())
        _ = try await store.migrator.up(now: 0)
        let (uptime, clock) = (WallClock(0), WallClock(0))
        let answer = Mutex<Int64?>(nil)
        let lines = Lines()
        let source = MeterSource(pod: "edge-1", process: PodID(rawValue: 1), epoch: 1)
        let collector = MeterCollector(UsageWindows(source: source, minutes: 1), uptime: { uptime.milliseconds })
        let writer = LedgerWriter(
            collector: collector,
            ledger: store.ledger,
            clock: HastyClock(),
            ledgerTime: { () throws(DurableStoreError) in
                guard let time = answer.withLock({ $0 }) else { throw .unavailable(reason: "away") }
                return time
            },
            now: { clock.milliseconds },
            logger: lines.logger
        )
        // The last look is two minutes later: what was counted up to then is in windows that are over.
        for tick in Array(0..<ticks) + [ticks + 24] {
            uptime.milliseconds = tick * 5000
            clock.milliseconds = Self.began + tick * 5000 + process(tick)
            answer.withLock { answer in answer = ledger(tick).map { Self.began + tick * 5000 + $0 } }
            if tick < ticks { collector.report(.messages(1), of: try .acme, shard: 0) }
            _ = await writer.handOver()
        }
        let end = Self.began + ticks * 5000
        let records = try await store.ledger.totals(of: .acme, from: Self.began - 120_000, to: end)
        let later = try await store.ledger.totals(of: .acme, from: end, to: .max)
        await store.close()
        return (records, later, await writer.clocks, lines.all)
    }

    @Test(arguments: [0, 1, 2, 7, 100, 199] as [Int64])
    func `a process whose clock is in 2038 for one tick counts on, and says so once`(tick: Int64) async throws {
        let jump = Self.in2038 - Self.began
        let (records, later, _, log) = try await self.count(ticks: 200, process: { $0 == tick ? jump : 0 })
        #expect(records.map(\.sum) == [200] && later.isEmpty)
        #expect(log.filter { $0.contains("far from the ledger's") }.count == (tick == 0 ? 0 : 1), "\(log)")
    }

    @Test(arguments: [0, 1, 2, 7, 100, 199] as [Int64], [1, -1] as [Int64])
    func `a ledger whose clock jumps for one tick is not believed`(tick: Int64, sign: Int64) async throws {
        let jump = sign * (Self.in2038 - Self.began)
        let (records, later, figures, log) = try await self.count(ticks: 200, ledger: { $0 == tick ? jump : 0 })
        #expect(records.map(\.sum) == [200] && later.isEmpty)
        #expect(figures.setAside == (tick < 2 ? 0 : 1))
        #expect(log.filter { $0.contains("is set aside") }.count == (tick < 2 ? 0 : 1), "\(log)")
    }

    @Test func `a clock that stays wrong for minutes moves nothing, and is told once`() async throws {
        let (records, later, figures, log) = try await self.count(
            ticks: 400,
            ledger: { (100..<200).contains($0) ? 400_000_000 : 0 }
        )
        #expect(records.map(\.sum) == [400] && later.isEmpty)
        #expect(figures.setAside == 100)
        #expect(log.filter { $0.contains("is set aside") }.count == 1)
    }

    @Test func `a clock that jumps again is told again`() async throws {
        let (_, _, figures, log) = try await self.count(ticks: 40, ledger: { $0 == 10 || $0 == 20 ? 400_000_000 : 0 })
        #expect(figures.setAside == 2)
        #expect(log.filter { $0.contains("is set aside") }.count == 2)
    }

    @Test func `a ledger that was wrong from the start is followed once it is right for long`() async throws {
        let (records, later, _, log) = try await self.count(ticks: 600, ledger: { $0 < 10 ? 7_200_000 : 0 })
        // Ten minutes of usage were counted two hours ahead; all of it is there.
        #expect(records.reduce(0) { $0 + $1.sum } + later.reduce(0) { $0 + $1.sum } == 600)
        #expect(records.reduce(0) { $0 + $1.sum } > 450)
        #expect(log.filter { $0.contains("from now on") }.count == 2)
    }

    @Test func `a clock that lags is told once, with how far it is off`() async throws {
        let (records, _, figures, log) = try await self.count(ticks: 100, process: { _ in -3_600_000 })
        #expect(records.map(\.sum) == [100])
        #expect(log.filter { $0.contains("far from the ledger's") }.count == 1, "once, not at each look")
        #expect(figures.ahead == -3_600_000)
    }

    @Test(arguments: [(60_000, 0), (60_001, 1), (-60_000, 0), (-60_001, 1)] as [(Int64, Int)])
    func `a clock that is up to a minute off is not told of`(ahead: Int64, times: Int) async throws {
        let (_, _, figures, log) = try await self.count(ticks: 20, process: { _ in ahead })
        #expect(log.filter { $0.contains("far from the ledger's") }.count == times)
        #expect(figures.ahead == ahead && figures.setAside == 0)
    }

    @Test func `what the ledger says was so in the middle of the question`() async throws {
        let store = DurableStore(try SQLiteDatabase())
        _ = try await store.migrator.up(now: 0)
        let uptime = WallClock(0)
        let source = MeterSource(pod: "edge-1", process: PodID(rawValue: 1), epoch: 1)
        let collector = MeterCollector(UsageWindows(source: source), uptime: { uptime.milliseconds })
        let writer = LedgerWriter(
            collector: collector,
            ledger: store.ledger,
            clock: HastyClock(),
            ledgerTime: { () throws(DurableStoreError) in
                uptime.milliseconds += 1000
                return Self.began
            },
            now: { Self.began },
            logger: .quiet
        )
        _ = await writer.handOver()
        uptime.milliseconds = 0
        _ = await writer.handOver()
        #expect(collector.now == Self.began + 500)
        await store.close()
    }

    @Test func `what was counted before the ledger was heard is closed as soon as it is`() throws {
        let uptime = WallClock(0)
        let source = MeterSource(pod: "edge-1", process: PodID(rawValue: 1), epoch: 1)
        let windows = UsageWindows(source: source, minutes: 1, grace: 0)
        let collector = MeterCollector(windows, uptime: { uptime.milliseconds })
        collector.report(.messages(3), of: try .acme, shard: 0)
        #expect(collector.read(Self.began, at: 0) == .setAside(ahead: 0))
        #expect(collector.close() == [])
        #expect(collector.read(Self.began, at: 0) == .taken)
        uptime.milliseconds = 60_000
        #expect(collector.close().map(\.quantity) == [3])
    }

    @Test func `as long as nobody knows what time it is nothing is handed over, and that is told`() async throws {
        let (records, later, _, log) = try await self.count(ticks: 100, ledger: { $0 < 50 ? nil : 0 })
        #expect(records.map(\.sum) == [100] && later.isEmpty)
        #expect(log.filter { $0.contains("waits for the ledger") }.count == 50)
    }

    @Test func `while the ledger is away time passes all the same`() async throws {
        let (records, later, _, _) = try await self.count(ticks: 300, ledger: { (2..<250).contains($0) ? nil : 0 })
        #expect(records.map(\.sum) == [300] && later.isEmpty)
    }

    @Test(arguments: [Int64.min, -1, 253_402_300_800_000, .max])
    func `what is no time at all is never believed`(time: Int64) {
        var clock = MeterClock()
        for uptime in 0..<1000 as Range<Int64> { _ = clock.read(time, at: uptime * 5000) }
        #expect(clock.now(at: 0) == nil)
        #expect(clock.read(Self.began, at: 0) == .setAside(ahead: 0))
        #expect(clock.read(Self.began + 1, at: 1) == .taken)
        for uptime in 0..<1000 as Range<Int64> {
            guard case .setAside = clock.read(time, at: uptime * 5000) else {
                Issue.record("\(time) counts")
                return
            }
        }
        #expect(clock.now(at: 5) == Self.began + 5)
    }

    @Test(arguments: [1, -1] as [Int64])
    func `answers agree that are a minute apart, and not those that are further`(sign: Int64) {
        var clock = MeterClock()
        #expect(clock.read(Self.began, at: 0) == .setAside(ahead: 0))
        #expect(clock.read(Self.began + sign * 60_001, at: 0) == .setAside(ahead: 0))
        #expect(clock.read(Self.began + sign * 120_001, at: 0) == .taken)
        #expect(clock.read(Self.began + sign * 180_001, at: 0) == .agrees)
        #expect(clock.read(Self.began + sign * 240_002, at: 0) == .setAside(ahead: sign * 60_001))
        #expect(clock.now(at: 0) == Self.began + sign * 180_001)
    }

    @Test func `small corrections are followed, and the time of one that does not last is not`() {
        var clock = MeterClock()
        _ = clock.read(Self.began, at: 0)
        #expect(clock.read(Self.began + 6000, at: 5000) == .taken)
        #expect(clock.read(Self.began + 9000, at: 10_000) == .agrees)
        #expect(clock.now(at: 10_000) == Self.began + 9000)
        #expect(clock.read(Self.began + 900_000, at: 15_000) == .setAside(ahead: 886_000))
        #expect(clock.read(Self.began + 15_000, at: 16_000) == .agrees)
        #expect(clock.read(Self.began + 1_500_000, at: 615_000) == .setAside(ahead: 886_000), "doubts begin anew")
        #expect(clock.read(Self.began + 2_100_000, at: 1_214_999) == .setAside(ahead: 886_001))
        #expect(clock.read(Self.began + 2_100_001, at: 1_215_000) == .taken)
        #expect(clock.now(at: 1_215_000) == Self.began + 2_100_001)
    }
}
