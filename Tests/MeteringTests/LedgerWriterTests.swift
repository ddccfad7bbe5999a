import Metering
import StateStore
import Synchronization
import Tenant
import Testing

@Suite struct LedgerWriterTests {
    /// A process that counts, over a ledger that may outlive it.
    private func edge(
        _ database: any SQLDatabase,
        epoch: Int64 = 1,
        pending: PendingUsage = PendingUsage(),
        now: WallClock
    ) -> (MeterCollector, LedgerWriter) {
        let source = MeterSource(pod: PodID(rawValue: 1), epoch: epoch)
        let collector = MeterCollector(UsageWindows(source: source, minutes: 1, grace: 0))
        let writer = LedgerWriter(
            collector: collector,
            ledger: LedgerRepository(database),
            pending: pending,
            batch: 7,
            clock: HastyClock(),
            now: { now.milliseconds },
            logger: .quiet
        )
        return (collector, writer)
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
            let (collector, writer) = self.edge(store.database, now: WallClock(60_000))
            collector.report(.messages(5), of: try .acme, shard: 0, at: 59_000)
            collector.report(.messages(3), of: try .globex, shard: 0, at: 60_000)
            let pause = await writer.handOver()
            #expect(pause == .seconds(5))
            #expect(try await self.messages(in: store) == 5)
            #expect(try await store.ledger.totals(of: .globex, from: 0, to: .max).isEmpty)
        }
    }

    @Test func `a killed process loses its open window at most, and its successor counts on`() async throws {
        try await self.withStore { store in
            let (collector, writer) = self.edge(store.database, epoch: 1, now: WallClock(60_000))
            collector.report(.messages(5), of: try .acme, shard: 0, at: 59_000)
            collector.report(.messages(100), of: try .acme, shard: 1, at: 61_000)
            _ = await writer.handOver()

            // The next life has the same pod number and counts in the same window.
            let (nextCollector, nextWriter) = self.edge(store.database, epoch: 2, now: WallClock(60_000))
            nextCollector.report(.messages(7), of: try .acme, shard: 0, at: 59_500)
            _ = await nextWriter.handOver()
            #expect(try await self.messages(in: store) == 12)
        }
    }

    @Test(arguments: [
        [FlakyDatabase.Fault.before], [.after], [.after, .after, .before, .after],
    ])
    func `a hand-over that fails or whose answer is lost counts once`(_ faults: [FlakyDatabase.Fault]) async throws {
        try await self.withStore { store in
            let (collector, writer) = self.edge(
                FlakyDatabase(store.database, faults: faults),
                now: WallClock(60_000_000)
            )
            for minute: Int64 in 0..<20 {
                collector.report(.messages(1), of: try .acme, shard: Int(minute), at: minute * 60_000)
            }
            for _ in faults {
                _ = await writer.handOver()
                #expect(await writer.waiting == 20)
            }
            _ = await writer.handOver()
            #expect(await writer.waiting == 0)
            #expect(try await self.messages(in: store) == 20)
        }
    }

    @Test(arguments: [[], [FlakyDatabase.Fault.before, .after, .before]])
    func `a process that ends in order hands over its open windows too`(_ faults: [FlakyDatabase.Fault]) async throws {
        try await self.withStore { store in
            let (collector, writer) = self.edge(FlakyDatabase(store.database, faults: faults), now: WallClock(0))
            collector.report(.messages(9), of: try .acme, shard: 0, at: 1000)
            let service = Task { try await writer.run() }
            service.cancel()
            try await service.value
            #expect(try await self.messages(in: store) == 9)
        }
    }

    @Test func `past its bound what waits is joined within days and stays exact`() async throws {
        try await self.withStore { store in
            let day: Int64 = 86_400_000
            let faults = Array(repeating: FlakyDatabase.Fault.after, count: 3)
            let now = WallClock(0)
            let (collector, writer) = self.edge(
                FlakyDatabase(store.database, faults: faults),
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
                        collector.report(
                            delta,
                            of: try .acme,
                            shard: Int(hour * 6 + minute * 2) + shard,
                            at: now.milliseconds
                        )
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
