import Edge
import Logging
import Observability
import StateStore
import Tenant
import TestSupport
import Testing

@testable import roost

/// A cell's work as a worker does it, over stores in the process.
struct CellWorkTests {
    private func withRig(
        _ body: (InProcessLiveStore, DurableStore, CellWork) async throws -> Void
    ) async throws {
        let live = InProcessLiveStore()
        let durable = DurableStore(try SQLiteDatabase())
        _ = try await durable.migrator.up(now: 0)
        let work = CellWork(
            durable: durable,
            directory: TenantDirectory(),
            push: nil,
            mail: nil,
            archive: nil,
            holder: "test",
            now: { 0 },
            logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
        )
        try await body(live, durable, work)
        await durable.close()
    }

    private func value(_ name: String, of work: CellWork) -> Double? {
        work.families.first { $0.name == name }?.samples.first?.value
    }

    @Test func `readiness and figures say whether the store answers, and how much waits in its feed`() async throws {
        try await self.withRig { live, _, work in
            let readiness = Readiness(["store"])
            let reading = Task { await work.read(live, telling: readiness) }
            try await until("the feed is looked at") {
                readiness.isReady && self.value("roost_feed_waiting", of: work) == 0
            }
            #expect(work.families.contains { $0.name == "roost_history_dead_letters" })
            reading.cancel()
            await reading.value
        }
    }

    @Test func `a worker's lease holds while it works, carries nothing, and lapses at once with its end`() async throws
    {
        try await self.withRig { live, _, _ in
            let quiet = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
            let lease = Task { await PlainLease(live, term: .seconds(15), logger: quiet).run() }
            try await until("the lease holds") { try await live.hasLease(live.pod) }
            #expect(try await live.liveFigures().isEmpty)
            lease.cancel()
            await lease.value
            try await until("the lease lapses") { try await !live.hasLease(live.pod) }
        }
    }
}
