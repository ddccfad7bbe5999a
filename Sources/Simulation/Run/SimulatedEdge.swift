import Crypto
import Edge
import Logging
import NIOCore
import Realm
import StateStore
import Tenant

/// The shards of one edge on loops that only move when they are told to, with what they have done beside them.
///
/// One thread uses it.
final class SimulatedEdge {
    private(set) var shards: [ShardClients] = []
    let clock: VirtualClock
    private var loops: [VirtualLoop] = []
    private let checks = OffLoopWork()
    private var environment: EdgeEnvironment
    /// Those whose pod died: what they began may still look for them.
    private var dead: [ShardClients] = []

    init(
        shards count: Int,
        seed: UInt64,
        limits: ConnectionLimits = .withoutFloodControl,
        sessions: SessionLimits = SessionLimits(),
        store: (_ shard: Int) -> any LiveStore,
        accounts: any Authenticator,
        usage: CountedUsage,
        clock: VirtualClock,
        past: Past? = nil,
        channels: ChannelRepository? = nil,
        bans: NetworkBanRepository? = nil,
        audit: AuditRepository? = nil,
        reports: ReportRepository? = nil,
        links: InviteLinkRepository? = nil,
        held: HeldMessageRepository? = nil,
        push: PushRepository? = nil,
        tokens: (any TokenAuthority)? = nil,
        gateways: WebGateways = .none,
        resolve: (@Sendable (String) async -> [UInt32]?)? = nil,
        reload: @escaping @Sendable () -> Void = {}
    ) {
        let checks = self.checks
        let numbers = LoopLocal(SeededRandom(seed: seed))
        let key = SymmetricKey(data: Array("a key of the simulation".utf8))
        let realm = RealmEnvironment(
            limits: sessions,
            store: store(0),
            authenticator: accounts,
            offLoop: { checks.add($0) },
            logger: Logger(label: "simulation", factory: { _ in SwiftLogNoOpLogHandler() }),
            usage: usage,
            cloak: { HostCloak(tenantKey: HostCloak.tenantKey(from: key, tenant: $0)) },
            loginSeal: { LoginSeal(from: key, tenant: $0) },
            past: past,
            channels: channels,
            bans: bans,
            audit: audit,
            reports: reports,
            links: links,
            held: held,
            push: push.map { PushDevices(registrations: $0, keys: VapidKeys(from: key)) },
            proofKey: { ProofKey(from: key, tenant: $0) },
            resolve: resolve,
            tokens: tokens,
            reload: reload,
            wallClock: { clock.now },
            random: { numbers.value.next() }
        )
        self.environment = EdgeEnvironment(limits: limits, realm: realm, gateways: gateways)
        self.clock = clock
        for number in 0..<count { self.begin(number, over: store(number)) }
    }

    private func begin(_ number: Int, over store: any LiveStore) {
        self.environment.realm.store = store
        let loop = VirtualLoop()
        let shard = ShardClients(loop: loop, number: number, environment: self.environment)
        if number < self.shards.count {
            self.dead.append(self.shards[number])
            (self.shards[number], self.loops[number]) = (shard, loop)
        } else {
            self.shards.append(shard)
            self.loops.append(loop)
        }
        shard.start()
    }

    /// Puts a fresh shard in the place of one that is no more.
    func replace(_ number: Int, over store: any LiveStore) { self.begin(number, over: store) }

    /// Does what is due on the loops and beside them, without letting time pass.
    ///
    /// - `turn`: called after each turn of all loops.
    func work(_ turn: () -> Void = {}) async {
        while true {
            for loop in self.loops { loop.run() }
            turn()
            if let work = self.checks.take() {
                await work()
            } else if !self.loops.contains(where: \.isDue) {
                return
            }
        }
    }

    /// Lets time pass on the clock and on all loops.
    func pass(milliseconds: Int64) {
        self.clock.advance(by: milliseconds)
        for loop in self.loops { loop.advance(by: .milliseconds(milliseconds)) }
    }
}
