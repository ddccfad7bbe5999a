import Chat
package import Logging
import Metering
package import NIOCore
import Observability
package import StateStore
package import Tenant

/// The networks that one shard holds, and its way to the store.
///
/// Loop-bound: made anywhere, used only on its event loop. It opens no socket and knows of no connection; whoever takes part
/// does so as an ``Attachment``.
package final class RealmShard {
    package let loop: any EventLoop
    package let environment: RealmEnvironment
    package let number: Int
    package private(set) lazy var store: any LiveStoreClient = self.environment.store.makeClient(
        on: self.loop,
        receiver: self
    )
    /// Whose the followed logs are: one look-up for each entry that comes.
    var followed: [LogKey: Followed] = [:] {
        didSet { self.latest = nil }
    }
    /// Whose the entry before was: most likely the next one's, too.
    private var latest: (log: LogKey, followed: Followed)?
    package private(set) var networks: [TenantID: Network] = [:]
    /// Seconds since the shard began, advanced once a second; coarse on purpose, so that reading it costs nothing.
    package private(set) var seconds: UInt32 = 0
    package internal(set) var statistics = RealmStatistics()
    private(set) lazy var ends = SessionEnds(self)
    package private(set) lazy var slots = SlotLedger(self)
    private(set) lazy var waiting = WaitingSessions(self)
    /// This shard as a holder of sessions.
    private(set) lazy var holder = SessionHolds.Holder(
        pod: self.environment.store.pod.rawValue,
        shard: UInt16(clamping: self.number)
    )
    /// Called when the store takes calls again.
    package var storeBecameReadyAction: () -> Void = {}
    /// Nobody new is let in.
    package var isDraining = false

    /// Until when the past is not asked for what nobody asked for, in the shard's seconds: it did not answer.
    var pastSilentUntil: UInt32 = 0

    /// When the last of the slices of repairs that wait goes on in any case.
    var lastPatience = NIODeadline.uptimeNanoseconds(0)

    private var revisions: UInt64 = 0

    func nextRevision() -> UInt64 {
        self.revisions += 1
        return self.revisions
    }

    /// What a followed log is about.
    enum Followed {
        case channel(ChannelReplica)
        case session(Session)
    }

    /// Whose a log is, if it is followed.
    func owner(of log: LogKey) -> Followed? {
        if let latest, latest.log == log { return latest.followed }
        guard let found = self.followed[log] else { return nil }
        self.latest = (log, found)
        return found
    }

    /// - Parameters:
    ///   - loop: Where it lives.
    ///   - number: Which shard of its process it is, for counts and holds.
    ///   - seconds: What another one of the same loop counts now, whose time it is to share.
    ///   - environment: What it works with.
    package init(loop: any EventLoop, number: Int, seconds: UInt32 = 0, environment: RealmEnvironment) {
        self.loop = loop
        self.seconds = seconds
        self.number = number
        self.environment = environment
    }

    /// Connects to the store.
    package func start() { _ = self.store }

    package var limits: SessionLimits { self.environment.limits }
    package var logger: Logger { self.environment.logger }
    package var now: Int64 { self.environment.wallClock() }
    /// Milliseconds of a clock that nobody sets: time that is billed must not jump.
    package var uptime: Int64 { Int64(clamping: self.loop.now.uptimeNanoseconds / 1_000_000) }

    /// The network of a tenant, made if nobody was here before.
    package func network(of tenant: HostedTenant) -> Network {
        if let network = self.networks[tenant.id] { return network }
        let network = Network(tenant, on: self)
        self.networks[tenant.id] = network
        return network
    }

    private var fanOuts: UInt32 = 0

    /// Begins to measure a fan-out, of one in 32.
    @inline(__always)
    func beginFanOut() -> NIODeadline? {
        self.fanOuts &+= 1
        return self.fanOuts & 31 == 0 && self.environment.latencies != nil ? self.loop.now : nil
    }

    func endFanOut(_ began: NIODeadline) {
        self.environment.latencies?.fanOut.observe(.nanoseconds((self.loop.now - began).nanoseconds))
    }

    /// Whether the store knows of everybody who left.
    package var hasSettled: Bool { self.ends.isEmpty }

    /// Once a second.
    package func tick() {
        self.seconds &+= 1
        self.ends.retry()
        self.slots.retry()
        self.waiting.tick()
        for network in self.networks.values { network.tick() }
        self.reportUsage()
    }

    /// Hands over what was counted.
    ///
    /// The network of a tenant that is gone stays, empty: the store may still answer for it, and the tenant may come back.
    package func reportUsage() {
        for network in self.networks.values where !network.isClosed {
            self.environment.usage.report(network.usage.drain(now: self.uptime), of: network.id, shard: self.number)
            if network.hasEnded, network.attachments == 0 { network.close() }
        }
    }

    /// What was counted since the shard began, and what there is now.
    package var currentStatistics: RealmStatistics {
        var result = self.statistics
        for network in self.networks.values {
            result.channels += network.replicas.count
            if network.sessions.count > 0 { result.sessions[network.id] = network.sessions.count }
            if network.attachments > 0 { result.attachments[network.id] = network.attachments }
        }
        return result
    }
}

/// What a shard counts of its networks besides usage.
package struct RealmStatistics: Sendable, Hashable {
    /// Calls that the store could not do.
    package var storeFailures: UInt64 = 0
    /// Log-ins that were let in by what was remembered of them.
    package var rememberedLogins: UInt64 = 0
    /// Who was not simply let in, by what was decided and why.
    package var admissions: [AdmissionCount: UInt64] = [:]
    package var channels = 0
    /// Those with somebody here, by tenant.
    package var sessions: [TenantID: Int] = [:]
    /// Those who take part, or are about to, by tenant.
    package var attachments: [TenantID: Int] = [:]

    package init() {}
}
