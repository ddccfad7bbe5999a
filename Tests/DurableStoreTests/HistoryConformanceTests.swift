import StateStore
import Tenant
import Testing

/// What every durable driver does for history.
@Suite struct HistoryConformanceTests {
    private func records(
        _ range: ClosedRange<UInt64>,
        epoch: UInt64 = 7,
        in name: String = "#tea",
        of tenant: TenantID
    ) -> [HistoryRecord] {
        range.map { sequence in
            HistoryRecord(
                log: LogKey(tenant, .channel, name),
                position: Position(epoch: epoch, sequence: sequence),
                time: Int64(epoch) * 1_000_000 + Int64(sequence / 2),
                payload: Array("message \(sequence)".utf8)
            )
        }
    }

    @Test(arguments: Driver.allCases)
    func `a batch that comes again is kept once`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let log = LogKey(try .acme, .channel, "#tea")
            #expect(try await store.history.store(self.records(1...20, of: .acme)) == 20)
            #expect(try await store.history.store(self.records(11...30, of: .acme).shuffled()) == 10)
            #expect(try await store.history.store([]) == 0)
            #expect(try await store.history.read(log, .latest, limit: 1000) == self.records(1...30, of: .acme))
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
    func `pages go back and forth over epochs without gaps`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let log = LogKey(try .acme, .channel, "#tea")
            let all = try self.records(1...30, of: .acme) + self.records(1...30, epoch: 9, of: .acme)
            _ = try await store.history.store(all.shuffled())
            _ = try await store.history.store(self.records(1...5, in: "#milk", of: .acme))

            var back: [HistoryRecord] = []
            var part = HistoryRepository.Part.latest
            while let page = try await store.history.read(log, part, limit: 7).nonEmpty {
                back = page + back
                part = .before(page[0].cursor)
            }
            #expect(back == all)

            var forth: [HistoryRecord] = []
            part = .after(.start(of: 0))
            while let page = try await store.history.read(log, part, limit: 7).nonEmpty {
                forth += page
                part = .after(page[page.count - 1].cursor)
            }
            #expect(forth == all)
        }
    }

    @Test(arguments: Driver.allCases)
    func `times cut before and after themselves`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let log = LogKey(try .acme, .channel, "#tea")
            _ = try await store.history.store(self.records(1...9, of: .acme))
            let before = try await store.history.read(log, .before(.start(of: 7_000_002)), limit: 100)
            #expect(before.map(\.position.sequence) == [1, 2, 3])
            let after = try await store.history.read(log, .after(.end(of: 7_000_002)), limit: 100)
            #expect(after.map(\.position.sequence) == [6, 7, 8, 9])
            let found = try await store.history.find(Position(epoch: 7, sequence: 4), in: log)
            #expect(found?.time == 7_000_002)
            #expect(try await store.history.find(Position(epoch: 8, sequence: 4), in: log) == nil)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a payload of any bytes comes back`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let payloads: [[UInt8]] = [[], [0], Array(0...255), Array(repeating: 0xff, count: 100_000)]
            let log = LogKey(try .acme, .user, "ses\\si\ton\u{1F54A}'\"")
            let records = payloads.enumerated().map { index, payload in
                HistoryRecord(
                    log: log,
                    position: Position(epoch: 1 << 62, sequence: UInt64(index + 1)),
                    time: 5,
                    payload: payload
                )
            }
            _ = try await store.history.store(records)
            #expect(try await store.history.read(log, .latest, limit: 10) == records)
            let size = try await store.history.size(of: .acme)
            #expect(size.records == 4)
            #expect(size.bytes == 100_257)
        }
    }

    @Test(arguments: Driver.allCases)
    func `retention forgets what is older, some at a time, in one tenant`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.history.store(
                self.records(1...20, of: .acme) + self.records(1...20, of: .globex)
            )
            #expect(try await store.history.delete(before: 7_000_005, of: .acme, limit: 6) == 6)
            #expect(try await store.history.delete(before: 7_000_005, of: .acme, limit: 6) == 3)
            let left = try await store.history.read(LogKey(.acme, .channel, "#tea"), .latest, limit: 100)
            #expect(left.map(\.position.sequence) == Array(10...20))
            #expect(try await store.history.size(of: .globex).records == 20)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a batch larger than a packet goes in whole`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let log = LogKey(try .acme, .channel, "#tea")
            let records = (1...3000).map { sequence in
                HistoryRecord(
                    log: log,
                    position: Position(epoch: 1, sequence: sequence),
                    time: Int64(sequence),
                    payload: Array(repeating: UInt8(sequence & 255), count: 1000)
                )
            }
            #expect(try await store.history.store(records) == 3000)
            #expect(try await store.history.read(log, .after(.end(of: 2990)), limit: 100) == Array(records[2990...]))
            #expect(try await store.history.size(of: .acme).bytes == 3_000_000)
        }
    }
}

extension Array {
    fileprivate var nonEmpty: Self? { self.isEmpty ? nil : self }
}
