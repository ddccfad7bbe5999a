// What follows from an administrator's password in a tenant's file being another.

import Crypto
import Logging
import Realm
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

@Suite struct AdminPasswordTests {
    private static let cost = PasswordHash.Parameters(logN: 4, blockSize: 8, parallelism: 1)

    private static func tenant(_ passwords: [String: String]) throws -> HostedTenant {
        HostedTenant(
            id: try #require(TenantID("acme")),
            hostnames: ["acme.localhost"],
            admins: passwords.sorted { $0.key < $1.key }.map { AdminAccount(account: $0, password: Redacted($1)) }
        )
    }

    @Test func `those are told whose password is another than before, and no others`() async throws {
        let store = DurableStore(try SQLiteDatabase())
        _ = try await store.migrator.up(now: 0)
        let service = AccountService(
            durable: store,
            seal: { TOTPSeal(from: SymmetricKey(data: [1]), tenant: $0) },
            codeKey: { CodeKey(from: SymmetricKey(data: [1]), tenant: $0) },
            hasher: PasswordHasher(parameters: Self.cost),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let told = Mutex<[[String]]>([])
        func provision(_ passwords: [String: String]) async throws {
            service.provision([try Self.tenant(passwords)]) { names, _ in told.withLock { $0.append(names) } }
            // Whoever logs in waits until it is done.
            _ = try await service.find("boss", in: try #require(TenantID("acme")))
        }
        try await provision(["Boss": "one", "chief": "two"])
        try await provision(["Boss": "one", "chief": "two"])
        try await provision(["Boss": "three", "chief": "two"])
        #expect(told.withLock { $0 } == [["boss", "chief"], ["boss"]])
        await store.close()
    }

    /// An edge sees to it that there is the administrator that the tenant names.
    ///
    /// - Returns: whom it made anew.
    private static func provision(_ store: DurableStore) async throws -> [String] {
        try await store.accounts.provision(
            [AdminAccount(account: "Boss", password: Redacted("one"))],
            named: ["Boss"],
            of: self.tenant([:]).id,
            hasher: PasswordHasher(parameters: self.cost),
            now: 2,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { $0.lowercased() }
    }

    /// What an older version made knows fewer mechanisms.
    @Test func `an administrator can log in by each mechanism, and is made anew for that once`() async throws {
        let store = DurableStore(try SQLiteDatabase())
        _ = try await store.migrator.up(now: 0)
        let acme = try Self.tenant([:]).id
        let made = try AccountCredentials(name: "Boss", password: "one", parameters: Self.cost)
        try await store.accounts.ensureAdmin(
            "Boss",
            folded: "boss",
            credentials: .init(passwordHash: made.passwordHash.text, scram: made.scram[0].text),
            of: acme,
            now: 1
        )
        #expect(try await Self.provision(store) == ["boss"])
        let text = try #require(try await store.accounts.find("boss", of: acme)?.credentials.scram)
        #expect(ScramHash.allCases.allSatisfy { ScramCredentials(text: text, $0) != nil })
        #expect(try await Self.provision(store) == [])
        await store.close()
    }

    /// What is done twice ends the rights of who logged in between.
    @Test func `of edges that begin side by side one makes an administrator, and the others leave it so`() async throws
    {
        let store = DurableStore(try SQLiteDatabase())
        _ = try await store.migrator.up(now: 0)
        let made = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 { group.addTask { try await Self.provision(store) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(made == ["boss"])
        await store.close()
    }
}
