import StateStore
import Tenant
import Testing

/// Questions to the history, over every driver.
@Suite(.serialized) struct HistoryReadTests {
    /// 20 messages, two of them at a time, with something that happened after each fifth, and another conversation.
    private func fill(_ store: DurableStore) async throws {
        var records: [HistoryRecord] = []
        for number in 1...20 as ClosedRange<UInt64> {
            let time = Int64(1000 + number / 2 * 10)
            // As in a pair of inboxes: two logs, in one order of time.
            let epoch: UInt64 = number.isMultiple(of: 2) ? 7 : 9
            records.append(.said(number, in: "#tea", of: try .acme, epoch: epoch, time: time))
            if number.isMultiple(of: 5) {
                records.append(.said(100 + number, in: "#tea", of: try .acme, epoch: epoch, time: time, .join))
            }
        }
        _ = try await store.history.store(records.shuffled())
        _ = try await store.history.store((1...5).map { .said($0, in: "#milk", of: try .acme, time: 1050) })
        _ = try await store.history.store((1...5).map { .said($0, in: "#tea", of: try .globex, time: 1050) })
    }

    private static func at(_ number: UInt64) -> HistoryCursor {
        let position = Position(epoch: number.isMultiple(of: 2) ? 7 : 9, sequence: number)
        return HistoryCursor(time: Int64(1000 + number / 2 * 10), position: position)
    }

    private typealias Part = HistoryRepository.Part

    private static let questions: [(Part, Int, [UInt64])] = [
        (.latest(after: nil), 3, [18, 19, 20]), (.latest(after: at(18)), 10, [19, 20]),
        (.latest(after: .end(of: 1085)), 2, [19, 20]), (.latest(after: at(20)), 5, []),
        (.before(at(5)), 2, [3, 4]), (.before(at(1)), 2, []), (.before(.start(of: 1020)), 10, [1, 2, 3]),
        (.before(.start(of: 1021)), 10, [1, 2, 3, 4, 5]),
        (.after(at(18)), 10, [19, 20]), (.after(at(5)), 2, [6, 7]), (.after(.end(of: 1090)), 10, [20]),
        (.after(.end(of: 1089)), 10, [18, 19, 20]),
        (.around(at(10)), 4, [8, 9, 10, 11]), (.around(at(1)), 4, [1, 2, 3, 4]), (.around(at(10)), 1, [10]),
        (.around(.start(of: 1050)), 4, [8, 9, 10, 11]),
        (.between(at(5), at(9)), 10, [6, 7, 8]), (.between(at(5), at(9)), 2, [6, 7]),
        (.between(at(9), at(5)), 2, [7, 8]), (.between(at(5), at(5)), 10, []),
        (.between(.end(of: 1050), .start(of: 1080)), 10, [12, 13, 14, 15]),
    ]

