import Chat
import Crypto
package import Edge
import Logging
package import Metering
import NIOCore
package import Realm
package import StateStore
package import Tenant

/// The real realm and the real adapter of IRC on loops that only move when they are told to: a command is tried by lines in
/// and lines out, in milliseconds.
///
/// One thread uses it.
package final class CommandHarness {
    package private(set) var tenant: HostedTenant
    package let clock: VirtualClock
    package let store: InProcessLiveStore
    package let accounts = SimulatedAccounts()
    package let usage = CountedUsage()
    private let edge: SimulatedEdge
    private let made = LoopLocal<[StoreGate]>([])
    private var clients: [SimulatedClient] = []
    private let reloadCount = LoopLocal(0)
    private let channels: ChannelRepository?

    /// The way of each shard's calls to the store.
    package var gates: [StoreGate] { self.made.value }

    package var shards: [ShardClients] { self.edge.shards }

    /// How often tenants and certificates were to be read again.
    package var reloads: Int { self.reloadCount.value }

    /// Starts shards over one store.
    ///
    /// The tenant is `acme`; quotas, message of the day, accounts and persistence are its own, limits those of each connection.
    /// Accounts are simulated unless an authenticator is given. With `former`, the process is one that goes on with what that one has now, as if it had been killed.
    package init(
        shards count: Int = 1,
        limits: ConnectionLimits = .withoutFloodControl,
        sessions: SessionLimits = SessionLimits(),
        quotas: Quotas = .unlimited,
        motd: [String] = [],
        accounts: AccountSettings = .standard,
        persistence: SessionSettings = .standard,
        past: Past? = nil,
        channels: ChannelRepository? = nil,
        bans: NetworkBanRepository? = nil,
        audit: AuditRepository? = nil,
        reports: ReportRepository? = nil,
        links: InviteLinkRepository? = nil,
        held: HeldMessageRepository? = nil,
        push: PushRepository? = nil,
        tokens: (any TokenAuthority)? = nil,
        authenticator: (any Authenticator)? = nil,
        gateways: WebGateways = .none,
        resolve: (@Sendable (String) async -> [UInt32]?)? = nil,
        image: LiveImage? = nil,
        after former: CommandHarness? = nil
    ) throws {
        let clock = former?.clock ?? VirtualClock()
        self.channels = channels
        self.clock = clock
        self.tenant = try HostedTenant.simulated(
            quotas: quotas,
            motd: motd,
            accounts: accounts,
            sessions: persistence
        )
        let (reloadCount, made) = (self.reloadCount, self.made)
        self.store = InProcessLiveStore(
            from: image ?? former?.store.takeImage(),
            wallClock: { clock.now },
            now: { clock.instant }
        )
        let wrapped = WrappedStore(self.store) { store, loop, receiver in
            let gate = StoreGate()
            made.value.append(gate)
            return GatedClient(store.makeClient(on: loop, receiver: gate.receiver(receiver)), gate)
        }
        self.edge = SimulatedEdge(
            shards: count,
            seed: 6 + self.store.pod.rawValue,
            limits: limits,
            sessions: sessions,
            store: { _ in wrapped },
            accounts: authenticator ?? self.accounts,
            usage: self.usage,
            clock: clock,
            past: past,
            channels: channels,
            bans: bans,
            audit: audit,
            reports: reports,
            links: links,
            held: held,
            push: push,
            tokens: tokens,
            gateways: gateways,
            resolve: resolve,
            reload: { reloadCount.value += 1 }
        )
    }

    /// Connects a client without registering it.
    package func connect(
        shard: Int = 0,
        address: String = "192.0.2.1",
        isSecure: Bool = true,
        fingerprint: String? = nil
    ) -> SimulatedClient {
        let client = SimulatedClient(
            to: self.tenant,
            on: self.shards[shard],
            address: address,
            isSecure: isSecure,
            fingerprint: fingerprint
        )
        self.clients.append(client)
        return client
    }

    /// Connects a client and registers it, with capabilities; what came until then is taken.
    package func join(
        _ nick: String,
        shard: Int = 0,
        capabilities: String = "",
        address: String = "192.0.2.1"
    ) async -> SimulatedClient {
        let client = self.connect(shard: shard, address: address)
        if !capabilities.isEmpty { client.send("CAP REQ :\(capabilities)") }
        client.send("NICK \(nick)", "USER \(nick) 0 * :Real \(nick)")
        if !capabilities.isEmpty { client.send("CAP END") }
        await self.settle()
        _ = client.take()
        return client
    }

    /// Lets everything that is under way come to its end, without letting time pass.
    package func settle() async { await self.edge.work() }

    /// Lets time pass, a second after the other.
    package func advance(by seconds: Int) async {
        for _ in 0..<seconds {
            self.edge.pass(milliseconds: 1000)
            await self.settle()
        }
    }

    /// Ends a shard as if its pod had been killed, and has another find that out.
    package func kill(shard number: Int) async {
        self.gates[number].shut()
        let here = Set(self.shards[number].realm.networks[self.tenant.id]?.sessions.all.map(\.id.text) ?? [])
        let held = (try? await self.store.orphans(of: self.store.pod, limit: .max)) ?? []
        let orphans = held.filter { log in
            log.kind == .hold ? log.name.hasSuffix(".\(number)") : here.contains(log.name)
        }
        self.shards.last?.realm.settle(orphans: orphans) { _ in }
        await self.settle()
    }

    /// Another process that goes on with what this one has now, and has seen to what this one held.
    package func restarted(shards count: Int = 1) async throws -> CommandHarness {
        let next = try CommandHarness(shards: count, channels: self.channels, after: self)
        try await next.buryFormer()
        return next
    }

    /// Sees to what the process held whose image this one goes on with.
    package func buryFormer() async throws {
        for pod in try await self.store.lapsedPods() {
            let orphans = try await self.store.orphans(of: pod, limit: .max)
            self.shards.first?.realm.settle(orphans: orphans, lastSeen: self.store.lastSeen) { _ in }
            await self.settle()
            try await self.store.bury(pod)
        }
    }

    /// Tells the shards of another tenant, or of none.
    package func apply(_ tenant: HostedTenant?) async {
        if let tenant { self.tenant = tenant }
        for shard in self.shards { shard.apply(TenantCatalog(tenant.map { [$0] } ?? [])) }
        await self.settle()
    }

    /// A log as the store has it, past all shards.
    package func snapshot(of log: LogKey) -> Snapshot? {
        var snapshot: Snapshot?
        self.shards.first?.realm.store.load([log]) { result in
            if case .success(let snapshots) = result { snapshot = snapshots.first }
        }
        return snapshot
    }

    /// Sends lines of a client and lets them come to their end.
    ///
    /// - Returns: what the client is told.
    package func send(_ client: SimulatedClient, _ lines: String...) async -> [String] {
        for line in lines { client.send(line) }
        await self.settle()
        return client.take()
    }
}

