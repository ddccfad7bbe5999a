import Logging
import Metering
import Observability
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

@Suite struct LedgerWriterTests {
    /// A process that counts, over a ledger that may outlive it.
    private func edge(
        _ database: any SQLDatabase,
        pod: String = "edge-1",
        process: PodID = PodID(rawValue: 1),
        epoch: Int64 = 1,
        pending: PendingUsage = PendingUsage(),
        clock: any Clock<Duration> = HastyClock(),
        logger: Logger = .quiet,
        now: WallClock
    ) -> (MeterCollector, LedgerWriter) {
        let source = MeterSource(pod: pod, process: process, epoch: epoch)
        // The time passes as the clock says: they agree.
        let windows = UsageWindows(source: source, minutes: 1, grace: 0)
        let collector = MeterCollector(windows, uptime: { now.milliseconds })
        let writer = LedgerWriter(
            collector: collector,
            ledger: LedgerRepository(database),
            pending: pending,
            batch: 7,
            clock: clock,
            ledgerTime: { () throws(DurableStoreError) in now.milliseconds },
            now: { now.milliseconds },
            logger: logger
        )
        for _ in 1...2 { _ = collector.read(now.milliseconds, at: now.milliseconds) }
        return (collector, writer)
    }

    /// Reports messages at a time.
    private func report(
        _ messages: UInt64,
        of tenant: TenantID,
        shard: Int = 0,
        at time: Int64,
        _ now: WallClock,
        _ collector: MeterCollector
    ) {
        now.milliseconds = time
        collector.report(.messages(messages), of: tenant, shard: shard)
    }

    private func withStore(_ body: (DurableStore) async throws -> Void) async throws {
        let store = DurableStore(try SQLiteDatabase())
        _ = try await store.migrator.up(now: 0)
        try await body(store)
        await store.close()
    }

    private func messages(in store: DurableStore) async throws -> Int64 {
        try await store.ledger.totals(of: .acme, from: 0, to: .max).first { $0.meter == "messages" }?.sum ?? 0
    }

    @Test func `a closed window is in the ledger and an open one is not`() async throws {
        try await self.withStore { store in
            let now = WallClock(0)
            let (collector, writer) = self.edge(store.database, now: now)
            self.report(5, of: try .acme, at: 59_000, now, collector)
            self.report(3, of: try .globex, at: 60_000, now, collector)
            let pause = await writer.handOver()
            #expect(pause == .seconds(5))
            #expect(try await self.messages(in: store) == 5)
            #expect(try await store.ledger.totals(of: .globex, from: 0, to: .max).isEmpty)
        }
    }

    @Test func `a killed process loses its open window at most, and its successor counts on`() async throws {
        try await self.withStore { store in
            let now = WallClock(0)
            let (collector, writer) = self.edge(store.database, epoch: 1, now: now)
            self.report(5, of: try .acme, at: 59_000, now, collector)
            self.report(100, of: try .acme, shard: 1, at: 61_000, now, collector)
            _ = await writer.handOver()

            // The next life has the same pod number and counts in the same window.
            now.milliseconds = 0
            let (nextCollector, nextWriter) = self.edge(store.database, epoch: 2, now: now)
            self.report(7, of: try .acme, at: 59_500, now, nextCollector)
            now.milliseconds = 60_000
            _ = await nextWriter.handOver()
            #expect(try await self.messages(in: store) == 12)
        }
    }

    @Test(
        arguments: [
            // A pod that begins anew, as another process of the same name, and two that are there together.
            (["edge-1", "edge-1"], 40), (["edge-1", "edge-2"], 70), (["edge.1", "edge.2"], 70),
            (["edge.1", "edge.1"], 40),
        ] as [([String], Int64)]
    )
    func `of a pod that ends in order and begins anew within a window the higher peak counts`(
        pods: [String],
        peak: Int64
    ) async throws {
        try await self.withStore { store in
            for (number, connections) in [40, 30].enumerated() {
                let process = PodID(rawValue: UInt64(number + 7))
                let now = WallClock(Int64(number) * 20_000)
                let (collector, writer) = self.edge(store.database, pod: pods[number], process: process, now: now)
                collector.report(.connections(connections, peak: connections), of: try .acme, shard: 0)
                collector.report(.messages(5), of: try .acme, shard: 0)
                await writer.finish()
            }
            let report = try await UsageReport.make(
                of: .acme,
                from: UTCInstant(milliseconds: 0),
                to: UTCInstant(milliseconds: 60_000),
                in: store.ledger
            )
            #expect(report.lines.first { $0.meter == .peakConnections }?.quantity == peak)
            #expect(try await self.messages(in: store) == 10)
        }
    }

    @Test(arguments: [
        [Faults.Fault.before], [.after], [.after, .after, .before, .after],
    ])
    func `a hand-over that fails or whose answer is lost counts once`(_ faults: [Faults.Fault]) async throws {
        try await self.withStore { store in
            let now = WallClock(0)
            let (collector, writer) = self.edge(Faults(faults).of(store.database), now: now)
            for minute: Int64 in 0..<20 {
                self.report(1, of: try .acme, shard: Int(minute), at: minute * 60_000, now, collector)
            }
            now.milliseconds = 60_000_000
            for _ in faults {
                _ = await writer.handOver()
                #expect(await writer.waiting == 20)
            }
            _ = await writer.handOver()
            #expect(await writer.waiting == 0)
            #expect(try await self.messages(in: store) == 20)
        }
    }

