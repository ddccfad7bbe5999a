// Logging in while the database of accounts is away: who logged in lately is let in, if the tenant allows it (ADR 0027).

import Chat
import Crypto
import Edge
import Logging
import Realm
import Simulation
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// A way to log in.
enum WayIn: String, CaseIterable, CustomTestStringConvertible {
    case pass = "PASS"
    case plain = "PLAIN"
    case scram = "SCRAM-SHA-256"

    var testDescription: String { self.rawValue }
}

extension CommandHarness {
    /// A network that remembers log-ins for a day, or as long as is said, and whose boss is an administrator.
    static func remembering(
        shards: Int = 1,
        for duration: Duration = .seconds(86_400),
        sessions: SessionSettings = .standard,
        authenticator: (any Authenticator)? = nil
    ) throws -> CommandHarness {
        var accounts = AccountSettings()
        accounts.rememberFor = duration
        let harness = try CommandHarness(
            shards: shards,
            accounts: accounts,
            persistence: sessions,
            authenticator: authenticator
        )
        harness.accounts.add("Ann", password: "sesame")
        harness.accounts.add("boss", password: "sesame", role: .admin)
        return harness
    }

    /// Tries to log in; what the client is told of that, and whether it is somebody with an account afterwards.
    func tries(
        _ account: String,
        _ password: String = "sesame",
        by way: WayIn = .plain,
        shard: Int = 0,
        address: String = "192.0.2.1"
    ) async throws -> (client: Client, told: [Line], isIn: Bool) {
        let client = self.stranger(shard: shard, address: address)
        _ = await client.send("CAP REQ :sasl standard-replies", "NICK ann", "USER ann 0 * :Ann")
        var told: [Line] = []
        switch way {
        case .pass: _ = await client.send("PASS \(account):\(password)")
        case .plain:
            _ = await client.send("AUTHENTICATE PLAIN")
            told = await client.send("AUTHENTICATE \(plain(account, password))")
        case .scram: told = try await client.proves(account, password)
        }
        told += await client.send("CAP END")
        let isIn = await !client.send("WHOIS ann").with("330").isEmpty
        return (client, told, isIn)
    }

    /// Logs in while the database is there, and leaves.
    func rememberThat(_ account: String, _ password: String = "sesame", shard: Int = 0) async throws {
        let (client, told, isIn) = try await self.tries(account, password, shard: shard)
        #expect(isIn, "\(told)")
        _ = await client.send("QUIT")
    }

    /// Whether somebody is let in with a password, while accounts cannot be read.
    func letsIn(_ account: String, _ password: String = "sesame", shard: Int = 0) async throws -> Bool {
        self.accounts.failure = .away
        defer { self.accounts.failure = nil }
        let (client, _, isIn) = try await self.tries(account, password, shard: shard)
        _ = await client.send("QUIT")
        return isIn
    }

    /// What the store has of log-ins; nil for no log at all.
    var remembered: [FieldName: [UInt8]]? {
        self.snapshot(of: RememberedLogins.log(of: self.tenant.id)).flatMap { $0.exists ? $0.fields : nil }
    }
}

@Suite struct RememberedLoginTests {
    @Test(arguments: WayIn.allCases, WayIn.allCases)
    func `who logged in lately in any way is let in on another shard while accounts cannot be read`(
        before: WayIn,
        now: WayIn
    ) async throws {
        let harness = try CommandHarness.remembering(shards: 2)
        _ = await (try await harness.tries("Ann", by: before)).client.send("QUIT")
        harness.accounts.failure = .away
        let (_, told, isIn) = try await harness.tries("ann", by: now, shard: 1)
        #expect(isIn)
        let notes = told.with("NOTE")
        #expect(notes.count == 1 && notes[0].parameters[1] == "LOGIN_REMEMBERED", "\(told)")
        #expect(harness.shards[1].realm.statistics.rememberedLogins == 1)
    }

