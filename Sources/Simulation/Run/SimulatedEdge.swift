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
    let shards: [ShardClients]
    let clock: VirtualClock
    private let loops: [VirtualLoop]
    private let checks = OffLoopWork()

    init(
        shards count: Int,
        seed: UInt64,
        limits: ConnectionLimits = .withoutFloodControl,
        sessions: SessionLimits = SessionLimits(),
        store: any LiveStore,
        accounts: SimulatedAccounts,
        usage: CountedUsage,
        clock: VirtualClock,
        past: Past? = nil,
        reload: @escaping @Sendable () -> Void = {}
    ) {
        let checks = self.checks
        let numbers = LoopLocal(SeededRandom(seed: seed))
        let key = SymmetricKey(data: Array("a key of the simulation".utf8))
        let realm = RealmEnvironment(
            limits: sessions,
            store: store,
            authenticator: accounts,
            offLoop: { checks.add($0) },
            logger: Logger(label: "simulation", factory: { _ in SwiftLogNoOpLogHandler() }),
            usage: usage,
            cloak: { HostCloak(tenantKey: HostCloak.tenantKey(from: key, tenant: $0)) },
            past: past,
            reload: reload,
            wallClock: { clock.now },
            random: { numbers.value.next() }
        )
        let environment = EdgeEnvironment(limits: limits, realm: realm)
        let loops = (0..<count).map { _ in VirtualLoop() }
        self.clock = clock
        self.loops = loops
        self.shards = loops.enumerated().map { ShardClients(loop: $1, number: $0, environment: environment) }
        for shard in self.shards { shard.start() }
    }

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
