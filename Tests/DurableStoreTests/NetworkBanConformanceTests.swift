// Bans of networks, as they are kept.

import Chat
import StateStore
import Tenant
import Testing

@Suite struct NetworkBanConformanceTests {
    private static func ban(_ mask: String, at time: Int64, until: Int64? = nil, _ reason: String = "why") throws
        -> NetworkBan
    {
        try #require(NetworkBan(mask: mask, reason: reason, setter: "boss", time: time, until: until))
    }

    @Test(arguments: Driver.allCases)
    func `a ban is kept, replaced and lifted, for one tenant`(_ driver: Driver) async throws {
        try await driver.withStore { store async throws in
            let (first, second) = (try Self.ban("192.0.2.0/24", at: 1), try Self.ban("a:bob", at: 2, until: 9))
            #expect(try await store.bans.set(first, of: .acme, limit: 9) == .set)
            #expect(try await store.bans.set(second, of: .acme, limit: 9) == .set)
            let known = try #require(try await store.bans.list(of: .acme, unless: nil))
            #expect(known.bans == [first, second])
            #expect(try await store.bans.list(of: .acme, unless: known.version) == nil)
            #expect(try await store.bans.list(of: .globex, unless: nil)?.bans == [])
            let other = try Self.ban("a:bob", at: 2, until: nil, "another reason")
            #expect(try await store.bans.set(other, of: .acme, limit: 9) == .set)
            #expect(try await store.bans.list(of: .acme, unless: known.version)?.bans == [first, other])
            #expect(try await store.bans.lift(first.mask, of: .globex) == false)
            #expect(try await store.bans.lift(first.mask, of: .acme))
            #expect(try await store.bans.lift(first.mask, of: .acme) == false)
            #expect(try await store.bans.list(of: .acme, unless: nil)?.bans == [other])
        }
    }

    @Test(arguments: Driver.allCases)
    func `there are no more than a tenant may have, and those that have ended make room`(
        _ driver: Driver
    ) async throws {
        try await driver.withStore { store async throws in
            #expect(try await store.bans.set(Self.ban("a!*@*", at: 1, until: 5), of: .acme, limit: 2) == .set)
            #expect(try await store.bans.set(Self.ban("b!*@*", at: 2), of: .acme, limit: 2) == .set)
            #expect(try await store.bans.set(Self.ban("c!*@*", at: 4), of: .acme, limit: 2) == .isFull)
            #expect(try await store.bans.set(Self.ban("c!*@*", at: 5), of: .acme, limit: 2) == .set)
            #expect(try await store.bans.list(of: .acme, unless: nil)?.bans.map(\.mask) == ["b!*@*", "c!*@*"])
        }
    }
}