    @Test func `who did not log in is told the same as who has another password`() async throws {
        let harness = try CommandHarness.remembering()
        try await harness.rememberThat("Ann")
        harness.accounts.failure = .away
        for way in [WayIn.plain, .scram] {
            for (account, password) in [("ann", "wrong"), ("boss", "sesame"), ("nobody", "sesame")] {
                let told = try await harness.tries(account, password, by: way, address: "\(account).\(way)").told
                let text =
                    "accounts cannot be checked now, and this is none of the log-ins that are remembered; try again"
                #expect(
                    told.prefix(2).map(\.short) == [
                        "FAIL AUTHENTICATE TEMPORARILY_UNAVAILABLE \(text)", "904 \(text)",
                    ]
                )
            }
        }
        let (client, told, _) = try await harness.tries("ann", "wrong", by: .pass, address: "192.0.2.2")
        #expect(client.isClosed && told.commands == ["ERROR"] && told[0].text.contains("try again"), "\(told)")
    }

    @Test func `a tenant that says nothing has nothing remembered, and refuses as ever`() async throws {
        let harness = try CommandHarness.remembering(for: .zero)
        try await harness.rememberThat("Ann")
        #expect(harness.remembered == nil)
        harness.accounts.failure = .away
        let (_, told, isIn) = try await harness.tries("ann")
        #expect(!isIn && told[1].text == "accounts cannot be checked now, try again", "\(told)")
    }

    @Test(arguments: [AuthenticationError.unavailable, .busy])
    func `what is remembered is for a database that is away, and for nothing else`(
        failure: AuthenticationError
    ) async throws {
        let harness = try CommandHarness.remembering()
        try await harness.rememberThat("Ann")
        harness.accounts.failure = failure
        #expect(try await !harness.tries("ann").isIn)
    }

    @Test func `tries against what is remembered count as any others`() async throws {
        let harness = try CommandHarness.remembering()
        try await harness.rememberThat("Ann")
        harness.accounts.failure = .away
        let client = await harness.negotiating()
        for _ in 0..<10 {
            let told = await client.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "wrong"))")
            #expect(told.commands.last == "904")
        }
        #expect(await client.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))").count == 1)
        await harness.advance(by: 10)
        #expect(await client.hears().commands.contains("903"))
    }

    // MARK: Rights

    @Test func `an administrator is let in as anybody else, and OPER waits for the database`() async throws {
        let harness = try CommandHarness.remembering(shards: 2)
        try await harness.rememberThat("boss")
        harness.accounts.failure = .away
        let (boss, told, isIn) = try await harness.tries("boss", shard: 1)
        #expect(isIn && !told.contains { $0.short.contains("+o") }, "\(told)")
        #expect(await boss.send("OPER boss sesame").begin(with: ["FAIL OPER TEMPORARILY_UNAVAILABLE"]))
        #expect(await boss.send("KILL ann :x", "REHASH").commands == ["481", "481"])
        harness.accounts.failure = nil
        #expect(await boss.send("OPER boss sesame").commands == ["MODE", "381"])
    }

    @Test func `nobody comes into an operator's session by what is remembered`() async throws {
        let harness = try CommandHarness.remembering()
        let (boss, _, _) = try await harness.tries("boss")
        _ = await boss.send("OPER boss sesame")
        harness.accounts.failure = .away
        let (second, told, isIn) = try await harness.tries("boss")
        #expect(!isIn && second.isClosed && told.last?.text.contains("operator's rights") == true, "\(told)")
        #expect(await boss.send("REHASH").commands == ["382"])
    }

    // MARK: Until when

    @Test func `a log-in is remembered for as long as the tenant says, since it was last confirmed`() async throws {
        let harness = try CommandHarness.remembering(for: .seconds(300))
        try await harness.rememberThat("Ann")
        await harness.advance(by: 299)
        #expect(try await harness.letsIn("ann"))
        await harness.advance(by: 1)
        #expect(try await !harness.letsIn("ann"), "a log-in by what is remembered confirms nothing")
        try await harness.rememberThat("Ann")
        #expect(try await harness.letsIn("ann"))
    }

    @Test func `what is too old goes from the store, and the log with it`() async throws {
        let harness = try CommandHarness.remembering(shards: 2, for: .seconds(300))
        try await harness.rememberThat("Ann")
        try await harness.rememberThat("boss", shard: 1)
        #expect(harness.remembered?.count == 2)
        await harness.advance(by: 4200)
        #expect(harness.remembered == nil)
    }

    @Test func `a tenant that does not want it any more has nothing left`() async throws {
        let harness = try CommandHarness.remembering()
        try await harness.rememberThat("Ann")
        #expect(harness.remembered?.count == 1)
        await harness.apply(try HostedTenant.simulated())
        #expect(harness.remembered == nil)
        #expect(try await !harness.letsIn("ann"))
    }

    @Test func `where ten thousand are remembered those go who logged in longest ago`() async throws {
        let harness = try CommandHarness.remembering()
        let seal = LoginSeal(from: SymmetricKey(size: .bits256), tenant: harness.tenant.id)
        let fields = (0..<RememberedLogins.most).compactMap { index in
            let account = self.account("a\(index)", of: harness.tenant.id)
            return seal.seal(account, at: harness.clock.now - 10_000 + Int64(index)).map { box in
                FieldChange.set(RememberedLogins.field(of: account.folded), box)
            }
        }
        let change = LogChange(RememberedLogins.log(of: harness.tenant.id), fields: fields)
        harness.shards[0].realm.store.append(Transaction(changes: [change])) { _ in }
        try await harness.rememberThat("Ann")
        let remembered = try #require(harness.remembered)
        #expect(remembered.count == RememberedLogins.most / 8 * 7 + 1)
        let names = ["a0", "a1249", "a1250", "a9999", "ann"].filter {
            remembered[RememberedLogins.field(of: $0)] != nil
        }
        #expect(names == ["a1250", "a9999", "ann"])
    }

    // MARK: What the database says

    @Test func `a password that was changed is forgotten with the next log-in, right or wrong`() async throws {
        for next in ["sesame", "other"] {
            let harness = try CommandHarness.remembering(shards: 2)
            try await harness.rememberThat("Ann")
            harness.accounts.add("Ann", password: "other")
            _ = await (try await harness.tries("Ann", next, shard: 1)).client.send("QUIT")
            #expect(try await !harness.letsIn("Ann", "sesame"))
            #expect(try await harness.letsIn("Ann", "other") == (next == "other"))
        }
    }

    @Test func `an account that is gone is forgotten when somebody asks for it`() async throws {
        let harness = try CommandHarness.remembering(shards: 2)
        try await harness.rememberThat("Ann")
        harness.accounts.remove("Ann")
        _ = await (try await harness.tries("Ann", by: .scram, shard: 1)).client.send("QUIT")
        #expect(harness.remembered == nil)
    }

    @Test func `a wrong password makes nobody forgotten`() async throws {
        let harness = try CommandHarness.remembering()
        try await harness.rememberThat("Ann")
        for way in WayIn.allCases {
            let (client, _, isIn) = try await harness.tries("Ann", "wrong", by: way)
            #expect(!isIn)
            _ = await client.send("QUIT")
        }
        #expect(try await harness.letsIn("Ann"))
    }

    @Test func `real accounts are remembered, and the database has the last word as soon as it is back`() async throws {
        let tenant = try HostedTenant.simulated().id
        let store = DurableStore(try SQLiteDatabase())
        _ = try await store.migrator.up(now: 0)
        let cheap = PasswordHash.Parameters(logN: 4, blockSize: 8, parallelism: 1)
        func credentials(_ password: String) throws -> Account.Credentials {
            let made = try AccountCredentials(name: "Ann", password: password, parameters: cheap)
            return .init(made)
        }
        let first = try credentials("sesame")
        _ = try await store.accounts.create("Ann", folded: "ann", credentials: first, of: tenant, now: 0)
        let isAway = Atomic(false)
        let database = GuardedDatabase(store.database) { () throws(DurableStoreError) in
            if isAway.load(ordering: .relaxed) { throw .unavailable(reason: "a test took it away") }
        }
        let service = AccountService(
            durable: DurableStore(database),
            seal: { TOTPSeal(from: SymmetricKey(data: [1]), tenant: $0) },
            codeKey: { CodeKey(from: SymmetricKey(data: [1]), tenant: $0) },
            hasher: PasswordHasher(parameters: cheap),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: HastyClock()
        )
        let harness = try CommandHarness.remembering(shards: 2, authenticator: service)
        try await harness.rememberThat("ann")
        isAway.store(true, ordering: .relaxed)
        for (password, isLetIn) in [("wrong", false), ("sesame", true)] {
            let (client, _, isIn) = try await harness.tries("ANN", password, shard: 1)
            #expect(isIn == isLetIn)
            _ = await client.send("QUIT")
        }
        // Whoever has only the database changes the password there.
        _ = try await store.accounts.update("ann", credentials: try credentials("other"), of: tenant, now: 1)
        isAway.store(false, ordering: .relaxed)
        try await until("accounts are read again") { (try? await service.find("ann", in: tenant)) != nil }
        #expect(try await !harness.tries("ann", "sesame").isIn)
        #expect(harness.remembered == nil)
        await store.close()
    }

    // MARK: In the store

    @Test func `what stands in one account's place is nobody else's`() async throws {
        let harness = try CommandHarness.remembering()
        harness.accounts.add("bob", password: "other")
        try await harness.rememberThat("Ann")
        let box = try #require(harness.remembered?[RememberedLogins.field(of: "ann")])
        let copy = FieldChange.set(RememberedLogins.field(of: "bob"), box)
        let change = LogChange(RememberedLogins.log(of: harness.tenant.id), fields: [copy])
        harness.shards[0].realm.store.append(Transaction(changes: [change])) { _ in }
        #expect(try await !harness.letsIn("bob", "sesame"))
        #expect(try await harness.letsIn("ann", "sesame"))
    }

    @Test func `a store that fails while somebody logs in keeps nobody out`() async throws {
        let harness = try CommandHarness.remembering()
        let client = await harness.negotiating()
        _ = await client.send("AUTHENTICATE PLAIN")
        harness.gates[0].shut()
        client.begin("AUTHENTICATE \(plain("Ann", "sesame"))")
        await harness.settle()
        // The throttle's call.
        harness.gates[0].letOneThrough()
        #expect(await client.hears().commands == ["900", "903"])
        harness.gates[0].cut()
        harness.gates[0].open()
        await harness.settle()
        #expect(await client.send("CAP END").first?.command == "001" && harness.remembered == nil)
    }

    private func account(_ name: String, of tenant: TenantID) -> Account {
        Account(
            tenant: tenant,
            name: name,
            folded: name,
            credentials: .init(passwordHash: nil, scram: nil),
            createdAt: 0,
            updatedAt: 0
        )
    }
}