/// What was to be done off the loops.
final class OffLoopWork: @unchecked Sendable {
    // Unchecked: added to and taken from by the thread of the simulation alone.
    private var work: [@Sendable () async -> Void] = []

    func add(_ one: @escaping @Sendable () async -> Void) { self.work.append(one) }

    func take() -> (@Sendable () async -> Void)? { self.work.isEmpty ? nil : self.work.removeFirst() }
}

/// Usage as it was handed over.
package final class CountedUsage: UsageSink, @unchecked Sendable {
    // Unchecked: called by the thread of the simulation alone.
    package private(set) var total = UsageDelta()

    package func report(_ delta: UsageDelta, of tenant: TenantID, shard: Int) {
        self.total.messages += delta.messages
        self.total.deliveries += delta.deliveries
        self.total.bytesIn += delta.bytesIn
        self.total.bytesOut += delta.bytesOut
    }
}

extension ConnectionLimits {
    /// As usual, but a client may send as fast as it likes.
    package static var withoutFloodControl: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.floodBurst = 0
        return limits
    }
}

extension HostedTenant {
    /// A tenant called `acme`.
    package static func simulated(
        hostnames: [String] = ["acme.localhost"],
        quotas: Quotas = .unlimited,
        state: TenantState = .active,
        motd: [String] = [],
        admins: [String] = [],
        accounts: AccountSettings = .standard,
        sessions: SessionSettings = .standard
    ) throws(SimulationFailure) -> HostedTenant {
        guard let id = TenantID("acme") else { throw SimulationFailure(seed: 0, reason: "no tenant") }
        return HostedTenant(
            id: id,
            hostnames: hostnames,
            state: state,
            quotas: quotas,
            motd: motd,
            adminNames: admins,
            accounts: accounts,
            sessions: sessions
        )
    }
}
