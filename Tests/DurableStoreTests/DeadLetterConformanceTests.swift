import NIOCore
import StateStore
import Tenant
import Testing

/// Records that the history refused, over every driver.
@Suite struct DeadLetterConformanceTests {
    private func letter(_ tenant: TenantID, _ name: String, _ sequence: UInt64, time: Int64 = 1000) -> DeadLetter {
        DeadLetter(
            LogKey(tenant, .channel, name),
            Position(epoch: 9, sequence: sequence),
            time: time,
            payload: Array(FeedStore.message("message \(sequence)").readableBytesView),
            FeedLabel(name),
            code: "22021",
            reason: "invalid byte sequence",
            setAside: 5
        )
    }

    @Test(arguments: Driver.allCases)
    func `what is kept is kept once, counted and listed by tenant, page by page`(driver: Driver) async throws {
        try await driver.withStore { store in
            let (acme, globex) = (try TenantID.acme, try TenantID.globex)
            let mine = (1...5).map { self.letter(acme, "#\u{0}", $0) }
            let theirs = [self.letter(globex, "#tea", 1)]
            try await store.deadLetters.keep(mine + theirs)
            try await store.deadLetters.keep(Array(mine.prefix(2)))
            #expect(try await store.deadLetters.count() == 6)
            #expect(try await store.deadLetters.count(of: acme) == 5)
            #expect(try await store.deadLetters.list() == mine + theirs)
            #expect(try await store.deadLetters.list(of: globex) == theirs)
            let first = try await store.deadLetters.list(of: acme, limit: 3)
            #expect(first == Array(mine.prefix(3)))
            #expect(try await store.deadLetters.list(of: acme, after: first.last, limit: 3) == Array(mine.suffix(2)))
        }
    }

    @Test(arguments: Driver.allCases)
    func `a letter that is replayed is history, once, and one that is refused still stays`(
        driver: Driver
    ) async throws {
        try await driver.withStore { store in
            let (good, bad) = (self.letter(try .acme, "#tea", 1), self.letter(try .acme, "#\u{0}", 1))
            try await store.deadLetters.keep([good, bad])
            try await store.deadLetters.replay(good)
            #expect(try await store.deadLetters.list() == [bad])
            #expect(try await store.history.latest("#tea", of: .acme).map(\.text) == ["message 1"])
            try await store.deadLetters.keep([good])
            try await store.deadLetters.replay(good)
            #expect(try await store.history.latest("#tea", of: .acme).map(\.text) == ["message 1"])
            await #expect(throws: DurableStoreError.self) { try await store.deadLetters.replay(bad) }
            #expect(try await store.deadLetters.list() == [bad])
            try await store.deadLetters.discard(bad)
            #expect(try await store.deadLetters.count() == 0)
        }
    }

    @Test(arguments: Driver.allCases)
    func `letters go when the tenant's retention says`(driver: Driver) async throws {
        try await driver.withStore { store in
            let (acme, globex) = (try TenantID.acme, try TenantID.globex)
            let (old, new) = (self.letter(acme, "#a", 1, time: 10), self.letter(acme, "#a", 2, time: 20))
            let other = self.letter(globex, "#a", 1, time: 10)
            try await store.deadLetters.keep([old, new, other])
            _ = try await store.history.delete(before: 15, of: acme)
            #expect(try await store.deadLetters.list() == [new, other])
        }
    }
}
