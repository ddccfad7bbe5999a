import Chat
import Logging
import Realm
import Simulation
import StateStore
import Tenant

/// A network whose registered channels are kept in a database in memory.
struct OwnershipRig {
    let harness: CommandHarness
    let store: DurableStore
    private let accounts: SimulatedAccounts
    private let settings: AccountSettings
    private let hasPast: Bool

    init(shards: Int = 1, channelExpiry: Duration = .zero, hasPast: Bool = false) async throws {
        let store = DurableStore(try SQLiteDatabase())
        _ = try await store.migrator.up(now: 0)
        let accounts = SimulatedAccounts()
        for name in ["ann", "bob", "cid"] { accounts.add(name, password: "sesame") }
        accounts.add("boss", password: "sesame", role: .admin)
        for role in Role.allCases { accounts.add(role.rawValue, password: "sesame", role: role) }
        var settings = AccountSettings.standard
        settings.channelExpiry = channelExpiry
        try self.init(shards, store, accounts, settings, hasPast)
    }

    private init(
        _ shards: Int,
        _ store: DurableStore,
        _ accounts: SimulatedAccounts,
        _ settings: AccountSettings,
        _ hasPast: Bool,
        image: LiveImage? = nil
    ) throws {
        self.store = store
        self.accounts = accounts
        self.settings = settings
        self.hasPast = hasPast
        let past = Past(history: store.history, readMarkers: store.readMarkers, accounts: store.accounts)
        self.harness = try CommandHarness(
            shards: shards,
            accounts: settings,
            past: hasPast ? past : nil,
            channels: store.channels,
            bans: store.bans,
            audit: store.audit,
            reports: store.reports,
            links: store.links,
            held: store.held,
            authenticator: accounts,
            image: image
        )
    }

    /// A process that goes on with an image of the live store.
    func from(_ image: LiveImage) throws -> OwnershipRig {
        try OwnershipRig(
            self.harness.shards.count,
            self.store,
            self.accounts,
            self.settings,
            self.hasPast,
            image: image
        )
    }

    /// The same accounts and the same database, and nothing of what was in the live store.
    func withAnotherLiveStore() throws -> OwnershipRig {
        try OwnershipRig(self.harness.shards.count, self.store, self.accounts, self.settings, self.hasPast)
    }

    /// Somebody who is what an account of this role may be, called like the role.
    func `operator`(_ role: Role, shard: Int = 0, _ capabilities: String = "standard-replies") async -> Client {
        let client = await self.member(role.rawValue, shard: shard, capabilities)
        if role != .user { _ = await client.send("OPER \(role.rawValue) sesame") }
        return client
    }

    /// An account has another role now.
    func set(_ role: Role, of account: String) { self.accounts.add(account, password: "sesame", role: role) }

    /// Somebody who is logged in, and in some channels.
    func member(_ account: String, shard: Int = 0, _ capabilities: String = "", in channels: String...) async -> Client
    {
        let client = self.harness.stranger(shard: shard)
        if !capabilities.isEmpty { _ = await client.send("CAP REQ :\(capabilities)") }
        _ = await client.send("PASS \(account):sesame", "NICK \(account)", "USER \(account) 0 * :\(account)", "CAP END")
        for channel in channels { _ = await client.send("JOIN \(channel)") }
        return client
    }

    /// The account of a name is another now, as if it had been deleted and somebody else had registered it.
    func renew(_ account: String) {
        self.accounts.remove(account)
        self.accounts.add(account, password: "sesame")
    }

    /// An account is deleted from outside.
    func delete(_ account: String) { self.accounts.remove(account) }

    /// Accounts cannot be asked for any more.
    func breakAccounts() { self.accounts.failure = .unavailable }

    /// Lets time pass while some clients say that they are there.
    func pass(_ seconds: Int, with clients: [Client]) async {
        for _ in 0..<(seconds + 44) / 45 {
            for client in clients { _ = await client.send("PING x") }
            await self.harness.advance(by: 45)
        }
    }

    /// What the audit log has, the oldest first, once the feed was moved to the database.
    func audit() async throws -> [AuditEntry] {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let writer = HistoryWriter(live: self.harness.store, store: self.store, logger: logger)
        while try await writer.moveBatch(waiting: .zero) > 0 {}
        return try await self.store.audit.latest(of: self.harness.tenant.id, limit: 1000).reversed().map(\.entry)
    }

    /// What is kept of a channel, once there is time to.
    func kept(_ folded: String) async throws -> RegisteredChannel? {
        await self.harness.advance(by: 2)
        return try await self.store.channels.find(folded, of: self.harness.tenant.id)
    }
}
