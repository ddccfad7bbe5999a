// Nicknames that belong to accounts.

import StateStore
import Tenant
import Testing

@Suite struct NameConformanceTests {
    private static func withAccounts(_ driver: Driver, _ body: (AccountRepository) async throws -> Void) async throws {
        try await driver.withStore { store in
            for name in ["alice", "bob"] {
                _ = try await store.accounts.create(name, folded: name, credentials: .some, of: .acme, now: 1)
            }
            try await body(store.accounts)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a nickname is one account's, and goes with it`(_ driver: Driver) async throws {
        try await Self.withAccounts(driver) { accounts async throws in
            func add(_ name: String, to account: String, limit: Int = 2) async throws -> NameAddition {
                let folded = name.lowercased()
                return try await accounts.add(name: name, folded: folded, to: account, in: .acme, now: 5, limit: limit)
            }
            #expect(try await add("Ali", to: "alice") == .added)
            #expect(try await add("ali", to: "alice") == .known)
            #expect(try await add("alice", to: "alice") == .known)
            #expect(try await add("ali", to: "bob") == .taken)
            #expect(try await add("alice", to: "bob") == .taken)
            #expect(try await add("x", to: "nobody") == .noAccount)
            #expect(try await add("Lis", to: "alice") == .added)
            #expect(try await add("third", to: "alice") == .isFull)
            #expect(try await accounts.names(ofAccount: "alice", in: .acme) == ["Ali", "Lis"])
            #expect(try await accounts.names(ofAccount: "alice", in: .globex).isEmpty)
            // Nobody registers an account that is called so.
            let wanted = NewAccount(name: "ALI", folded: "ali", state: .active, email: nil, credentials: .some)
            #expect(try await accounts.register(wanted, of: .acme, limit: nil, now: 6) == .exists)
            await #expect(throws: DurableStoreError.self) {
                try await accounts.create("ali", folded: "ali", credentials: .some, of: .acme, now: 6)
            }
            #expect(try await accounts.remove(name: "lis", from: "bob", in: .acme) == false)
            #expect(try await accounts.remove(name: "lis", from: "alice", in: .acme))
            #expect(try await accounts.delete("alice", of: .acme))
            #expect(try await accounts.names(ofAccount: "alice", in: .acme).isEmpty)
            #expect(try await add("ali", to: "bob") == .added)
        }
    }

    @Test(arguments: Driver.allCases)
    func `all nicknames of a tenant are told once for each version`(_ driver: Driver) async throws {
        try await Self.withAccounts(driver) { accounts async throws in
            _ = try await accounts.add(name: "Ali", folded: "ali", to: "alice", in: .acme, now: 5, limit: 9)
            let first = try #require(try await accounts.names(of: .acme, unless: nil))
            #expect(first.owners == ["alice": "alice", "bob": "bob", "ali": "alice"])
            #expect(try await accounts.names(of: .acme, unless: first.version) == nil)
            #expect(try await accounts.names(of: .globex, unless: nil)?.owners == [:])
            var versions = [first.version]
            func look() async throws -> [String: String]? {
                guard let names = try await accounts.names(of: .acme, unless: versions.last) else { return nil }
                versions.append(names.version)
                return names.owners
            }
            _ = try await accounts.remove(name: "ali", from: "alice", in: .acme)
            #expect(try await look() == ["alice": "alice", "bob": "bob"])
            _ = try await accounts.add(name: "bobby", folded: "bobby", to: "bob", in: .acme, now: 6, limit: 9)
            #expect(try await look()?["bobby"] == "bob")
            _ = try await accounts.create("cid", folded: "cid", credentials: .some, of: .acme, now: 7)
            #expect(try await look()?["cid"] == "cid")
            _ = try await accounts.delete("bob", of: .acme)
            #expect(try await look() == ["alice": "alice", "cid": "cid"])
            #expect(Set(versions).count == versions.count)
        }
    }

    @Test(arguments: Driver.allCases)
    func `more nicknames than are read at a time are all told`(_ driver: Driver) async throws {
        try await Self.withAccounts(driver) { accounts async throws in
            for number in 0..<1_050 {
                let name = "n\(number)"
                _ = try await accounts.add(name: name, folded: name, to: "bob", in: .acme, now: 5, limit: 9_999)
            }
            #expect(try await accounts.names(of: .acme, unless: nil)?.owners.count == 1_052)
        }
    }

    @Test(arguments: Driver.allCases)
    func `an administrator's name is no nickname of another's, and has none of who was called so`(
        _ driver: Driver
    ) async throws {
        try await Self.withAccounts(driver) { accounts async throws in
            _ = try await accounts.add(name: "root", folded: "root", to: "alice", in: .acme, now: 5, limit: 9)
            _ = try await accounts.add(name: "bobby", folded: "bobby", to: "bob", in: .acme, now: 5, limit: 9)
            for name in ["root", "bob"] {
                try await accounts.ensureAdmin(name, folded: name, credentials: .some, of: .acme, now: 9)
            }
            #expect(
                try await accounts.names(of: .acme, unless: nil)?.owners == [
                    "alice": "alice", "bob": "bob", "root": "root",
                ]
            )
            // What they add as administrators stays.
            _ = try await accounts.add(name: "boss", folded: "boss", to: "bob", in: .acme, now: 10, limit: 9)
            try await accounts.ensureAdmin("bob", folded: "bob", credentials: .other, of: .acme, now: 11)
            #expect(try await accounts.names(ofAccount: "bob", in: .acme) == ["boss"])
        }
    }
}
