// What is changed of accounts from outside, as edges read it.

import Chat
import Logging
import Observability
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

@Suite struct AccountChangeConformanceTests {
    @Test(arguments: Driver.allCases)
    func `what is changed from outside is noted, and what an edge changes is not`(_ driver: Driver) async throws {
        try await driver.withStore { store async throws in
            let acme = try TenantID.acme
            for name in ["ann", "bob", "cid"] {
                _ = try await store.accounts.create(name, folded: name, credentials: .some, of: acme, now: 1)
            }
            _ = try await store.accounts.update("ann", credentials: .other, of: acme, now: 2)
            _ = try await store.accounts.delete("cid", of: acme)
            #expect(try await store.accountChanges.changes(from: 0).changes.isEmpty)
            let telling = store.accounts.telling
            #expect(try await telling.update("ann", credentials: .some, of: acme, now: 3))
            #expect(try await telling.set(.admin, of: "ann", in: acme, now: 3))
            #expect(try await telling.set(.user, of: "ann", in: acme, now: 3))
            #expect(try await telling.delete("bob", of: acme))
            // Of accounts that are not there nothing is told.
            #expect(try await !telling.delete("cid", of: acme))
            #expect(try await !telling.logOut("cid", of: acme))
            #expect(try await telling.logOut("ann", of: acme))
            let page = try await store.accountChanges.changes(from: 0)
            let told = Set(page.changes.map { "\($0.account) \($0.what?.rawValue ?? "?")" })
            #expect(told == ["ann proof", "ann role", "bob deleted", "ann log-out"] && page.changes.count == 4)
            #expect(page.changes.allSatisfy { abs($0.time - page.now) < 60_000 } && !page.isFull)
            let first = try await store.accountChanges.changes(from: 0, limit: 3)
            let last = try #require(first.changes.last)
            let rest = try await store.accountChanges.changes(from: last.time, after: last.serial)
            #expect(first.isFull && first.changes + rest.changes == page.changes)
            #expect(first.end?.time == last.time && first.end?.serial == last.serial)
            try await store.accountChanges.forget(olderThan: 60_000)
            #expect(try await store.accountChanges.changes(from: 0).changes.count == 4)
            try await store.accountChanges.forget(olderThan: -60_000)
            #expect(try await store.accountChanges.changes(from: 0).changes.isEmpty)
        }
    }

    @Test(arguments: Driver.allCases)
    func `an edge does each change once, and again what it could not do`(_ driver: Driver) async throws {
        try await driver.withStore { store async throws in
            let acme = try TenantID.acme
            for name in ["ann", "bob"] {
                _ = try await store.accounts.create(name, folded: name, credentials: .some, of: acme, now: 1)
            }
            #expect(try await store.accounts.telling.delete("ann", of: acme))
            let done = Mutex<[String]>([])
            let (changes, continuation) = AsyncStream.makeStream(of: String.self)
            let follower = AccountChangeFollower(
                store.accountChanges,
                every: .milliseconds(10),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { change in
                let isFirst = done.withLock { done in
                    done.append(change.account)
                    return done.count == 1
                }
                continuation.yield(change.account)
                return !isFirst
            }
            let following = Task { await follower.run() }
            var heard: [String] = []
            for await change in changes {
                heard.append(change)
                // The first was refused, and comes again before what is next.
                if heard.count == 2 { _ = try await store.accounts.telling.delete("bob", of: acme) }
                if heard.count == 3 { break }
            }
            following.cancel()
            await following.value
            #expect(heard == ["ann", "ann", "bob"])
        }
    }
}
