import Chat
import StateStore
import Tenant
import Testing

/// What every durable driver does for accounts' certificates.
@Suite struct CertificateConformanceTests {
    private static func certificate(_ digit: String) throws -> CertificateFingerprint {
        try #require(CertificateFingerprint(String(repeating: digit, count: 64)))
    }

    private static func withAccounts(
        _ driver: Driver,
        _ body: (AccountRepository) async throws -> Void
    ) async throws {
        try await driver.withStore { store in
            for tenant in try [TenantID.acme, .globex] {
                for name in ["alice", "bob"] {
                    _ = try await store.accounts.create(name, folded: name, credentials: .some, of: tenant, now: 10)
                }
            }
            try await body(store.accounts)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a certificate logs in to the account that it was given to, of its tenant alone`(_ driver: Driver) async throws
    {
        try await Self.withAccounts(driver) { accounts in
            let (first, second) = (try Self.certificate("a"), try Self.certificate("b"))
            #expect(try await accounts.add(second, to: "alice", in: .acme, now: 20, limit: 9) == .added)
            #expect(try await accounts.add(first, to: "alice", in: .acme, now: 30, limit: 9) == .added)
            #expect(try await accounts.add(first, to: "alice", in: .acme, now: 40, limit: 9) == .known)
            #expect(try await accounts.add(first, to: "bob", in: .acme, now: 40, limit: 9) == .taken)
            #expect(try await accounts.add(first, to: "bob", in: .globex, now: 40, limit: 9) == .added)
            #expect(try await accounts.find(first, of: .acme)?.name == "alice")
            #expect(try await accounts.find(first, of: .globex)?.name == "bob")
            #expect(try await accounts.find(second, of: .globex) == nil)
            let listed = try await accounts.certificates(of: "alice", in: .acme)
            #expect(listed.map(\.fingerprint) == [second.text, first.text] && listed.map(\.addedAt) == [20, 30])
            #expect(try await !accounts.remove(first, from: "bob", in: .acme))
            #expect(try await accounts.remove(first, from: "alice", in: .acme))
            #expect(try await accounts.find(first, of: .acme) == nil)
            #expect(try await accounts.add(first, to: "carol", in: .acme, now: 50, limit: 9) == .noAccount)
        }
    }

    @Test(arguments: Driver.allCases)
    func `an account has so many, also when they come at once`(_ driver: Driver) async throws {
        try await Self.withAccounts(driver) { accounts in
            let certificates = try "0123456789".map { try Self.certificate(String($0)) }
            let added = try await withThrowingTaskGroup(of: CertificateAddition.self) { group in
                for certificate in certificates {
                    group.addTask { try await accounts.add(certificate, to: "alice", in: .acme, now: 20, limit: 3) }
                }
                return try await group.reduce(into: [CertificateAddition]()) { $0.append($1) }
            }
            #expect(added.count { $0 == .added } == 3 && added.count { $0 == .isFull } == 7)
        }
    }

    @Test(arguments: Driver.allCases)
    func `of accounts that ask for one certificate at once one has it`(_ driver: Driver) async throws {
        try await Self.withAccounts(driver) { accounts in
            let certificate = try Self.certificate("c")
            let added = try await withThrowingTaskGroup(of: CertificateAddition.self) { group in
                for account in ["alice", "bob"] {
                    group.addTask { try await accounts.add(certificate, to: account, in: .acme, now: 20, limit: 3) }
                }
                return try await group.reduce(into: [CertificateAddition]()) { $0.append($1) }
            }
            #expect(Set(added) == [.added, .taken])
        }
    }

    @Test(arguments: Driver.allCases)
    func `whoever has the account's name later is not logged in to by its certificates`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let accounts = store.accounts
            let certificate = try Self.certificate("d")
            func create(_ name: String, at now: Int64) async throws {
                _ = try await accounts.create(name, folded: name, credentials: .some, of: .acme, now: now)
            }
            try await create("alice", at: 10)
            _ = try await accounts.add(certificate, to: "alice", in: .acme, now: 20, limit: 9)
            #expect(try await accounts.delete("alice", of: .acme))
            try await create("alice", at: 30)
            #expect(try await accounts.find(certificate, of: .acme) == nil)
            #expect(try await accounts.certificates(of: "alice", in: .acme).isEmpty)
            try await create("bob", at: 30)
            #expect(try await accounts.add(certificate, to: "bob", in: .acme, now: 40, limit: 9) == .added)
        }
    }

    @Test(arguments: Driver.allCases)
    func `with another password, and as its tenant's administrator, nobody comes in by what was before`(
        _ driver: Driver
    ) async throws {
        try await Self.withAccounts(driver) { accounts in
            let (first, second) = (try Self.certificate("a"), try Self.certificate("b"))
            _ = try await accounts.add(first, to: "alice", in: .acme, now: 20, limit: 9)
            _ = try await accounts.add(second, to: "bob", in: .acme, now: 20, limit: 9)
            #expect(try await accounts.update("alice", credentials: .other, of: .acme, now: 30))
            #expect(try await accounts.find(first, of: .acme) == nil)
            #expect(try await accounts.set(.waiting, of: "bob", in: .acme, now: 30))
            try await accounts.ensureAdmin("bob", folded: "bob", credentials: .other, of: .acme, now: 40)
            #expect(try await accounts.find(second, of: .acme) == nil)
            let bob = try #require(try await accounts.find("bob", of: .acme))
            #expect(bob.state == .active && bob.role == .admin)
            // It is another account than the one that had the name: what was given to that one is not its own.
            #expect(bob.createdAt == 40)
            // With another password it is the same again.
            _ = try await accounts.add(second, to: "bob", in: .acme, now: 50, limit: 9)
            try await accounts.ensureAdmin("bob", folded: "bob", credentials: .some, of: .acme, now: 60)
            #expect(try await accounts.find(second, of: .acme) == nil)
            #expect(try await accounts.find("bob", of: .acme)?.createdAt == 40)
        }
    }

    /// A row that a deletion by other means has left.
    @Test(arguments: Driver.allCases)
    func `a row that is older than its account counts for nothing`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let accounts = store.accounts
            let certificate = try Self.certificate("e")
            for name in ["alice", "bob"] {
                _ = try await accounts.create(name, folded: name, credentials: .some, of: .acme, now: 10)
            }
            _ = try await accounts.add(certificate, to: "alice", in: .acme, now: 20, limit: 1)
            _ = try await store.database.execute(
                "UPDATE accounts SET created_at = 30 WHERE tenant = $1 AND folded = 'alice' RETURNING 1",
                [.text("acme")],
                in: .tenant(.acme)
            )
            #expect(try await accounts.find(certificate, of: .acme) == nil)
            #expect(try await accounts.certificates(of: "alice", in: .acme).isEmpty)
            #expect(try await accounts.add(certificate, to: "bob", in: .acme, now: 40, limit: 1) == .added)
            #expect(try await accounts.find(certificate, of: .acme)?.name == "bob")
            #expect(
                try await accounts.add(try Self.certificate("f"), to: "alice", in: .acme, now: 40, limit: 1) == .added
            )
        }
    }
}
