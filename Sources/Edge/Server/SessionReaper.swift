package import Logging
import NIOCore
import Realm
package import StateStore
import Synchronization

/// Keeps this pod's lease, and ends the sessions of pods that lost theirs.
///
/// A lease lapses when its pod died, but also when the store was away for everybody. So a reaper that could not renew
/// its own lease without a break for a whole term does nothing, and a pod is only buried if it was found lapsed at two
/// looks in a row: after an outage every pod has time to come back.
package struct SessionReaper: Sendable {
    private let live: any LiveStore
    private let redis: String?
    private let shards: ShardSet
    private let term: Duration
    private let figures: @Sendable () async -> [UInt8]?
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let lease = Lease()

    /// - `redis`: what tenants call the store (``HostedTenant/redis``).
    /// - `term`: how long a lease lasts; it is renewed three times in that time.
    /// - `figures`: what the lease carries, asked for at each renewal.
    /// - `clock`: times the renewals.
    package init(
        live: any LiveStore,
        as redis: String? = nil,
        shards: ShardSet,
        term: Duration = .seconds(15),
        figures: @escaping @Sendable () async -> [UInt8]? = { nil },
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.live = live
        self.redis = redis
        self.shards = shards
        self.term = term
        self.figures = figures
        self.clock = clock
        self.logger = logger
    }

    /// Works until its task is cancelled.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepLease() }
            // Beside it: however much a dead pod left behind, this one's lease is renewed.
            group.addTask { await self.keepReaping() }
            // Beside it, too: a renewal may hang for as long as the store is away.
            group.addTask { await self.keepWatching() }
        }
    }

    /// Renews the lease at once, beside the usual pace, so that its figures are as they are now.
    package func report() async {
        do {
            _ = try await self.renew()
        } catch { self.logger.warning("the pod's figures wait for the store", metadata: ["reason": "\(error)"]) }
    }

    /// What the renewals found, whoever asked for them.
    private final class Lease: Sendable {
        /// How many in a row came in good time.
        let steadiness = Atomic(0)
        /// Whether others may have taken this pod for dead, or the store went back, since its sessions were looked at last.
        let isInDoubt = Atomic(false)
        /// When the store answered last.
        let reached = Mutex(ContinuousClock.now)

        func count(_ isSteady: Bool) {
            let count = self.steadiness.load(ordering: .relaxed)
            self.steadiness.store(isSteady ? count + 1 : 0, ordering: .relaxed)
        }
    }

    private func renew() async throws(LiveStoreError) -> LeaseRenewal {
        let renewal = try await self.live.renewLease(for: self.term, carrying: await self.figures())
        self.lease.reached.withLock { $0 = .now }
        if renewal != .kept { self.lease.isInDoubt.store(true, ordering: .relaxed) }
        if renewal == .forgotten {
            for shard in self.shards.all { await shard.reserveAgain(in: self.redis) }
        }
        return renewal
    }

    private func keepLease() async {
        while !Task.isCancelled {
            let began = ContinuousClock.now
            do {
                let renewal = try await self.renew()
                // One that took long was sent again after an outage.
                let isSteady = renewal == .kept && ContinuousClock.now - began < self.term / 3
                self.lease.count(isSteady)
            } catch {
                self.lease.count(false)
                self.logger.warning("the pod's lease waits for the store", metadata: ["reason": "\(error)"])
            }
            if self.lease.isInDoubt.exchange(false, ordering: .relaxed), await !self.checkOwnSessions() {
                self.lease.isInDoubt.store(true, ordering: .relaxed)
            }
            try? await self.clock.sleep(for: self.term / 3)
        }
    }

    private func keepWatching() async {
        while !Task.isCancelled {
            let away = ContinuousClock.now - self.lease.reached.withLock { $0 }
            if away > self.term { for shard in self.shards.all { await shard.storeIsAway(self.redis, for: away) } }
            try? await self.clock.sleep(for: self.term / 3)
        }
    }

    private func keepReaping() async {
        var suspects: Set<PodID> = []
        while !Task.isCancelled {
            if self.lease.steadiness.load(ordering: .relaxed) > 4 {
                do {
                    suspects = try await self.reap(suspects)
                } catch {
                    suspects = []
                    self.logger.warning("reaping waits for the store", metadata: ["reason": "\(error)"])
                }
            } else {
                suspects = []
            }
            try? await self.clock.sleep(for: self.term / 3)
        }
    }

    /// Sees at once to what earlier processes held whose store this one goes on with: nobody else can be there.
    ///
    /// - Parameter seen: When the last of them is known to have been there, in milliseconds since 1970.
    /// - Returns: Whether nothing is left of them.
    package func reapFormer(lastSeen seen: Int64?) async -> Bool {
        do {
            let former = Set(try await self.live.lapsedPods())
            if former.isEmpty { return true }
            try await self.reap(former, lastSeen: seen)
            return try await self.live.lapsedPods().isEmpty
        } catch {
            self.logger.warning("who was here before waits for the store", metadata: ["reason": "\(error)"])
            return false
        }
    }

    /// Ends what lapsed pods left behind, of those that were found lapsed before.
    ///
    /// - Parameters:
    ///   - suspects: Those that were found lapsed before.
    ///   - seen: When they are known to have been there last, in milliseconds since 1970; nil if that is not long ago.
    /// - Returns: the pods that are lapsed now.
    /// - Throws: ``LiveStoreError``
    @discardableResult
    package func reap(_ suspects: Set<PodID>, lastSeen seen: Int64? = nil) async throws -> Set<PodID> {
        guard let shard = self.shards.all.first else { return [] }
        let lapsed = Set(try await self.live.lapsedPods()).subtracting([self.live.pod])
        for pod in lapsed.intersection(suspects).sorted(by: { $0.rawValue < $1.rawValue }) {
            var tries: [LogKey: Int] = [:]
            while !Task.isCancelled {
                let orphans = try await self.live.orphans(of: pod, limit: 200)
                // None is left, or none that can be ended now: the next look tries again.
                if orphans.allSatisfy({ tries[$0, default: 0] >= 3 }) { break }
                for orphan in orphans { tries[orphan, default: 0] += 1 }
                guard await shard.settle(orphans: orphans, of: self.redis, lastSeen: seen) else { return lapsed }
            }
            try await self.live.bury(pod)
            self.logger.notice("a pod is gone", metadata: ["pod": "\(pod)", "sessions": "\(tries.count)"])
        }
        return lapsed
    }

    /// - Returns: false if the store could not say.
    private func checkOwnSessions() async -> Bool {
        var isDone = true
        for shard in self.shards.all where await !shard.checkSessions(in: self.redis) { isDone = false }
        return isDone
    }
}

extension Shard {
    /// Sees to what a pod held in a store that died.
    ///
    /// - Returns: false if the store did not take it.
    func settle(orphans: [LogKey], of redis: String?, lastSeen seen: Int64?) async -> Bool {
        guard let realm = self.clients.realm(over: redis) else { return false }
        return await withCheckedContinuation { continuation in
            realm.settle(orphans: orphans, lastSeen: seen) { continuation.resume(returning: $0) }
        }
    }

    /// Leads those away who can go on elsewhere, if their store has not been reached for too long.
    func storeIsAway(_ redis: String?, for duration: Duration) {
        self.clients.realm(over: redis)?.storeIsAway(for: duration)
    }

    /// Takes the slots of a store's connections anew, after it gave them to others.
    func reserveAgain(in redis: String?) { self.clients.realm(over: redis)?.slots.takeAgain() }

    /// Closes connections whose session is gone from a store.
    ///
    /// - Returns: false if the store could not say of some.
    func checkSessions(in redis: String?) async -> Bool {
        guard let realm = self.clients.realm(over: redis) else { return false }
        return await withCheckedContinuation { continuation in
            realm.checkSessions { continuation.resume(returning: $0) }
        }
    }
}
