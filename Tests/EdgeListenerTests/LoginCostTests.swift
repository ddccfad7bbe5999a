import Crypto
import Edge
import Logging
import Realm
import StateStore
import Synchronization
import Tenant
import Testing

@Suite struct `What a refused log-in costs` {
    private static let cost = PasswordHash.Parameters(logN: 4, blockSize: 8, parallelism: 1)

    /// A tenant with Alice, whose password is `secret`, and Bob, who has none.
    private func withAccounts(
        _ body: (AccountService, _ work: @Sendable () -> [String], TenantID) async throws -> Void
    ) async throws {
        let tenant = try #require(TenantID("acme"))
        let store = DurableStore(try SQLiteDatabase())
        _ = try await store.migrator.up(now: 0)
        let made = try AccountCredentials(name: "Alice", password: "secret", parameters: Self.cost)
        for (name, credentials) in [
            ("Alice", Account.Credentials(made)),
            ("bob", .init(passwordHash: nil, scram: nil)), ("carol", .init(passwordHash: "lost", scram: "lost")),
        ] {
            _ = try await store.accounts.create(
                name,
                folded: name.lowercased(),
                credentials: credentials,
                of: tenant,
                now: 0
            )
        }
        let work = Mutex<[String]>([])
        let hasher = PasswordHasher(parameters: Self.cost) { password, salt, cost, length throws(AccountError) in
            work.withLock { $0.append("\(salt.count) bytes of salt at \(cost) for \(length)") }
            return try PasswordHash.derive(password, salt, cost, length: length)
        }
        let service = AccountService(
            durable: store,
            seal: { TOTPSeal(from: SymmetricKey(data: [1]), tenant: $0) },
            codeKey: { CodeKey(from: SymmetricKey(data: [1]), tenant: $0) },
            hasher: hasher,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            decoyKey: SymmetricKey(data: Array(repeating: 7, count: 32))
        )
        try await body(service, { work.withLock { $0 } }, tenant)
        await store.close()
    }

    @Test func `is one derivation, whether the account exists or not and whatever the password is`() async throws {
        try await self.withAccounts { service, work, tenant in
            let passwords = ["wrong", "", "\u{7}", "a\u{202E}b", "\u{AD}", String(repeating: "x", count: 600)]
            let names = ["alice", "ALICE", "bob", "carol", "nobody", "no body", ""]
            for name in names {
                for password in passwords {
                    let account = try await service.find(name, in: tenant)
                    #expect(try await service.verify(password, of: account, in: tenant) == .wrong)
                }
            }
            #expect(work().count == names.count * passwords.count)
            #expect(Set(work()).count == 1, "\(Set(work()))")
            let alice = try #require(try await service.find("aLiCe", in: tenant))
            #expect(try await service.verify("secret", of: alice, in: tenant) == .right)
            #expect(Set(work()).count == 1, "one that is let in costs no less")
        }
    }

    @Test(arguments: ScramHash.allCases)
    func `is a challenge for SCRAM that looks like any other and stays the same`(hash: ScramHash) async throws {
        try await self.withAccounts { service, work, tenant in
            func challenge(_ name: String, in tenant: TenantID) async throws -> ScramCredentials {
                let account = try await service.find(name, in: tenant)
                return service.scramCredentials(hash, of: account, named: name, in: tenant)
            }
            let real = try await challenge("alice", in: tenant)
            for name in ["bob", "carol", "nobody"] {
                let first = try await challenge(name, in: tenant)
                #expect(try await challenge(name.uppercased(), in: tenant) == first)
                #expect(first.salt.count == real.salt.count && first.iterations == real.iterations)
                let other = try #require(TenantID("globex"))
                #expect(try await challenge(name, in: other).salt != first.salt)
            }
            #expect(work().isEmpty)
        }
    }
}
