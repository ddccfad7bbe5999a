import Crypto
import Logging
import Realm
import Simulation
import StateStore
import Synchronization
import Tenant

/// A network whose accounts are real ones, in a database in memory, and whose mail is read by the test.
final class AccountRig {
    let harness: CommandHarness
    let store: DurableStore
    private let secret = SymmetricKey(data: Array(repeating: 7, count: 32))
    private let time: Clock

    /// What time it is for accounts; no other clock has a say there.
    private final class Clock: Sendable {
        let now = Atomic<Int64>(1_700_000_000_000)
        let woken = Atomic(0)
    }

    /// A letter as the one who sends it has it.
    struct Letter {
        let address: String
        let purpose: CodePurpose
        let language: String
        let code: String
    }

    static let cheap = PasswordHash.Parameters(logN: 4, blockSize: 8, parallelism: 1)

    init(
        shards: Int = 1,
        sendsMail: Bool = true,
        sessions: SessionLimits = SessionLimits(),
        quotas: Quotas = .unlimited,
        _ change: (inout AccountSettings) -> Void = { _ in }
    ) async throws {
        let store = DurableStore(try SQLiteDatabase())
        _ = try await store.migrator.up(now: 0)
        let (secret, time) = (self.secret, Clock())
        let service = AccountService(
            durable: store,
            seal: { TOTPSeal(from: secret, tenant: $0) },
            codeKey: { CodeKey(from: secret, tenant: $0) },
            wakeMail: sendsMail ? { @Sendable in _ = time.woken.add(1, ordering: .relaxed) } : nil,
            hasher: PasswordHasher(parameters: Self.cheap),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            wallClock: { time.now.load(ordering: .relaxed) }
        )
        self.store = store
        self.time = time
        var settings = AccountSettings.standard
        change(&settings)
        self.harness = try CommandHarness(
            shards: shards,
            sessions: sessions,
            quotas: quotas,
            accounts: settings,
            channels: store.channels,
            bans: store.bans,
            authenticator: service
        )
    }

    /// What time it is, milliseconds since 1970.
    var now: Int64 { self.time.now.load(ordering: .relaxed) }

    /// How often those who send mail were told that there is some.
    var woken: Int { self.time.woken.load(ordering: .relaxed) }

    /// Lets time pass for accounts, and for the network as far as that is not long.
    func pass(seconds: Int64) async {
        self.time.now.add(seconds * 1000, ordering: .relaxed)
        await self.harness.advance(by: Int(min(seconds, 60)))
    }

    /// The code that a letter would bring.
    func code(of due: DueCode) -> String {
        CodeKey(from: self.secret, tenant: self.harness.tenant.id).code(for: due.subject).reveal()
    }

    /// The letters that are to be sent now, which are sent.
    func mail() async throws -> [Letter] {
        let due = try await self.store.codes.takeDue(100, now: self.now, again: self.now + 60_000)
        for one in due { try await self.store.codes.setDue(nil, of: one) }
        return due.map {
            Letter(
                address: $0.subject.address,
                purpose: $0.subject.purpose,
                language: $0.language,
                code: self.code(of: $0)
            )
        }
    }

    /// An account as it is now.
    func account(_ folded: String) async throws -> Account? {
        try await self.store.accounts.find(folded, of: self.harness.tenant.id)
    }

    /// Adds an account whose password is `correct horse`.
    func add(_ name: String) async throws {
        let made = try AccountCredentials(name: name, password: "correct horse", parameters: Self.cheap)
        _ = try await self.store.accounts.create(
            name,
            folded: name.lowercased(),
            credentials: .init(made),
            of: self.harness.tenant.id,
            now: self.now
        )
    }

    /// What a client is told that logs in before it is on the network.
    func logIn(_ account: String, _ password: String, address: String = "192.0.2.1") async -> [Line] {
        let client = self.harness.stranger(address: address)
        _ = await client.send("CAP REQ :sasl standard-replies", "NICK nobody", "AUTHENTICATE PLAIN")
        let lines = await client.send("AUTHENTICATE \(plain(account, password))")
        _ = await client.send("QUIT")
        return lines
    }
}
