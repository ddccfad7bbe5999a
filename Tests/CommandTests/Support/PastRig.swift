import Chat
import Edge
import Logging
import Realm
import Simulation
import StateStore
import Tenant

/// A network whose past is kept in a database in memory.
struct PastRig {
    let harness: CommandHarness
    let store: DurableStore
    private let writer: HistoryWriter

    static let capabilities = "draft/chathistory batch server-time message-tags echo-message labeled-response"

    /// With `pushes`, devices are pushed to as well; `older` has what was said before the history begins.
    init(
        shards: Int = 1,
        sessions: SessionLimits = SessionLimits(),
        pushes: Bool = false,
        older: (any OlderHistory)? = nil
    ) async throws {
        self.store = DurableStore(try SQLiteDatabase())
        _ = try await self.store.migrator.up(now: 0)
        let past = Past(
            history: self.store.history,
            older: older,
            readMarkers: self.store.readMarkers,
            accounts: self.store.accounts
        )
        self.harness = try CommandHarness(
            shards: shards,
            sessions: sessions,
            past: past,
            channels: self.store.channels,
            push: pushes ? self.store.pushes : nil
        )
        self.harness.accounts.add("ann", password: "sesame")
        self.harness.accounts.add("bob", password: "sesame")
        self.writer = HistoryWriter(
            live: self.harness.store,
            store: self.store,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        if pushes { for name in ["ann", "bob"] { try await self.make(name) } }
    }

    /// Makes the account of a name another, as if it had been deleted and somebody else had registered it now.
    func renew(_ account: String) async throws {
        _ = try await self.store.accounts.delete(account, of: self.harness.tenant.id)
        try await self.make(account)
    }

    private func make(_ account: String) async throws {
        _ = try await self.store.accounts.create(
            account,
            folded: account,
            credentials: .init(passwordHash: nil, scram: nil),
            of: self.harness.tenant.id,
            now: self.harness.clock.now
        )
    }

    /// The public key of what is pushed.
    var vapid: String? {
        self.harness.shards.lazy.compactMap { $0.realm.networks[self.harness.tenant.id]?.pushKey }.first
    }

    func devices(of account: String) async throws -> [PushRegistration] {
        guard let vapid else { return [] }
        let now = self.harness.clock.now
        return try await self.store.pushes.registrations(of: account, in: self.harness.tenant.id, for: vapid, now: now)
    }

    /// What is in the feed.
    func feed() async throws -> [FeedRecord] {
        try await self.harness.store.readFeed(as: .history, limit: 1000, timeout: .zero)
    }

    /// How many records the history could not take.
    func deadLetters() async throws -> Int { try await self.store.deadLetters.count() }

    /// Has the history take what the feed has.
    func keep() async throws { while try await self.writer.moveBatch(waiting: .zero) > 0 {} }

    /// A client that logs in; it goes by its account's name unless it says.
    func logIn(
        _ account: String,
        as nick: String? = nil,
        shard: Int = 0,
        capabilities: String = Self.capabilities
    ) async -> SimulatedClient {
        await self.welcome(account, as: nick, shard: shard, capabilities: capabilities).client
    }

    /// The same, with all that it is told until it has nothing more to wait for.
    func welcome(
        _ account: String,
        as nick: String? = nil,
        shard: Int = 0,
        capabilities: String = Self.capabilities
    ) async -> (client: SimulatedClient, lines: [String]) {
        let client = self.harness.connect(shard: shard)
        client.send("PASS \(account):sesame", "CAP REQ :\(capabilities)", "NICK \(nick ?? account)", "USER x 0 * :X")
        client.send("CAP END")
        await self.harness.settle()
        return (client, client.take())
    }

    /// Lines without their first tag, if that is `batch`, and without ids and times, which are checked elsewhere.
    static func plain(_ lines: [String]) -> [String] {
        lines.map { line in
            guard line.first == "@" else { return line }
            let parts = line.split(separator: " ", maxSplits: 1)
            let tags = parts[0].dropFirst().split(separator: ";").filter { tag in
                !["batch", "time", "msgid", "account"].contains(String(tag.prefix { $0 != "=" }))
            }
            return (tags.isEmpty ? "" : "@" + tags.joined(separator: ";") + " ") + parts[1]
        }
    }

    static func tag(_ name: String, of line: String) -> String? {
        line.dropFirst().prefix { $0 != " " }.split(separator: ";").first { $0.hasPrefix(name + "=") }
            .map { String($0.dropFirst(name.utf8.count + 1)) }
    }
}