    @Test func `a ledger that is away is asked less often, and every five seconds once it is back`() async throws {
        try await self.withStore { store in
            let faults = Array(repeating: Faults.Fault.before, count: 3)
            let database = Faults(faults)
            let now = WallClock(0)
            let (collector, writer) = self.edge(database.of(store.database), now: now)
            collector.report(.messages(1), of: try .acme, shard: 0)
            now.milliseconds = 600_000
            var waits: [Duration] = []
            for _ in faults { waits.append(await writer.handOver()) }
            // Half of each delay is random.
            for (wait, longest) in zip(waits, [200, 400, 800]) {
                #expect(wait >= .milliseconds(longest / 2) && wait <= .milliseconds(longest))
            }
            #expect(await writer.handOver() == .seconds(5))
            // It starts with the shortest again.
            database.fail()
            collector.report(.messages(1), of: try .acme, shard: 0)
            now.milliseconds = 1_200_000
            #expect(await writer.handOver() <= .milliseconds(200))
        }
    }

    @Test func `it waits between two hand-overs`() async throws {
        try await self.withStore { store in
            let clock = PatientClock()
            let (_, writer) = self.edge(store.database, clock: clock, now: WallClock(0))
            let service = Task { try await writer.run() }
            for await wait in clock.waits {
                #expect(wait == .seconds(5))
                break
            }
            service.cancel()
            try await service.value
        }
    }

    @Test(arguments: [(Faults.Fault.before, 5), (.refused, 1)])
    func `at the end it tries five times, and once what is refused`(
        fault: Faults.Fault,
        attempts: Int
    ) async throws {
        try await self.withStore { store in
            let faults = Faults(Array(repeating: fault, count: 20))
            let (clock, lines) = (HurriedClock(), Lines())
            let (collector, writer) = self.edge(
                faults.of(store.database),
                clock: clock,
                logger: lines.logger,
                now: WallClock(0)
            )
            collector.report(.messages(1), of: try .acme, shard: 0)
            await writer.finish()
            #expect(20 - faults.left == attempts)
            // It is over after the last.
            #expect(clock.waits.count == attempts - 1)
            // Twice as long each time, up to a second; half of each is random.
            for (wait, longest) in zip(clock.waits, [200, 400, 800, 1000]) {
                #expect(wait >= .milliseconds(longest / 2) && wait <= .milliseconds(longest))
            }
            #expect(await writer.waiting == 1)
            #expect(lines.all.filter { $0.contains("usage is lost") }.count == 1)
        }
    }

    @Test(arguments: [[], [Faults.Fault.before, .after, .before]])
    func `a process that ends in order hands over its open windows too`(_ faults: [Faults.Fault]) async throws {
        try await self.withStore { store in
            let (collector, writer) = self.edge(Faults(faults).of(store.database), now: WallClock(0))
            collector.report(.messages(9), of: try .acme, shard: 0)
            let service = Task { try await writer.run() }
            service.cancel()
            try await service.value
            #expect(try await self.messages(in: store) == 9)
        }
    }

    @Test(arguments: [nil, 1_800_000_000_000] as [Int64?])
    func `a process that ends before it knows what time it is loses nothing`(_ answer: Int64?) async throws {
        try await self.withStore { store in
            let source = MeterSource(pod: "edge-1", process: PodID(rawValue: 1), epoch: 1)
            let collector = MeterCollector(UsageWindows(source: source))
            let writer = LedgerWriter(
                collector: collector,
                ledger: store.ledger,
                clock: HastyClock(),
                ledgerTime: { () throws(DurableStoreError) in
                    guard let answer else { throw .unavailable(reason: "asked once too often") }
                    return answer
                },
                now: { 1_800_000_000_000 },
                logger: .quiet
            )
            collector.report(.messages(9), of: try .acme, shard: 0)
            await writer.finish()
            let day = try await store.ledger.totals(of: .acme, from: 1_799_999_900_000, to: 1_800_000_000_001)
            #expect(day.map(\.sum) == [9])
        }
    }

    @Test func `past its bound what waits is joined within days and stays exact`() async throws {
        try await self.withStore { store in
            let day: Int64 = 86_400_000
            let faults = Array(repeating: Faults.Fault.after, count: 3)
            let now = WallClock(0)
            let (collector, writer) = self.edge(
                Faults(faults).of(store.database),
                pending: PendingUsage(bound: 10),
                now: now
            )
            for hour: Int64 in 0..<72 {
                for minute: Int64 in 0..<3 {
                    var delta = UsageDelta.messages(1)
                    delta.peakConnections = Int(hour)
                    now.milliseconds = hour * 3_600_000 + minute * 60_000
                    // Each from a shard of its own: nothing was begun in the window before.
                    for shard in [0, 1] {
                        collector.report(delta, of: try .acme, shard: Int(hour * 6 + minute * 2) + shard)
                    }
                }
                if hour % 5 == 0 { _ = await writer.handOver() }
                #expect(await writer.waiting <= 7 + 10 + 60)
            }
            await writer.finish()
            #expect(await writer.waiting == 0)
            for number: Int64 in 0..<3 {
                let totals = try await store.ledger.totals(of: .acme, from: number * day, to: (number + 1) * day)
                #expect(totals.first { $0.meter == "messages" }?.sum == 144)
                #expect(totals.first { $0.meter == "peak_connections" }?.peak == number * 24 + 23)
            }
        }
    }
}
