import StateStore
import Tenant
import TestSupport
import Testing

/// The months of the history in PostgreSQL.
@Suite(.serialized) struct HistoryMonthTests {
    private static let day: Int64 = 86_400_000
    /// 15 February 2028.
    private static let now: Int64 = 1_834_185_600_000

    private func tables(_ store: DurableStore) async throws -> [String] {
        try await store.database.execute(
            """
            SELECT CAST(c.relname AS TEXT) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = to_regclass('history') ORDER BY 1
            """,
            in: .cell
        ).map { try $0.text(0) }
    }

    private func count(_ table: String, _ store: DurableStore) async throws -> Int64 {
        try await store.database.execute("SELECT COUNT(*) FROM \(table)", in: .cell)[0].integer(0)
    }

    @Test func `this month's and the next one's table are made, and take what came before they were there`()
        async throws
    {
        try await Driver.postgres.withStore { store in
            let leap = Self.now + 14 * Self.day
            let records: [HistoryRecord] = [
                .said(1, in: "#tea", of: try .acme, time: Self.now), .said(2, in: "#tea", of: try .acme, time: leap),
                .said(3, in: "#tea", of: try .acme, time: leap + Self.day),
                .said(4, in: "#tea", of: try .acme, time: 5),
            ]
            _ = try await store.history.store(records)
            try await store.history.makeMonths(now: Self.now)
            try await store.history.makeMonths(now: Self.now + 1)
            #expect(try await self.tables(store) == ["history_2028_02", "history_2028_03", "history_at_other_times"])
            #expect(try await self.count("history_2028_02", store) == 2)
            #expect(try await self.count("history_2028_03", store) == 1)
            #expect(try await self.count("history_at_other_times", store) == 1)
            // What comes again is still known.
            #expect(try await store.history.store(records) == 0)
            #expect(try await store.history.latest("#tea", of: .acme).count == 4)
            #expect(try await store.eraser.remains(of: .acme)["history"] == 4)
            try await store.history.makeMonths(now: Self.now + 30 * Self.day)
            #expect(try await self.tables(store).contains("history_2028_04"))
        }
    }

    @Test func `edges that make them at once make them once`() async throws {
        try await Driver.postgres.withStore { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await store.history.makeMonths(now: Self.now) } }
                try await group.waitForAll()
            }
            #expect(try await self.tables(store).count == 3)
        }
    }

    @Test func `a month goes as a whole when it is over for everybody, and not before`() async throws {
        try await Driver.postgres.withStore { store in
            let (acme, globex) = (try TenantID.acme, try TenantID.globex)
            try await store.history.makeMonths(now: Self.now)
            for tenant in [acme, globex] {
                _ = try await store.history.store([.said(1, in: "#tea", of: tenant, time: Self.now)])
            }
            let later = Self.now + 60 * Self.day
            func sweep(_ days: [TenantID: Int64]) async -> Int {
                await HistoryRetention(
                    history: store.history,
                    audit: store.audit,
                    tenants: { days.mapValues { .seconds($0 * 86_400) } },
                    now: { later },
                    logger: .quiet
                ).sweep()
            }
            // Globex keeps it, or is not known here: acme's rows go one by one.
            #expect(await sweep([acme: 30, globex: 365]) == 1)
            #expect(await sweep([acme: 30]) == 0)
            #expect(try await self.tables(store).contains("history_2028_02"))
            #expect(try await store.history.size(of: globex).records == 1)
            #expect(await sweep([acme: 30, globex: 30]) == 0)
            #expect(try await self.tables(store).contains("history_2028_02") == false)
            #expect(try await store.history.size(of: globex).records == 0)
        }
    }

    @Test func `words are found in all months, and none of another tenant's`() async throws {
        try await Driver.postgres.withStore { store in
            try await store.history.makeMonths(now: Self.now)
            let times = [5, Self.now - 100 * Self.day, Self.now, Self.now + 2, Self.now + 30 * Self.day]
            for tenant in try [TenantID.acme, .globex] {
                _ = try await store.history.store(
                    times.enumerated().map {
                        .said(UInt64($0 + 1), in: "#tea", of: tenant, time: $1, text: "kettle of \(tenant)")
                    }
                )
            }
            for (limit, expected) in [(50, [1, 2, 3, 4, 5]), (2, [4, 5]), (1, [5])] as [(Int, [UInt64])] {
                var search = HistorySearch(in: ["#tea"])
                search.text = "kettle"
                search.limit = limit
                let found = try await store.history.search(search, of: .acme)
                #expect(found.map(\.id.position.sequence) == expected)
                #expect(found.allSatisfy { $0.tenant.text == "acme" && $0.text == "kettle of acme" })
            }
            var search = HistorySearch(in: ["#tea"])
            search.text = "globex"
            #expect(try await store.history.search(search, of: .acme).isEmpty)
        }
    }
}
