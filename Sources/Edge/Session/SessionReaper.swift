import Chat
import IRC
package import Logging
import NIOCore
package import StateStore

/// Keeps this pod's lease, and ends the sessions of pods that lost theirs.
///
/// A lease lapses when its pod died, but also when the store was away for everybody. So a reaper that could not renew
/// its own lease without a break for a whole term does nothing: after an outage every pod has a term's time to come
/// back before anybody is buried.
package struct SessionReaper: Sendable {
    private let live: any LiveStore
    private let shards: ShardSet
    private let term: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// - `term`: how long a lease lasts; it is renewed three times in that time.
    /// - `clock`: times the renewals.
    package init(
        live: any LiveStore,
        shards: ShardSet,
        term: Duration = .seconds(15),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.live = live
        self.shards = shards
        self.term = term
        self.clock = clock
        self.logger = logger
    }

    /// Works until its task is cancelled.
    package func run() async throws {
        var steady = 0
        while !Task.isCancelled {
            do {
                if try await self.live.renewLease(for: self.term) {
                    steady += 1
                } else {
                    // Others may have taken this pod for dead.
                    if steady > 0 { await self.checkOwnSessions() }
                    steady = 0
                }
                if steady > 4 { try await self.reap() }
            } catch {
                steady = min(steady, 1)
                self.logger.warning("the pod's lease waits for the store", metadata: ["reason": "\(error)"])
            }
            try? await self.clock.sleep(for: self.term / 3)
        }
    }

    /// Ends what lapsed pods left behind.
    package func reap() async throws {
        guard let shard = self.shards.all.first else { return }
        for pod in try await self.live.lapsedPods() where pod != self.live.pod {
            var ended = 0
            while true {
                let orphans = try await self.live.orphans(of: pod, limit: 200)
                if orphans.isEmpty { break }
                guard await shard.end(orphans: orphans) else { return }
                ended += orphans.count
            }
            try await self.live.bury(pod)
            self.logger.notice("a pod is gone", metadata: ["pod": "\(pod)", "sessions": "\(ended)"])
        }
    }

    private func checkOwnSessions() async {
        for shard in self.shards.all { await shard.checkSessions() }
    }
}

extension Shard {
    /// Ends sessions whose pod died.
    ///
    /// - Returns: false if the store did not take it.
    func end(orphans: [LogKey]) async -> Bool {
        await withCheckedContinuation { continuation in
            self.core.end(orphans: orphans) { continuation.resume(returning: $0) }
        }
    }

    /// Closes connections whose session is gone from the store.
    func checkSessions() { self.core.checkSessions() }
}

extension ShardCore {
    func end(orphans: [LogKey], _ completion: @escaping (Bool) -> Void) {
        self.store.load(orphans) { result in
            guard case .success(let snapshots) = result else { return completion(false) }
            var left = snapshots.count
            var isWell = true
            guard left > 0 else { return completion(true) }
            for snapshot in snapshots {
                self.store.append(self.end(of: snapshot)) { result in
                    // One that changed in between is looked at again in the next round.
                    if case .failure = result { isWell = false }
                    left -= 1
                    if left == 0 { completion(isWell) }
                }
            }
        }
    }

    private func end(of snapshot: Snapshot) -> Transaction {
        guard let record = SessionRecord(fields: snapshot.chatFields) else {
            // Not a session: nothing to say of it, it only goes.
            return Transaction(changes: [LogChange(snapshot.log, lifetime: .drop, holder: .cleared)])
        }
        var transaction = Self.signOff(
            record,
            reason: "Connection lost",
            tenant: snapshot.log.tenant,
            now: self.now
        )
        transaction.conditions.append(Condition(snapshot.log, .unchanged(since: snapshot.position)))
        return transaction
    }

    func checkSessions() {
        for scope in self.scopes.values {
            for session in scope.sessions.values where session.connection.session === session {
                self.store.load([session.inbox]) { result in
                    guard case .success(let snapshots) = result, snapshots.first?.exists == false else { return }
                    session.connection.session = nil
                    scope.sessions[session.id] = nil
                    self.followed[session.inbox] = nil
                    self.store.unfollow(session.inbox)
                    scope.nicks[session.user.nick.folded] = nil
                    for replica in session.memberships { self.exit(session, replica, in: scope) }
                    self.close(session.connection, reason: "The session was lost, connect again")
                }
            }
        }
    }
}
