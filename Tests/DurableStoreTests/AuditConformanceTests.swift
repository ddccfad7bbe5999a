// The audit log, as it is kept.

import Chat
import NIOCore
import StateStore
import Tenant
import Testing

@Suite struct AuditConformanceTests {
    @Test(arguments: Driver.allCases)
    func `a record is kept once, for one tenant, and found the newest first`(_ driver: Driver) async throws {
        try await driver.withStore { store async throws in
            let acme = try TenantID.acme
            let records = (1...5).map { AuditRecord.killed($0, of: acme, by: $0 == 3 ? "Bob" : "Alice", "\($0)") }
            try await store.audit.store(records)
            try await store.audit.store(records + [try .killed(9, of: .globex)])
            try await store.audit.store([])
            #expect(try await store.audit.latest(of: acme, limit: 9) == records.reversed())
            #expect(try await store.audit.latest(of: acme, limit: 2) == [records[4], records[3]])
            #expect(try await store.audit.latest(of: .globex, limit: 9).map(\.time) == [9])
            for (pattern, count) in [
                ("alice", 4), ("BOB", 1), ("b?b", 1), ("al", 5), ("bob_*", 5), ("bob?1", 5), ("b%", 0), ("bob__", 0),
                ("*", 5), ("!", 0), ("", 5), ("'", 0),
            ] {
                let found = try await store.audit.latest(of: acme, matching: pattern, limit: 9)
                #expect(found.count == count, "\(pattern)")
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `what is too old is forgotten, some at a time`(_ driver: Driver) async throws {
        try await driver.withStore { store async throws in
            let acme = try TenantID.acme
            try await store.audit.store(
                (1...5).map { AuditRecord.killed($0, of: acme) } + [try .killed(1, of: .globex)]
            )
            #expect(try await store.audit.delete(before: 5, of: acme, limit: 3) == 3)
            #expect(try await store.audit.delete(before: 5, of: acme, limit: 3) == 1)
            #expect(try await store.audit.latest(of: acme, limit: 9).map(\.time) == [5])
            #expect(try await store.audit.latest(of: .globex, limit: 9).count == 1)
        }
    }

    @Test(arguments: Driver.allCases)
    func `each sweep forgets what is older than it is kept`(_ driver: Driver) async throws {
        try await driver.withStore { store async throws in
            let acme = try TenantID.acme
            let day: Int64 = 86_400_000
            try await store.audit.store([1, 99, 101, 400].map { AuditRecord.killed($0 * day, of: acme) })
            let retention = HistoryRetention(
                history: store.history,
                audit: store.audit,
                tenants: { [acme: .seconds(60)] },
                now: { 500 * day },
                logger: .quiet
            )
            await retention.sweep()
            #expect(try await store.audit.latest(of: acme, limit: 9).map { $0.time / day } == [400, 101])
        }
    }

    @Test(arguments: Driver.allCases)
    func `what is done in the database is kept with it, or not at all`(_ driver: Driver) async throws {
        try await driver.withStore { store async throws in
            let acme = try TenantID.acme
            let ban = try #require(NetworkBan(mask: "x!*@*", reason: "", setter: "boss", time: 1, until: nil))
            let other = try #require(NetworkBan(mask: "y!*@*", reason: "", setter: "boss", time: 1, until: nil))
            #expect(try await store.bans.set(ban, of: acme, limit: 1, noting: .killed(1, of: acme)) == .set)
            #expect(try await store.bans.set(other, of: acme, limit: 1, noting: .killed(2, of: acme)) == .isFull)
            #expect(try await store.bans.lift("y!*@*", of: acme, noting: .killed(3, of: acme)) == false)
            #expect(try await store.bans.lift("x!*@*", of: acme, noting: .killed(4, of: acme)))
            #expect(try await store.audit.latest(of: acme, limit: 9).map(\.time) == [4, 1])
        }
    }

    @Test(arguments: Driver.allCases)
    func `what the feed has is kept once however often it comes, beside the history`(_ driver: Driver) async throws {
        try await driver.withStore { store async throws in
            let acme = try TenantID.acme
            let live = FeedStore(lostAcknowledgements: 1)
            let log = LogKey(acme, .tenant, "")
            let entries = (1...3).map { AuditRecord.killed($0, of: acme, by: "Alice\($0)").entry }
            for entry in entries { live.append(TenantEvent.audited(entry).encoded, to: log) }
            live.append(FeedStore.message("hello"), to: LogKey(acme, .channel, "#tea"))
            let writer = HistoryWriter(live: live, store: store, logger: .quiet)
            await #expect(throws: LiveStoreError.self) { try await writer.moveBatch(waiting: .zero) }
            #expect(try await writer.moveBatch(waiting: .zero) == 4)
            #expect(live.waiting == 0)
            #expect(try await store.audit.latest(of: acme, limit: 9).reversed().map(\.entry) == entries)
            #expect(try await store.history.latest("#tea", of: acme).map(\.text) == ["hello"])
        }
    }

    @Test(arguments: [Driver.sqliteInMemory, .postgres])
    func `what the database refuses holds up no other, and can be kept later`(_ driver: Driver) async throws {
        try await driver.withStore { store async throws in
            let acme = try TenantID.acme
            let live = FeedStore()
            let log = LogKey(acme, .tenant, "")
            let bad = AuditEntry(account: nil, nick: "al", role: .guide, "KILL", "bob", detail: "a\u{0}b")
            live.append(TenantEvent.audited(AuditRecord.killed(1, of: acme).entry).encoded, to: log)
            if driver == .postgres { live.append(TenantEvent.audited(bad).encoded, to: log) }
            // What a version wrote that knows more.
            live.append(ByteBuffer(bytes: [0x7F, 100, 1]), to: log)
            live.append(TenantEvent.audited(AuditRecord.killed(2, of: acme).entry).encoded, to: log)
            let writer = HistoryWriter(live: live, store: store, logger: .quiet)
            _ = try await writer.moveBatch(waiting: .zero)
            #expect(live.waiting == 0)
            #expect(try await store.audit.latest(of: acme, limit: 9).count == 2)
            #expect(try await store.deadLetters.list().count == (driver == .postgres ? 2 : 1))
        }
    }
}
