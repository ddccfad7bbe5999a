// One of several processes leads. Who holds the Lease object renews it; another takes it when it saw no renewal for as long as
// the lease says. That is judged by what each saw on its own clock, never by comparing times of different machines, so clocks
// that differ do no harm; and who could not renew in time stops leading before anybody else may begin.

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
    private let leads = Atomic(false)

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

    /// Whether this process leads now.
    package var isLeader: Bool { self.leads.load(ordering: .acquiring) }

    /// Contends until the task is cancelled; whenever this process leads, runs `lead`, which is cancelled when it leads no more.
    ///
    /// The lease is released at the end, so that another may lead at once.
    ///
    /// - Throws: What `lead` throws.
    package func run(_ lead: @escaping @Sendable () async throws -> Void) async throws {
        var observed: Observed?
        while !Task.isCancelled {
            let began = self.time.now()
            if await self.acquire(&observed), let held = observed?.object {
                self.logger.notice("leading", metadata: ["identity": "\(self.identity)"])
                try await self.hold(held, since: began, lead)
                observed = nil
                self.logger.notice("leading no more", metadata: ["identity": "\(self.identity)"])
            }
            // Jitter, so that followers do not all try at the same moment.
            try? await self.time.sleep(self.timing.retry * Double.random(in: 1...1.2))
        }
    }

    // MARK: Getting it

    private func acquire(_ observed: inout Observed?) async -> Bool {
        do throws(KubeError) {
            guard let object = try await self.client.find(.leases, self.name, in: self.namespace) else {
                observed = Observed(object: try await self.create(), at: self.time.now())
                return true
            }
            if observed?.object.resourceVersion != object.resourceVersion {
                observed = Observed(object: object, at: self.time.now())
            }
            let holder = object.spec["holderIdentity"].string ?? ""
            let lasts = object.spec["leaseDurationSeconds"].int.map { Duration.seconds($0) } ?? self.timing.lease
            let since = self.time.now() - (observed?.at ?? self.time.now())
            guard holder.isEmpty || holder == self.identity || since > lasts else { return false }
            let taken = try await self.client.replace(.leases, self.renewed(object, isNew: holder != self.identity))
            observed = Observed(object: taken, at: self.time.now())
            return true
        } catch {
            // Somebody was quicker.
            if error.isConflict || error.isAlreadyExists { return false }
            self.logger.warning("the lease cannot be looked at", metadata: ["reason": "\(error)"])
            return false
        }
    }

    private func create() async throws(KubeError) -> KubeObject {
        let object = KubeObject(.leases, name: self.name, namespace: self.namespace)
        return try await self.client.create(.leases, self.renewed(object, isNew: true))
    }

    private func renewed(_ object: KubeObject, isNew: Bool) -> KubeObject {
        var object = object
        var spec = object.spec
        let now = KubeTime.microText(self.wallClock())
        spec["holderIdentity"] = .string(self.identity)
        spec["leaseDurationSeconds"] = .integer(self.timing.lease.components.seconds)
        spec["renewTime"] = .string(now)
        if isNew {
            spec["acquireTime"] = .string(now)
            spec["leaseTransitions"] = .integer(Int64(spec["leaseTransitions"].int ?? -1) + 1)
        }
        object.json["spec"] = spec
        return object
    }

    // MARK: Having it

    private func hold(
        _ lease: KubeObject,
        since began: Duration,
        _ lead: @escaping @Sendable () async throws -> Void
    ) async throws {
        self.leads.store(true, ordering: .releasing)
        defer { self.leads.store(false, ordering: .releasing) }
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
                self.leads.store(false, ordering: .releasing)
            }
            // Whichever ends first ends the other; the body is waited for before anybody else may lead.
            defer { group.cancelAll() }
            do { _ = try await group.next() } catch is CancellationError {}
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    /// Replaces the lease within what is left of the time to do so.
    private func replace(_ object: KubeObject, within left: Duration) async throws(KubeError) -> KubeObject {
        do {
            return try await KubeClient.within(max(left, .zero), of: self.time) {
                try await self.client.replace(.leases, object)
            }
        } catch { throw error as? KubeError ?? .timedOut }
    }

    /// Renews until it fails for too long, or the task is cancelled.
    private func renew(_ last: Held, since began: Duration) async {
        // Counted from when it was asked for: others count from when the server took it, which is later.
        var renewed = began
        while (try? await self.time.sleep(self.timing.retry)) != nil {
            let asked = self.time.now()
            do throws(KubeError) {
                let object = self.renewed(last.object.withLock { $0 }, isNew: false)
                let left = renewed + self.timing.renewDeadline - asked
                let fresh = try await self.replace(object, within: left)
                last.object.withLock { $0 = fresh }
                renewed = asked
            } catch {
                if error.isConflict || error.isNotFound {
                    // Ours still, if only something else of it was changed.
                    if let now = try? await self.client.find(.leases, self.name, in: self.namespace),
                        now.spec["holderIdentity"].string == self.identity
                    {
                        last.object.withLock { $0 = now }
                    } else {
                        return self.logger.warning("the lease was taken", metadata: ["reason": "\(error)"])
                    }
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
                do throws(KubeError) {
                    _ = try await self.client.replace(.leases, object)
                    return
                } catch {
                    guard error.isConflict,
                        let now = try? await self.client.find(.leases, self.name, in: self.namespace),
                        now.spec["holderIdentity"].string == self.identity
                    else { return }
                    object = now
                }
            }
        }.value
    }
}