    @Test(arguments: Driver.allCases)
    func `each part of a conversation is what it says, oldest first`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            try await self.fill(store)
            for (part, limit, expected) in Self.questions {
                let found = try await store.history.read("#tea", of: .acme, part, limit: limit, events: false)
                #expect(found.map(\.id.position.sequence) == expected, "\(part), \(limit)")
                #expect(found.allSatisfy { $0.conversation == "#tea" })
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `with events what happened stands where it did, and counts`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            try await self.fill(store)
            let found = try await store.history.read("#tea", of: .acme, .latest(after: nil), limit: 4, events: true)
            #expect(found.map(\.id.position.sequence) == [18, 19, 20, 120])
            #expect(found.map(\.kind) == [.privmsg, .privmsg, .privmsg, .join])
            let after = try await store.history.read("#tea", of: .acme, .after(Self.at(4)), limit: 3, events: true)
            #expect(after.map(\.id.position.sequence) == [5, 105, 6])
        }
    }

    @Test(arguments: Driver.allCases)
    func `pages go back and forth without gaps`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            try await self.fill(store)
            for events in [true, false] {
                let all = try await store.history.read(
                    "#tea",
                    of: .acme,
                    .latest(after: nil),
                    limit: 100,
                    events: events
                )
                #expect(all.count == (events ? 24 : 20))
                var back: [HistoryRecord] = []
                var part = Part.latest(after: nil)
                while true {
                    let page = try await store.history.read("#tea", of: .acme, part, limit: 7, events: events)
                    guard let first = page.first else { break }
                    back = page + back
                    part = .before(first.cursor)
                }
                #expect(back == all)
                var forth: [HistoryRecord] = []
                part = .after(.start(of: 0))
                while true {
                    let page = try await store.history.read("#tea", of: .acme, part, limit: 7, events: events)
                    guard let last = page.last else { break }
                    forth += page
                    part = .after(last.cursor)
                }
                #expect(forth == all)
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `conversations are found by their parties and names, with the time of what was said last`(
        _ driver: Driver
    ) async throws {
        try await driver.withStore { store in
            let day: Int64 = 86_400_000
            _ = try await store.history.store([
                .said(1, in: "@aann abob", of: .acme, time: day), .said(2, in: "@aann abob", of: .acme, time: 2 * day),
                .said(3, in: "@aann abob", of: .acme, time: 4 * day, .join),
                .said(4, in: "@aann aann", of: .acme, time: 3 * day),
                .said(5, in: "@aalf aann", of: .acme, time: 9 * day),
                .said(6, in: "@abob acid", of: .acme, time: 2 * day), .said(7, in: "#tea", of: .acme, time: day + 5),
                .said(8, in: "#milk", of: .acme, time: 3 * day), .said(9, in: "@aann abob", of: .globex, time: 3 * day),
                .said(10, in: "@aann gann", of: .acme, time: day, .join),
            ])
            let history = store.history
            func targets(_ party: String?, _ times: ClosedRange<Int64>, _ limit: Int = 10) async throws -> [String] {
                try await history.targets(
                    of: .acme,
                    party: party,
                    channels: ["#tea", "#none"],
                    between: times,
                    limit: limit
                ).map { "\($0.conversation) \($0.time / day)" }
            }
            #expect(
                try await targets("aann", 0...(10 * day)) == ["#tea 1", "@aann abob 2", "@aann aann 3", "@aalf aann 9"]
            )
            #expect(try await targets("aann", 0...(10 * day), 2) == ["#tea 1", "@aann abob 2"])
            #expect(try await targets("aann", (2 * day)...(3 * day)) == ["@aann abob 2", "@aann aann 3"])
            #expect(try await targets("gann", 0...(10 * day)) == ["#tea 1"])
            #expect(try await targets(nil, 0...(10 * day)) == ["#tea 1"])
        }
    }

    @Test(arguments: Driver.allCases)
    func `what is taken back is erased, and that it was there stays, whichever comes first`(
        _ driver: Driver
    ) async throws {
        try await driver.withStore { store in
            let (history, acme) = (store.history, try TenantID.acme)
            func redaction(_ number: UInt64, of tenant: TenantID) -> HistoryRecord {
                let id = Stamp(position: Position(epoch: 7, sequence: number), time: Int64(1000 + number / 2 * 10))
                return HistoryRecord(
                    tenant,
                    in: "#tea",
                    id: id,
                    prefix: "Bob!b@c",
                    text: nil,
                    redaction: "Bob!b@c rude"
                )
            }
            // Before the message, behind it, in one batch with it, and twice.
            _ = try await history.store([redaction(2, of: acme)])
            try await self.fill(store)
            #expect(try await history.store([redaction(4, of: acme), redaction(4, of: acme)]) == 1)
            #expect(try await history.store([redaction(4, of: acme)]) == 0)
            let late = HistoryRecord.said(30, in: "#tea", of: acme, epoch: 7, time: 1150, text: "late")
            _ = try await history.store([redaction(30, of: acme), late])
            for number in [2, 4, 30] as [UInt64] {
                let found = try #require(try await history.find(redaction(number, of: acme).id, in: "#tea", of: acme))
                #expect(found.text == nil && found.redaction == "Bob!b@c rude")
            }
            let all = try await history.latest("#tea", of: acme)
            #expect(all.count == 21 && all.count { $0.redaction != nil } == 3)
            #expect(try await history.latest("#tea", of: .globex).allSatisfy { $0.redaction == nil })
            for (text, count) in [("4", 0), ("late", 0), ("2", 0), ("5", 1)] {
                var search = HistorySearch(in: ["#tea"])
                search.text = "message \(text)"
                #expect(try await history.search(search, of: acme).count == count, "\(text)")
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `a read marker only moves forward, and is an account's own`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let markers = store.readMarkers
            let before = try await markers.time(of: "#tea", by: "ann", of: .acme)
            #expect(before == nil)
            #expect(try await markers.advance("#tea", to: 20, by: "ann", of: .acme) == 20)
            #expect(try await markers.advance("#tea", to: 10, by: "ann", of: .acme) == 20)
            #expect(try await markers.advance("#tea", to: 30, by: "ann", of: .acme) == 30)
            #expect(try await markers.time(of: "#tea", by: "ann", of: .acme) == 30)
            #expect(try await markers.time(of: "#tea", by: "bob", of: .acme) == nil)
            #expect(try await markers.time(of: "#milk", by: "ann", of: .acme) == nil)
            #expect(try await markers.time(of: "#tea", by: "ann", of: .globex) == nil)
        }
    }
}
