// Administrators' accounts. Hashing a password takes a fraction of a second on purpose, so it is done beside the
// reconciling: a tenant is served before its administrators' passwords are hashed.

import Backoff
import Chat
import IRC
import KubeClient
package import Logging
import Observability
import StateStore
import Synchronization
package import Tenant

/// Makes the accounts of tenants' administrators, some at a time.
package final class AdminProvisioner: Sendable {
    private struct Work: Sendable {
        let tenant: HostedTenant
        let uid: String
        let stores: CellStores

        /// Whether it is the same work: for the same object, in the same stores.
        func isSame(_ other: Work) -> Bool {
            self.uid == other.uid && self.stores === other.stores && self.tenant.admins == other.tenant.admins
                && self.tenant.adminNames == other.tenant.adminNames
        }
    }

    private let hasher: PasswordHasher
    private let logger: Logger
    /// What was asked for last and is not done.
    private let wanted = Mutex<[TenantID: Work]>([:])
    /// Whose account is being made, and who waits for that.
    private let making = Mutex<(tenant: TenantID?, waiting: [CheckedContinuation<Void, Never>])>((nil, []))
    /// What was done: only who for and where, no passwords but those that their Secrets hold now.
    private let done = Mutex<[TenantID: Work]>([:])
    private let wake: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init(hasher: PasswordHasher = PasswordHasher(), logger: Logger) {
        self.hasher = hasher
        self.logger = logger
        (self.wake, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Has a tenant's administrators made, soon.
    package func provision(_ tenant: HostedTenant, uid: String, in stores: CellStores) {
        let work = Work(tenant: tenant, uid: uid, stores: stores)
        if self.done.withLock({ $0[tenant.id]?.isSame(work) ?? false }) {
            // What was asked for since, and taken back, is not made.
            return self.wanted.withLock { $0[tenant.id] = nil }
        }
        self.wanted.withLock { $0[tenant.id] = work }
        self.continuation.yield()
    }

    /// Forgets a tenant that is served no more; afterwards nothing is written for it.
    package func forget(_ tenant: TenantID) async {
        self.wanted.withLock { $0[tenant] = nil }
        self.done.withLock { $0[tenant] = nil }
        await withCheckedContinuation { continuation in
            let isBeingMade = self.making.withLock { making in
                guard making.tenant == tenant else { return false }
                making.waiting.append(continuation)
                return true
            }
            if !isBeingMade { continuation.resume() }
        }
    }

    /// Works until the task is cancelled.
    package func run() async {
        var backoff = Backoff()
        for await _ in self.wake {
            // In rounds, so that a store that is away holds up only its own tenants.
            while !Task.isCancelled {
                let round = self.wanted.withLock { Array($0.values) }
                if round.isEmpty { break }
                var hasFailed = false
                // Nobody else of a cell waits in this round for a database that did not answer one of them.
                var away: Set<ObjectIdentifier> = []
                for work in round where !Task.isCancelled {
                    if away.contains(ObjectIdentifier(work.stores)) { continue }
                    guard self.begin(work) else { continue }
                    let outcome = await self.make(work)
                    self.end()
                    guard outcome == .done else {
                        hasFailed = true
                        if outcome == .away { away.insert(ObjectIdentifier(work.stores)) }
                        continue
                    }
                    let isCurrent = self.wanted.withLock { wanted in
                        guard wanted[work.tenant.id]?.isSame(work) == true else { return false }
                        wanted[work.tenant.id] = nil
                        return true
                    }
                    if isCurrent { self.done.withLock { $0[work.tenant.id] = work } }
                }
                if hasFailed {
                    try? await TimeSource.continuous.sleep(backoff.failed())
                } else {
                    backoff = Backoff()
                }
            }
        }
    }

    /// - Returns: whether it is wanted still.
    private func begin(_ work: Work) -> Bool {
        self.making.withLock { making in
            // Under the lock: who forgets it either finds it being made or has it not begun.
            guard self.wanted.withLock({ $0[work.tenant.id]?.isSame(work) == true }) else { return false }
            making.tenant = work.tenant.id
            return true
        }
    }

    private func end() {
        let waiting = self.making.withLock { making in
            defer { making = (nil, []) }
            return making.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private enum Outcome {
        /// There is nothing more to try.
        case done
        case failed
        /// The database does not answer.
        case away
    }

    /// An edge that remembers a log-in with the password before must not let anybody in by it.
    ///
    /// Not tried again: with the database there each log-in is compared with it.
    private func forget(_ accounts: [String], of work: Work) async {
        guard !accounts.isEmpty else { return }
        do throws(LiveStoreError) {
            try await work.stores.forgetLogins(of: accounts, in: work.tenant.id)
        } catch {
            self.logger.warning(
                "log-ins with an earlier password may be remembered",
                metadata: ["tenant": "\(work.tenant.id)", "reason": "\(error)"]
            )
        }
    }

    private func make(_ work: Work) async -> Outcome {
        do {
            let changed = try await work.stores.durable.accounts.telling.provision(
                work.tenant.admins,
                named: work.tenant.adminNames,
                of: work.tenant.id,
                hasher: self.hasher,
                now: WallClock.system(),
                logger: self.logger,
                fold: Names.accountMapping.fold
            )
            await self.forget(changed, of: work)
            return .done
        } catch DurableStoreError.closed {
            // Another connection to the cell took its place, and the tenant is looked at again through that.
            return .done
        } catch {
            self.logger.warning(
                "an admin's account waits for its store",
                metadata: ["tenant": "\(work.tenant.id)", "reason": "\(error)"]
            )
            return (error as? DurableStoreError)?.isAway == true ? .away : .failed
        }
    }
}
