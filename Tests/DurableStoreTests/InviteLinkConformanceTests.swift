// Invite links in both databases.

import StateStore
import Tenant
import Testing

@Suite struct InviteLinkConformanceTests {
    private func link(_ code: String, uses: Int = 1, until: Int64 = 100, since: Int64 = 1) -> InviteLink {
        InviteLink(code: code, channel: "#tea", since: since, creator: "ann", expiresAt: until, uses: uses)
    }

    @Test(arguments: Driver.allCases)
    func `each use is had once, however many ask at once`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let links = store.links
            #expect(try await links.add(self.link("one", uses: 5), in: .acme, limit: 10, now: 1))
            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<12 { group.addTask { try await links.take("one", in: .acme, now: 2) != nil } }
                return try await group.reduce(into: 0) { if $1 { $0 += 1 } }
            }
            #expect(taken == 5)
            #expect(try await links.list(of: "#tea", since: 1, in: .acme, now: 2) == [])
            // What is added meanwhile takes no use that is given back.
            #expect(try await links.add(self.link("two"), in: .acme, limit: 1, now: 2))
            try await links.giveBack(self.link("one"), in: .acme)
            #expect(try await links.take("one", in: .globex, now: 2) == nil)
            #expect(try await links.take("one", in: .acme, now: 2)?.uses == 0)
        }
    }

    @Test(arguments: Driver.allCases)
    func `links end, are revoked, and make room`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let links = store.links
            #expect(try await links.add(self.link("one", until: 10), in: .acme, limit: 2, now: 1))
            #expect(try await links.add(self.link("two"), in: .acme, limit: 2, now: 1))
            #expect(try await !links.add(self.link("three"), in: .acme, limit: 2, now: 1))
            #expect(try await links.take("one", in: .acme, now: 10) == nil)
            #expect(try await links.add(self.link("three"), in: .acme, limit: 2, now: 10))
            let found = try await links.list(of: "#tea", since: 1, in: .acme, now: 10)
            #expect(Set(found.map(\.id)) == Set([self.link("two").id, self.link("three").id]))
            #expect(try await links.list(of: "#tea", since: 2, in: .acme, now: 10) == [])
            #expect(try await !links.revoke(self.link("two").id, of: "#tea", since: 2, in: .acme))
            #expect(try await links.revoke(self.link("two").id, of: "#tea", since: 1, in: .acme))
            #expect(try await !links.revoke(self.link("two").id, of: "#tea", since: 1, in: .acme))
            #expect(try await links.take("two", in: .acme, now: 10) == nil)
            // Those of an earlier registration are in nobody's way.
            #expect(try await links.add(self.link("four", since: 2), in: .acme, limit: 1, now: 10))
            #expect(try await links.take("three", in: .acme, now: 10) == nil)
            // The code itself is nowhere.
            #expect(!self.link("three").hash.contains("three") && self.link("three").hash.count == 64)
        }
    }
}
