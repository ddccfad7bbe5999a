import Observability
import StateStore
import Tenant
import Testing

/// What every durable driver does for the ledger and for registered channels.
@Suite struct LedgerConformanceTests {
    private func record(
        _ tenant: TenantID,
        _ meter: String,
        start: Int64,
        pod: String,
        _ quantity: Int64
    ) -> LedgerRecord {
        LedgerRecord(
            id: "\(tenant)/\(meter)/\(start)/\(pod)",
            tenant: tenant,
            meter: meter,
            start: start,
            end: start + 60,
            source: pod,
            quantity: quantity
        )
    }

    @Test(arguments: Driver.allCases)
    func `a fact that is handed over again, late and in another order counts once`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let facts = try [
                self.record(.acme, "messages", start: 0, pod: "1", 10),
                self.record(.acme, "messages", start: 0, pod: "2", 5),
                self.record(.acme, "messages", start: 60, pod: "1", 8),
                self.record(.acme, "peak", start: 0, pod: "1", 3),
                self.record(.acme, "peak", start: 60, pod: "1", 4),
                self.record(.acme, "peak", start: 60, pod: "2", 4),
                self.record(.globex, "messages", start: 0, pod: "1", 1000),
            ]
            #expect(try await store.ledger.insert(facts) == 7)
            #expect(try await store.ledger.insert(facts.reversed()) == 0)
            let totals = try await store.ledger.totals(of: .acme, from: 0, to: 120)
            #expect(
                totals == [
                    LedgerTotal(meter: "messages", sum: 23, peak: 15), LedgerTotal(meter: "peak", sum: 11, peak: 8),
                ]
            )
        }
    }

    /// What one minute's records of a tenant's pods come to, and where lives of one pod end and other pods begin.
    private static let lives: [(records: [(source: String, quantity: Int64)], peak: Int64)] = [
        // A restart in order: both lives have a record of the window, and never were there together.
        ([("edge-1.1-1000", 40), ("edge-1.2-2000", 30)], 40),
        ([("edge-1.1-1000", 30), ("edge-1.1-1001", 40), ("edge-1.9-9000", 7)], 40),
        // Others are, and add up.
        ([("edge-1.1-1000", 40), ("edge-2.2-1000", 30)], 70),
        ([("edge-1.1-1000", 40), ("edge-1.3-2000", 30), ("edge-2.2-1000", 3), ("edge-2.4-2000", 5)], 45),
        // What follows the last dot is the life, all before it the pod's name.
        ([("a.example.1-1", 1), ("b.example.2-1", 2), ("b.example.3-2", 4)], 5),
        ([("1.1-1", 1), ("1.1.1-1", 2), ("1.1.1.1-1", 4), ("1..1-1", 8)], 15),
        ([("a%_.1-1", 1), ("a%_.2-2", 2), ("abc.1-1", 4)], 6),
        // Without one it is a pod of its own.
        ([("1", 1), ("2", 2), ("correction", 4)], 7),
    ]

    @Test(arguments: Driver.allCases, Self.lives.indices)
    func `of a pod's lives in one window the highest counts, and pods add up`(
        _ driver: Driver,
        _ row: Int
    ) async throws {
        let (records, peak) = Self.lives[row]
        try await driver.withStore { store in
            _ = try await store.ledger.insert(
                records.map { self.record(try .acme, "peak", start: 0, pod: $0.source, $0.quantity) }
            )
            let sum = records.reduce(0) { $0 + $1.quantity }
            #expect(
                try await store.ledger.totals(of: .acme, from: 0, to: 60) == [
                    LedgerTotal(meter: "peak", sum: sum, peak: peak)
                ]
            )
        }
    }

    @Test(arguments: Driver.allCases)
    func `an interval takes its first window and not its last`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.ledger.insert(
                (0...3).map { self.record(try .acme, "messages", start: $0 * 60, pod: "1", 1 << $0) }
            )
            #expect(try await store.ledger.totals(of: .acme, from: 60, to: 180).map(\.sum) == [6])
            #expect(try await store.ledger.totals(of: .acme, from: 240, to: 300).isEmpty)
        }
    }

    @Test(arguments: Driver.allCases)
    func `the database says what time it is, and its clock is that of this machine`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let before = WallClock.system()
            let time = try await store.ledger.now()
            let after = WallClock.system()
            // Thousandths are rounded.
            #expect((before - 1...after + 1).contains(time))
        }
    }

    @Test(arguments: Driver.allCases)
    func `a registered channel is saved, changed, listed and forgotten`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let channel = RegisteredChannel(
                tenant: try .acme,
                name: "#Tea",
                folded: "#tea",
                owner: "alice",
                fields: [1, 2, 0],
                createdAt: 1,
                updatedAt: 1,
                position: Position(epoch: 1 << 52, sequence: 7)
            )
            try await store.channels.save(channel)
            #expect(try await store.channels.find("#tea", of: .acme) == channel)
            let changed = RegisteredChannel(
                tenant: try .acme,
                name: "#TEA",
                folded: "#tea",
                owner: "bob",
                fields: [9],
                createdAt: 5,
                updatedAt: 5,
                position: Position(epoch: 1 << 52, sequence: 8)
            )
            try await store.channels.save(changed)
            // Who saves an earlier state later changes nothing.
            try await store.channels.save(channel)
            let found = try #require(try await store.channels.find("#tea", of: .acme))
            #expect(found.fields == [9])
            #expect(found.createdAt == 1)
            #expect(found.updatedAt == 5)
            #expect(try await store.channels.list(of: .globex).isEmpty)
            #expect(try await store.channels.list(of: .acme) == [found])
            #expect(try await store.channels.list(ownedBy: "bob", of: .acme) == [found])
            #expect(try await store.channels.list(ownedBy: "alice", of: .acme).isEmpty)
            #expect(try await store.channels.list(ownedBy: "bob", of: .globex).isEmpty)
            #expect(try await store.channels.delete("#tea", of: .acme))
            #expect(try await store.channels.find("#tea", of: .acme) == nil)
        }
    }
}
