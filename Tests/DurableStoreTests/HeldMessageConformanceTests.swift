// Messages that wait for a moderator, as they are kept.

import Chat
import StateStore
import Tenant
import Testing

@Suite struct HeldMessageConformanceTests {
    @Test(arguments: Driver.allCases)
    func `a message that is held is found as it was, by its tenant alone, until it is removed`(_ driver: Driver)
        async throws
    {
        try await driver.withStore { store async throws in
            let (held, other) = (HeldMessage.said("a", at: 2), HeldMessage.said("b", at: 1, by: nil, "two\u{e4}"))
            for one in [held, other] { #expect(try await store.held.add(one, of: .acme, limit: 9) == .held) }
            #expect(try await store.held.list(of: .acme, now: 3, limit: 9) == [other, held])
            #expect(try await store.held.list(of: .acme, now: 3, limit: 1) == [other])
            #expect(try await store.held.list(of: .globex, now: 3, limit: 9) == [])
            #expect(try await store.held.find("a", of: .acme, now: 3) == held)
            #expect(try await store.held.find("a", of: .globex, now: 3) == nil)
            #expect(held.text == "buy now")
            #expect(try await store.held.remove("a", of: .globex) == nil)
            #expect(try await store.held.remove("a", of: .acme) == held)
            #expect(try await store.held.remove("a", of: .acme) == nil)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a network and a sender hold as many as they may, and what waited too long is gone`(_ driver: Driver)
        async throws
    {
        try await driver.withStore { store async throws in
            #expect(try await store.held.add(.said("old", at: 1, until: 5), of: .acme, limit: 1) == .held)
            #expect(try await store.held.add(.said("a", at: 4), of: .acme, limit: 1) == .isFull)
            #expect(try await store.held.find("old", of: .acme, now: 5) == nil)
            #expect(try await store.held.add(.said("a", at: 5), of: .acme, limit: 1) == .held)
            for number in 1..<HeldMessageRepository.mostOfSender {
                #expect(try await store.held.add(.said("\(number)", at: 6), of: .acme, limit: 99) == .held)
            }
            #expect(try await store.held.add(.said("more", at: 6), of: .acme, limit: 99) == .senderHasTooMany)
            #expect(try await store.held.add(.said("guest", at: 6, by: nil), of: .acme, limit: 99) == .held)
            try await store.held.deleteExpired(of: .acme, now: .max)
            #expect(try await store.held.list(of: .acme, now: 0, limit: 99) == [])
        }
    }

    @Test(arguments: Driver.allCases)
    func `one moderator at a time lets a message through`(_ driver: Driver) async throws {
        try await driver.withStore { store async throws in
            let held = HeldMessage.said("a", at: 1)
            _ = try await store.held.add(held, of: .acme, limit: 9, noting: .killed(1, of: .acme))
            #expect(try await store.audit.latest(of: .acme, limit: 9).count == 1)
            #expect(try await store.held.claim("a", of: .acme, now: 100) == held)
            #expect(try await store.held.claim("a", of: .acme, now: 200) == nil)
            #expect(try await store.held.remove("a", of: .acme, now: 200) == nil)
            #expect(try await store.held.claim("a", of: .acme, now: 100 + 60_000) == held)
            try await store.held.unclaim("a", of: .acme)
            #expect(try await store.held.claim("a", of: .acme, now: 300) == held)
        }
    }

    @Test(arguments: Driver.allCases)
    func `what an account said, and what goes to it, goes with it`(_ driver: Driver) async throws {
        try await driver.withStore { store async throws in
            _ = try await store.accounts.create("Alice", folded: "alice", credentials: .some, of: .acme, now: 1)
            let toAlice = HeldMessage.said("c", at: 1, by: nil, to: .account("alice"))
            for one in [HeldMessage.said("a", at: 1), .said("b", at: 1, by: nil), toAlice] {
                _ = try await store.held.add(one, of: .acme, limit: 9)
            }
            #expect(try await store.accounts.delete("alice", of: .acme))
            #expect(try await store.held.list(of: .acme, now: 2, limit: 9).map(\.id) == ["b"])
        }
    }
}
