import Chat
import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// The way of an entry from the live store's feed to the durable history.
@Suite struct HistoryWriterTests {
    @Test(arguments: Driver.allCases)
    func `what the feed holds is stored in order and acknowledged`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let live = FeedStore()
            let log = LogKey(try .acme, .channel, "#tea")
            live.append(1...250, to: log)
            let writer = HistoryWriter(live: live, store: store, batch: 100, logger: .quiet)
            var moved: [Int] = []
            while let count = try await writer.moveBatch(waiting: .zero).nonZero { moved.append(count) }
            #expect(moved == [100, 100, 50])
            #expect(live.waiting == 0)
            let kept = try await store.history.latest("#tea", of: .acme)
            #expect(kept.map(\.id.position.sequence) == Array(1...250))
            #expect(kept.last?.text == "message 250")
        }
    }

    @Test func `nothing is acknowledged that is not stored`() async throws {
        let live = FeedStore()
        live.append(1...5, to: LogKey(try .acme, .channel, "#tea"))
        let store = DurableStore(try SQLiteDatabase())
        let writer = HistoryWriter(live: live, store: store, logger: .quiet)
        // There is no schema yet: a failure of the store that is no record's fault.
        _ = try? await writer.moveBatch(waiting: .zero)
        #expect(live.waiting == 5)
        _ = try await store.migrator.up(now: 0)
        _ = try await writer.moveBatch(waiting: .zero)
        #expect(live.waiting == 0)
        await store.close()
    }

    @Test func `an acknowledgement that is lost doubles nothing`() async throws {
        try await Driver.sqliteInMemory.withStore { store in
            let live = FeedStore(lostAcknowledgements: 1)
            let log = LogKey(try .acme, .channel, "#tea")
            live.append(1...5, to: log)
            let writer = HistoryWriter(live: live, store: store, logger: .quiet)
            await #expect(throws: LiveStoreError.self) { try await writer.moveBatch(waiting: .zero) }
            live.append(6...7, to: log)
            _ = try await writer.moveBatch(waiting: .zero)
            #expect(live.waiting == 0)
            let kept = try await store.history.latest("#tea", of: .acme)
            #expect(kept.map(\.id.position.sequence) == Array(1...7))
        }
    }

    @Test(arguments: [Driver.sqliteInMemory, .postgres])
    func `a record that the database refuses holds up no other and becomes a dead letter`(driver: Driver) async throws {
        try await driver.withStore { store in
            let live = FeedStore()
            let (log, poisoned) = (LogKey(try .acme, .channel, "#tea"), LogKey(try .acme, .channel, "#\u{0}"))
            live.append(1...9, to: log)
            live.append(1...1, to: poisoned)
            live.append(10...20, to: log)
            let writer = HistoryWriter(live: live, store: store, now: { 77 }, logger: .quiet)
            let moved = try await writer.moveBatch(waiting: .zero)
            #expect(moved == 21)
            #expect(live.waiting == 0)
            #expect(writer.figures.setAside == 1)
            #expect(writer.figures.deadLetters == 1)
            let letters = try await store.deadLetters.list()
            #expect(letters.map(\.log) == [poisoned])
            #expect(letters.map(\.label.text) == [poisoned.name])
            #expect(letters.map(\.setAside) == [77])
            #expect(letters.allSatisfy { !$0.code.isEmpty && !$0.reason.isEmpty })
        }
    }

    @Test func `what is for few or for nobody later is done with, and what cannot be read becomes a dead letter`()
        async throws
    {
        try await Driver.sqliteInMemory.withStore { store in
            let (live, log) = (FeedStore(), LogKey(try .acme, .channel, "#tea"))
            let ann = Author(session: SessionID(rawValue: 1), prefix: "ann!a@b", account: "ann")
            live.append(ChannelEvent.changed(SessionID(rawValue: 1), .away("tea"), by: ann, number: 1).encoded, to: log)
            live.append(FeedStore.message("to ops", minimum: .owner), to: log)
            live.append(ChannelEvent.topic(Topic(text: "new", setter: "ann", time: 1), by: ann).encoded, to: log)
            live.append(ByteBuffer(bytes: [0x7F, 1, 2]), to: log)
            let writer = HistoryWriter(live: live, store: store, logger: .quiet)
            #expect(try await writer.moveBatch(waiting: .zero) == 4)
            #expect(live.waiting == 0)
            let kept = try await store.history.read("#tea", of: .acme, .latest(after: nil), limit: 10, events: true)
            #expect(kept.map(\.kind) == [.topic])
            #expect(kept.map(\.text) == ["new"] && kept.map(\.account) == ["ann"])
            let letters = try await store.deadLetters.list()
            #expect(letters.map(\.code) == [DeadLetter.unreadable] && letters.map(\.payload) == [[0x7F, 1, 2]])
            await #expect(throws: DurableStoreError.self) { try await store.deadLetters.replay(letters[0]) }
        }
    }

    @Test func `a writer that is stopped empties the feed first`() async throws {
        try await Driver.sqliteInMemory.withStore { store in
            let live = FeedStore()
            let log = LogKey(try .acme, .channel, "#tea")
            live.append(1...500, to: log)
            let writer = HistoryWriter(
                live: live,
                store: store,
                batch: 10,
                drainTime: .seconds(600),
                logger: .quiet
            )
            let service = Task { try await writer.run() }
            service.cancel()
            try await service.value
            #expect(live.waiting == 0)
            let size = try await store.history.size(of: .acme)
            #expect(size.records == 500)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `the database killed and started again loses and doubles nothing`() async throws {
        let server = try PostgresServer(durable: true)
        defer { server.end() }
        let store = try DurableStore.open(server.makeDatabase(), logger: .quiet)
        _ = try await store.migrator.up(now: 0)
        let live = FeedStore()
        let log = LogKey(try .acme, .channel, "#tea")
        let writer = HistoryWriter(live: live, store: store, batch: 20, logger: .quiet)
        let service = Task { try await writer.run() }

        var sequence: UInt64 = 0
        for _ in 0..<3 {
            // The kill comes amid the batches of these.
            live.append(sequence + 1...sequence + 1000, to: log)
            sequence += 1000
            while live.waiting > 900 { await Task.yield() }
            try server.kill()
            try server.start()
        }
        while live.waiting > 0 { await Task.yield() }
        service.cancel()
        try await service.value

        var kept: [HistoryRecord] = []
        while let page = try await store.history.read(
            "#tea",
            of: .acme,
            .after(kept.last?.cursor ?? .start(of: 0)),
            limit: 1000,
            events: false
        ).nonEmpty { kept += page }
        #expect(kept.map(\.id.position.sequence) == Array(1...sequence))
        #expect(kept.allSatisfy { $0.text == "message \($0.id.position.sequence)" })
        await store.close()
    }
}

extension Int {
    fileprivate var nonZero: Int? { self == 0 ? nil : self }
}

extension Array {
    fileprivate var nonEmpty: Self? { self.isEmpty ? nil : self }
}
