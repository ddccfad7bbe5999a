import StateStore
import Tenant
import Testing

/// What every durable driver does for history: what is kept and what goes.
@Suite(.serialized) struct HistoryConformanceTests {
    private func records(
        _ range: ClosedRange<UInt64>,
        epoch: UInt64 = 7,
        in name: String = "#tea",
        of tenant: TenantID
    ) -> [HistoryRecord] {
        range.map {
            .said($0, in: name, of: tenant, epoch: epoch, time: Int64(epoch) * 1_000_000 + Int64($0 / 2))
        }
    }

    @Test(arguments: Driver.allCases)
    func `a batch that comes again is kept once`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let acme = try TenantID.acme
            #expect(try await store.history.store(self.records(1...20, of: acme)) == 20)
            #expect(try await store.history.store(self.records(11...30, of: acme).shuffled()) == 10)
            #expect(try await store.history.store([]) == 0)
            #expect(try await store.history.latest("#tea", of: acme) == self.records(1...30, of: acme))
        }
    }

    @Test(arguments: Driver.allCases)
    func `a record twice in one batch is kept once`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let once = try self.records(1...3, of: .acme)
            #expect(try await store.history.store(once + once) == 3)
        }
    }

    @Test(arguments: Driver.allCases)
    func `everything that a line is made of comes back, of every kind`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let texts: [String?] = [nil, "", " two  words ", "\u{1F54A}'\"\\", String(repeating: "é", count: 50_000)]
            var records: [HistoryRecord] = []
            for kind in HistoryRecord.Kind.allCases {
                for (index, text) in texts.enumerated() {
                    let sequence = UInt64(records.count + 1)
                    records.append(
                        HistoryRecord(
                            try .acme,
                            in: "@aann gx1",
                            id: Stamp(position: Position(epoch: 1 << 62, sequence: sequence), time: 5),
                            kind,
                            prefix: index == 2 ? "irc.example" : "Ann!~a@host-\(index)",
                            account: [nil, "", "Ann"][index % 3],
                            isBot: index == 1,
                            target: index == 3 ? "Gäst" : "",
                            tags: index == 4 ? "+draft/react=\u{1F44D};+x" : "",
                            text: text,
                            redaction: index == 0 ? "Bob!b@c enough" : nil
                        )
                    )
                }
            }
            #expect(try await store.history.store(records) == records.count)
            let all = try await store.history.read(
                "@aann gx1",
                of: .acme,
                .latest(after: nil),
                limit: 100,
                events: true
            )
            #expect(all == records)
            #expect(try await store.history.latest("@aann gx1", of: .acme) == records.filter { !$0.kind.isEvent })
            #expect(try await store.history.latest("@aann gx1", of: .globex).isEmpty)
            #expect(try await store.history.find(records[7].id, in: "@aann gx1", of: .acme) == records[7])
            #expect(try await store.history.find(records[7].id, in: "@aann gx2", of: .acme) == nil)
        }
    }

    @Test(arguments: Driver.allCases)
    func `retention forgets what is older, some at a time, in one tenant`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.history.store(
                self.records(1...15, of: .acme) + self.records(1...5, in: "#milk", of: .acme)
                    + self.records(1...20, of: .globex)
            )
            #expect(try await store.history.delete(before: 7_000_005, of: .acme, limit: 6) == 6)
            #expect(try await store.history.delete(before: 7_000_005, of: .acme, limit: 6) == 6)
            #expect(try await store.history.delete(before: 7_000_005, of: .acme, limit: 6) == 2)
            let left = try await store.history.latest("#tea", of: .acme)
            #expect(left.map(\.id.position.sequence) == Array(10...15))
            #expect(try await store.history.latest("#milk", of: .acme).isEmpty)
            #expect(try await store.history.size(of: .globex).records == 20)
        }
    }

    @Test(arguments: Driver.allCases)
    func `with its last rows, and a while later, a conversation is forgotten itself`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let day: Int64 = 86_400_000
            _ = try await store.history.store([
                .said(1, in: "@aann gx1", of: .acme, time: 10 * day, by: "ann"),
                .said(2, in: "#tea", of: .acme, time: 10 * day), .said(3, in: "#tea", of: .acme, time: 30 * day),
            ])
            func known() async throws -> [Int64] {
                var counts: [Int64] = []
                for table in ["conversations", "history_origins"] {
                    let sql = "SELECT COUNT(*) FROM \(table)"
                    counts.append(try await store.database.execute(sql, in: .cell, .readOnly)[0].integer(0))
                }
                return counts
            }
            #expect(try await known() == [2, 2])
            #expect(try await store.history.delete(before: 11 * day, of: .acme) == 2)
            #expect(try await known() == [2, 2])
            #expect(try await store.history.delete(before: 20 * day, of: .acme) == 0)
            #expect(try await known() == [1, 1])
            #expect(try await store.history.latest("#tea", of: .acme).count == 1)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a batch larger than a packet goes in whole, and its bytes are counted`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let records = try (1...3000).map {
                HistoryRecord.said($0, in: "#tea", of: try .acme, text: String(repeating: "é", count: 500))
            }
            #expect(try await store.history.store(records) == 3000)
            let end = HistoryCursor.end(of: 2990)
            let last = try await store.history.read("#tea", of: .acme, .after(end), limit: 100, events: false)
            #expect(last == Array(records[2990...]))
            #expect(try await store.history.size(of: .acme).bytes == 3_000_000)
        }
    }
}
