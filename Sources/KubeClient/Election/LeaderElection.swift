// One of several processes leads. Who holds the Lease object renews it; another takes it when it saw no renewal for as long as
// the lease says. That is judged by what each saw on its own clock, never by comparing times of different machines, so clocks
// that differ do no harm; and who could not renew in time stops leading before anybody else may begin. A process that was frozen
// cannot know that, so each time of leading has a term, higher than all before: what the leader writes to can refuse a lower one.

package import Logging
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Contends for a Lease (coordination.k8s.io/v1) and does something while holding it.
package final class LeaderElection: Sendable {
    /// How long things take.
    ///
    /// A follower leads at most ``lease`` + ``retry`` after the leader's last renewal.
    package struct Timing: Sendable {
        /// How long the lease holds after a renewal.
        package var lease: Duration = .seconds(15)
        /// How long the leader goes on without a renewal: less than the lease, for what it still has in flight.
        package var renewDeadline: Duration = .seconds(10)
        /// How often everybody tries.
        package var retry: Duration = .seconds(2)

        package init() {}
    }

    /// Thrown by who leads when it met traces of a later term than its own.
    ///
    /// The lease is given back then, and led under again only in a term that is later still: so a Lease that was lost, and
    /// began to count anew, catches up.
    package struct Superseded: Error {
        package let term: UInt64

        package init(term: UInt64) { self.term = term }
    }

    /// What was seen of the lease, and when.
    private struct Observed {
        var object: KubeObject
        var at: Duration
    }

    /// The lease as it was renewed last.
    private final class Held: Sendable {
        let object: Mutex<KubeObject>

        init(_ object: KubeObject) { self.object = Mutex(object) }
    }

    private let client: KubeClient
    private let name: String
    private let namespace: String
    package let identity: String
    private let timing: Timing
    private let time: TimeSource
    private let wallClock: @Sendable () -> Date
    private let logger: Logger
    /// Until when this process leads if it does not renew; `nil` if it does not lead.
    private let leadsUntil = Mutex<Duration?>(nil)

    /// Prepares to contend.
    ///
    /// - Parameters:
    ///   - client: Reaches the server.
    ///   - name: The Lease's name.
    ///   - namespace: The Lease's namespace.
    ///   - identity: Who we are: different for each process in each life.
    ///   - timing: How long things take.
    ///   - time: What they are measured by.
    ///   - logger: Hears who leads.
    package init(
        _ client: KubeClient,
        name: String,
        namespace: String,
        identity: String,
        timing: Timing = Timing(),
        time: TimeSource = .continuous,
        logger: Logger
    ) {
        self.client = client
        self.name = name
        self.namespace = namespace
        self.identity = identity
        self.timing = timing
        self.time = time
        self.wallClock = { Date() }
        self.logger = logger
    }

    /// Whether this process leads now: by its clock too, which is ahead of what it does when it was stopped for a time.
    package var isLeader: Bool { self.leadsUntil.withLock { $0 }.map { self.time.now() < $0 } ?? false }

    /// Contends until the task is cancelled; whenever this process leads, runs `lead`, which is cancelled when it leads no more.
    ///
    /// The lease is released at the end, so that another may lead at once.
    ///
    /// - Parameter lead: Gets the term: a number that is higher each time that anybody begins to lead, the Lease's
    ///   `leaseTransitions`.
    /// - Throws: What `lead` throws, but ``Superseded``.
    package func run(_ lead: @escaping @Sendable (UInt64) async throws -> Void) async throws {
        var observed: Observed?
        var met: UInt64?
        while !Task.isCancelled {
            let began = self.time.now()
            if await self.acquire(&observed, after: met), let held = observed?.object {
                let term = Self.term(of: held)
                self.logger.notice("leading", metadata: ["identity": "\(self.identity)", "term": "\(term)"])
                do {
                    try await self.hold(held, since: began) { try await lead(term) }
                } catch let superseded as Superseded {
                    met = max(met ?? 0, superseded.term)
                    self.logger.warning("superseded", metadata: ["term": "\(term)", "by": "\(superseded.term)"])
                }
                observed = nil
                self.logger.notice("leading no more", metadata: ["identity": "\(self.identity)"])
            }
            // Jitter, so that followers do not all try at the same moment.
            try? await self.time.sleep(self.timing.retry * Double.random(in: 1...1.2))
        }
    }

    // MARK: Getting it

    private static func term(of lease: KubeObject) -> UInt64 {
        UInt64(max(0, lease.spec["leaseTransitions"].int ?? 0))
    }

    /// - Parameters:
    ///   - observed: What was seen of the lease.
    ///   - met: A term that is over.
    /// - Returns: Whether this process holds it now.
    private func acquire(_ observed: inout Observed?, after met: UInt64?) async -> Bool {
        do throws(KubeError) {
            guard let object = try await self.client.find(.leases, self.name, in: self.namespace) else {
                observed = Observed(object: try await self.create(after: met), at: self.time.now())
                return true
            }
            let known = observed?.object.spec["holderIdentity"].string
            if observed?.object.resourceVersion != object.resourceVersion {
                observed = Observed(object: object, at: self.time.now())
            }
            let holder = object.spec["holderIdentity"].string ?? ""
            // Whoever wrote an hour or more is gone before that.
            let lasts =
                object.spec["leaseDurationSeconds"].int.map { Duration.seconds(min(max($0, 0), 3_600)) }
                ?? self.timing.lease
            let since = self.time.now() - (observed?.at ?? self.time.now())
            guard holder.isEmpty || holder == self.identity || since > lasts else {
                if known != holder {
                    self.logger.notice(
                        "standing by",
                        metadata: ["identity": "\(self.identity)", "leader": "\(holder)"]
                    )
                }
                return false
            }
            // Its own, too, is another time of leading: it may be what this process left when it was started before.
            let taken = try await self.client.replace(.leases, self.begun(object, after: met))
            observed = Observed(object: taken, at: self.time.now())
            return true
        } catch {
            // Somebody was quicker.
            if error.isConflict || error.isAlreadyExists { return false }
            self.logger.warning("the lease cannot be looked at", metadata: ["reason": "\(error)"])
            return false
        }
    }

    private func create(after met: UInt64?) async throws(KubeError) -> KubeObject {
        let object = KubeObject(.leases, name: self.name, namespace: self.namespace)
        return try await self.client.create(.leases, self.begun(object, after: met))
    }

    /// The lease in a term of its own.
    private func begun(_ object: KubeObject, after met: UInt64?) -> KubeObject {
        var object = self.renewed(object)
        let last = max(object.spec["leaseTransitions"].int ?? -1, met.map { Int(clamping: $0) } ?? -1)
        object.json["spec"]["acquireTime"] = object.spec["renewTime"]
        object.json["spec"]["leaseTransitions"] = .integer(Int64(min(last, Int(Int32.max) - 1)) + 1)
        return object
    }

    private func renewed(_ object: KubeObject) -> KubeObject {
        var object = object
        object.json["spec"]["holderIdentity"] = .string(self.identity)
        object.json["spec"]["leaseDurationSeconds"] = .integer(self.timing.lease.components.seconds)
        object.json["spec"]["renewTime"] = .string(KubeTime.microText(self.wallClock()))
        return object
    }

    // MARK: Having it

    private func hold(
        _ lease: KubeObject,
        since began: Duration,
        _ lead: @escaping @Sendable () async throws -> Void
    ) async throws {
        self.leadsUntil.withLock { $0 = began + self.timing.renewDeadline }
        defer { self.leadsUntil.withLock { $0 = nil } }
        let last = Held(lease)
        let result: Result<Void, any Error>
        do {
            result = .success(try await self.hold(last, since: began, lead))
        } catch { result = .failure(error) }
        await self.release(last.object.withLock { $0 })
        try result.get()
    }

    private func hold(
        _ last: Held,
        since began: Duration,
        _ lead: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lead() }
            group.addTask {
                await self.renew(last, since: began)
                // Others may begin soon: whoever asks must not take this one for the leader any more.
                self.leadsUntil.withLock { $0 = nil }
            }
            // Whichever ends first ends the other; the body is waited for before anybody else may lead.
            defer { group.cancelAll() }
            do { _ = try await group.next() } catch is CancellationError {}
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    /// Makes a request within what is left of the time to do so.
    private func within<Value: Sendable>(
        _ left: Duration,
        _ request: @escaping @Sendable () async throws -> Value
    ) async throws(KubeError) -> Value {
        do {
            return try await KubeClient.within(max(left, .zero), of: self.time, request)
        } catch { throw error as? KubeError ?? .timedOut }
    }

    /// The lease as it is now, if it is still held in this term.
    private func stillHeld(_ lease: KubeObject, within left: Duration) async throws(KubeError) -> KubeObject? {
        let now = try await self.within(left) {
            try await self.client.find(.leases, self.name, in: self.namespace)
        }
        guard let now, now.spec["holderIdentity"].string == self.identity, Self.term(of: now) == Self.term(of: lease)
        else { return nil }
        return now
    }

    /// Renews until it fails for too long, or the task is cancelled.
    private func renew(_ last: Held, since began: Duration) async {
        // Counted from when it was asked for: others count from when the server took it, which is later.
        var renewed = began
        while (try? await self.time.sleep(self.timing.retry)) != nil {
            let asked = self.time.now()
            let held = last.object.withLock { $0 }
            do throws(KubeError) {
                let object = self.renewed(held)
                let fresh = try await self.within(renewed + self.timing.renewDeadline - asked) {
                    try await self.client.replace(.leases, object)
                }
                last.object.withLock { $0 = fresh }
                renewed = asked
                self.leadsUntil.withLock { $0 = asked + self.timing.renewDeadline }
            } catch {
                if error.isConflict || error.isNotFound {
                    // Ours still, if only something else of it was changed.
                    let left = renewed + self.timing.renewDeadline - self.time.now()
                    guard let now = try? await self.stillHeld(held, within: left) else {
                        return self.logger.warning("the lease was taken", metadata: ["reason": "\(error)"])
                    }
                    last.object.withLock { $0 = now }
                }
            }
            if self.time.now() - renewed > self.timing.renewDeadline {
                return self.logger.warning("the lease could not be renewed in time")
            }
        }
    }

    /// Gives the lease back, whether or not this task is cancelled.
    private func release(_ lease: KubeObject) async {
        await Task {
            var object = lease
            // Twice, since a renewal may have been under way; whoever else has it by now keeps it.
            for _ in 0..<2 {
                object.json["spec"]["holderIdentity"] = ""
                object.json["spec"]["leaseDurationSeconds"] = 1
                object.json["spec"]["renewTime"] = .string(KubeTime.microText(self.wallClock()))
                let given = object
                do throws(KubeError) {
                    return try await self.within(self.timing.renewDeadline) {
                        _ = try await self.client.replace(.leases, given)
                    }
                } catch {
                    guard error.isConflict,
                        let now = try? await self.stillHeld(lease, within: self.timing.renewDeadline)
                    else { return }
                    object = now
                }
            }
        }.value
    }
}
