// A cell's stores as the operator holds them: what the edges were told last is remembered, so that only what changed is told.

import Backoff
import KubeClient
import Logging
import NIOCore
import Observability
package import StateStore
package import Tenant

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The live and the durable store of one cell, and what is projected there.
package actor CellStores {
    package nonisolated let live: any LiveStore
    package nonisolated let durable: DurableStore
    /// The live stores beside the first.
    nonisolated let further: [FurtherRedis]
    /// Where tenants live among all of them.
    var places: RedisPlaces
    /// Who is to be erased where it lived before, and when.
    var left: [(tenant: TenantID, redis: String, at: Duration)] = []
    private let writer: ProjectionWriter
    private let seal: CertificateSeal
    private let leadership: Leadership
    private let logger: Logger
    private var tenants: ServedTenants
    private var certificates: [String: ProjectedCertificate] = [:]
    private var isComplete: Bool
    /// Whether somebody else took the projection over: who that is, as far as it is known.
    private var fence: LiveStoreError?
    /// How often the log was read again, and the reading under way.
    private var readings = 0
    private var reading: Gate?
    /// How long a store may leave calls without an answer before nothing more is asked of it.
    private var patience: Duration = .seconds(15)
    /// What was projected before the live store lost it: what a tenant that cannot be read now goes on with.
    private var lost: (tenants: [TenantID: ProjectedTenant], certificates: [String: ProjectedCertificate]) = ([:], [:])
    /// Whose name a tenant's is in this cell's database, as far as it was looked at: object ids by tenant.
    private var owners: [TenantID: String] = [:]
    /// Tenants that were looked at since the projection was read or lost.
    private var settling = Settling()
    /// Whether the cell's own certificate was.
    private var isOwnSettled = false
    /// Certificates of the projection that do not open with the key that there is now.
    private var closed: Set<String> = []
    /// When certificates end, by name, as far as they were looked at.
    private var ends: [String: Date] = [:]
    private var livePulse = StorePulse()
    private var durablePulse = StorePulse()
    /// What the edges told last, and when that was read, in milliseconds since 1970.
    package private(set) var figures: (pods: [PodFigures], at: Int64) = ([], 0)

    /// How much of the first feed history has not acknowledged; nil if that was not answered last.
    private(set) var waiting: Int?

    init(
        live: any LiveStore,
        durable: DurableStore,
        further: [FurtherRedis],
        places: RedisPlaces,
        writer: ProjectionWriter,
        state: ProjectionState,
        seal: CertificateSeal,
        leadership: Leadership,
        logger: Logger
    ) {
        self.live = live
        self.durable = durable
        self.further = further
        self.places = places
        self.writer = writer
        self.seal = seal
        self.leadership = leadership
        self.logger = logger
        self.tenants = ServedTenants(state.tenants)
        self.isComplete = state.isComplete
        self.certificates = Self.opened(state, by: seal)
        self.closed = Set(state.certificates.keys).subtracting(self.certificates.keys)
    }

    private static func opened(
        _ state: ProjectionState,
        by seal: CertificateSeal
    ) -> [String: ProjectedCertificate] {
        // What does not open is written anew.
        state.certificates.reduce(into: [:]) { $0[$1.key] = try? seal.open($1.value, name: $1.key) }
    }

    /// Keeps this process's lease, looks whether the stores answer and tells of each loss of the projection, until the task is
    /// cancelled; then closes.
    ///
    /// - Parameters:
    ///   - period: How often it looks.
    ///   - patience: How long a store may leave every call without an answer before nothing more is asked of it.
    ///   - lost: Told of each loss, once what there is was read.
    package func run(
        lookingEvery period: Duration,
        patience: Duration,
        lost: @escaping @Sendable () -> Void
    ) async {
        self.patience = patience
        await withTaskCancellationHandler {
            await self.keep(lookingEvery: period, lost: lost)
        } onCancel: {
            Task { await self.letGo() }
        }
        // Whoever is given this Redis next need not wait for the lease's end.
        if self.livePulse.trouble(at: TimeSource.continuous.now(), patience: max(period * 2, .seconds(5))) == nil {
            _ = try? await self.live.renewLease(for: .milliseconds(1))
        }
        await self.live.shutdown()
        await self.durable.close()
    }

    private func keep(lookingEvery period: Duration, lost: @escaping @Sendable () -> Void) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                repeat { await self.askLive() } while (try? await TimeSource.continuous.sleep(period)) != nil
            }
            group.addTask {
                repeat { await self.askDurable() } while (try? await TimeSource.continuous.sleep(period)) != nil
            }
            for further in self.further { group.addTask { await further.run(lookingEvery: period) } }
            group.addTask {
                while (try? await TimeSource.continuous.sleep(.seconds(5))) != nil {
                    _ = try? await self.live.renewLease(for: .seconds(20))
                }
            }
            group.addTask {
                do {
                    for try await _ in self.writer.losses {
                        await self.readAgain()
                        lost()
                    }
                } catch {
                    self.logger.warning("somebody else projects into this cell", metadata: ["reason": "\(error)"])
                    await self.met(error)
                }
            }
        }
    }

    /// Notes that the log is another's.
    private func met(_ error: any Error) {
        switch error as? LiveStoreError {
        case .fenced?, .occupied?: self.fence = error as? LiveStoreError
        default: break
        }
        self.leadership.met(error)
    }

    /// Reads what the live store has after it lost something: all of it, or what came after a moment that it went back to.
    ///
    /// Whatever it lacks is written again by those who look at the tenants next; who would write meanwhile waits.
    private func readAgain() async {
        self.logger.warning("the live store lost what was projected: what it lacks is written again")
        self.readings += 1
        self.lost.tenants.merge(self.tenants.all) { _, new in new }
        self.lost.certificates.merge(self.certificates) { _, new in new }
        self.settling = Settling()
        self.isOwnSettled = false
        self.isComplete = false
        let gate = Gate()
        self.reading = gate
        let reading = Task {
            var backoff = Backoff(first: .milliseconds(50), longest: .seconds(2))
            while !Task.isCancelled {
                do throws(LiveStoreError) {
                    return self.take(try await self.writer.load())
                } catch {
                    if error == .closed { return }
                    try? await TimeSource.continuous.sleep(backoff.failed())
                }
            }
        }
        await withTaskCancellationHandler {
            await reading.value
        } onCancel: {
            reading.cancel()
        }
        self.reading = nil
        gate.open()
    }

    private func take(_ state: ProjectionState) {
        self.tenants = ServedTenants(state.tenants)
        self.certificates = Self.opened(state, by: self.seal)
        self.closed = Set(state.certificates.keys).subtracting(self.certificates.keys)
        self.isComplete = state.isComplete
    }

    // MARK: Answers

    /// Which store is away, judged by the answers to what is asked all the time.
    package func trouble(patience: Duration) async -> Problem? {
        if let trouble = self.troubleOfShared(patience: patience) { return trouble }
        for further in self.further {
            if let trouble = await further.trouble(patience: patience) { return trouble }
        }
        return nil
    }

    private func troubleOfShared(patience: Duration) -> Problem? {
        if case .occupied(let other) = self.fence { return Problem(occupiedBy: other) }
        if self.fence != nil {
            let text =
                "another process projects into its Redis: run one operator for each installation, with an election"
            return Problem(reason: "StoresInUse", message: text)
        }
        let now = TimeSource.continuous.now()
        if let why = self.livePulse.trouble(at: now, patience: patience) {
            return Problem(reason: "RedisUnavailable", message: "Redis: \(why)")
        }
        return self.durablePulse.trouble(at: now, patience: patience).map { why in
            Problem(reason: "PostgresUnavailable", message: "PostgreSQL: \(why)")
        }
    }

    /// Whether the live store is another cell's by now: these stores are of no use any more.
    var isOccupied: Bool {
        if case .occupied = self.fence { true } else { false }
    }

    /// For how long who would change something waits while what was lost is read again: that may take as long as the live store
    /// is away, and whoever waits keeps others from being looked at.
    private static let longestReading = Duration.seconds(2)

    /// Waits for what is being read again, a little, and for no store that is known to be away.
    private func reach() async throws(LiveStoreError) {
        if let why = self.livePulse.trouble(at: TimeSource.continuous.now(), patience: self.patience) {
            throw .unavailable(reason: why)
        }
        guard let reading = self.reading else { return }
        guard await reading.passes(within: Self.longestReading) else {
            throw .unavailable(reason: "what its edges serve is being read again")
        }
    }

    /// Whether the database does not answer.
    func isDatabaseAway(patience: Duration) -> Bool {
        self.durablePulse.trouble(at: TimeSource.continuous.now(), patience: patience) != nil
    }

    private func askLive() async {
        self.livePulse.asked(at: TimeSource.continuous.now())
        do throws(LiveStoreError) {
            let carried = try await self.live.liveFigures()
            self.figures = (PodFigures.latest(of: carried.values), WallClock.system())
            self.countPlaces()
            self.livePulse.answered()
        } catch {
            // Nothing else is asked of who did not answer: whoever waits for the end of this would wait for that, too.
            self.livePulse.failed("\(error)")
            self.waiting = nil
            return
        }
        self.waiting = try? await self.live.feedStanding(of: .history).waiting
    }

    /// Ends what waits for a live store that does not answer: who replaces it does not wait for that.
    private func letGo() async {
        if self.livePulse.trouble(at: TimeSource.continuous.now(), patience: self.patience) == nil {
            // What is on its way, and the lease's end, may still be answered.
            try? await TimeSource.continuous.sleep(.seconds(2))
        }
        await self.live.shutdown()
    }

    private func askDurable() async {
        self.durablePulse.asked(at: TimeSource.continuous.now())
        do throws(DurableStoreError) {
            try await self.durable.ping()
            self.durablePulse.answered()
        } catch {
            // Many calls of our own that wait say nothing of the database.
            if error != .busy { self.durablePulse.failed("\(error)") }
        }
    }

    // MARK: Tenants

    /// Everybody who is served.
    package var projected: Set<TenantID> { Set(self.tenants.all.keys) }

    /// Those of them that are served no more, since they live elsewhere or are on their way there.
    var departed: [ProjectedTenant] { self.tenants.departed }

    /// Those of them that some hostnames lead to.
    func departed(under names: [String]) -> [ProjectedTenant] { self.tenants.departed(under: names) }

    /// A tenant as the edges have it.
    func served(_ id: TenantID) async throws(LiveStoreError) -> ProjectedTenant? {
        try await self.reach()
        return self.tenants[id]
    }

    package func project(_ tenant: ProjectedTenant) async throws(LiveStoreError) {
        try await self.reach()
        try await self.makeRoom(for: tenant)
        if self.tenants[tenant.id] != tenant {
            let before = self.readings
            try await self.writer.put(tenant: tenant)
            // What was lost meanwhile is not known to be there.
            guard self.readings == before else { return }
            self.tenants[tenant.id] = tenant
        }
        self.lost.tenants[tenant.id] = nil
    }

    /// Has a tenant served as it was last, with the certificate that it had, also if the live store lost it.
    ///
    /// - Parameters:
    ///   - id: The tenant.
    ///   - hostnames: Those that it has no more.
    ///   - state: The state that it is in now, if that is known.
    ///   - ceiling: The most that a tenant on a plan may have, if the plan is known.
    /// - Throws: ``LiveStoreError``
    package func keep(
        _ id: TenantID,
        without hostnames: Set<String>,
        state: TenantState?,
        below ceiling: @Sendable (_ plan: String) -> QuotaCeiling? = { _ in nil }
    ) async throws(LiveStoreError) {
        try await self.reach()
        // A store that went back has an older one.
        guard let known = self.lost.tenants[id] ?? self.tenants[id] else { return }
        guard let tenant = known.without(hostnames, state: state, below: ceiling(known.hosted.planName)) else {
            _ = try await self.withdraw(id)
            return try await self.removeCertificate(name: id.text)
        }
        try await self.project(tenant)
        try await self.keepCertificate(name: id.text)
    }

    /// Has a certificate used as it was last, if the live store lost it.
    package func keepCertificate(name: String) async throws(LiveStoreError) {
        try await self.reach()
        self.noteEnd(of: name)
        guard let certificate = self.lost.certificates[name], self.certificates[name] != certificate,
            let box = try? self.seal.seal(certificate, name: name)
        else { return }
        try await self.put(certificate, sealed: box, name: name)
    }

    /// Whose name a tenant's is, if that was noted already.
    package func owner(of id: TenantID) -> String? { self.owners[id] }

    /// Notes whose name a tenant's is in the database.
    package func note(owner uid: String?, of id: TenantID) { self.owners[id] = uid }

    /// - Returns: whether it was served.
    package func withdraw(_ id: TenantID) async throws(LiveStoreError) -> Bool {
        try await self.reach()
        self.lost.tenants[id] = nil
        self.lost.certificates[id.text] = nil
        self.owners[id] = nil
        guard self.tenants[id] != nil else { return false }
        let before = self.readings
        try await self.writer.remove(tenant: id)
        if self.readings == before { self.tenants[id] = nil }
        return true
    }

    /// Notes that a tenant was looked at and has what it is to have; once all of everybody were, the projection is whole.
    package func settle(_ id: TenantID, of everybody: () -> some Sequence<TenantID>) async throws(LiveStoreError) {
        guard !self.isComplete, self.settling.settle(id) else { return }
        try await self.completeIfSettled(everybody)
    }

    /// Says that the projection is whole if nobody of these is left to look at.
    package func completeIfSettled(_ everybody: () -> some Sequence<TenantID>) async throws(LiveStoreError) {
        guard !self.isComplete, self.isOwnSettled else { return }
        try await self.reach()
        // Who was served before a loss and lives here still is to be served again first.
        let isWhole = self.settling.isWhole(everybody()) { self.tenants[$0] != nil || self.lost.tenants[$0] == nil }
        guard !self.isComplete, self.isOwnSettled, isWhole else { return }
        let before = self.readings
        try await self.writer.markComplete()
        if self.readings == before { self.isComplete = true }
    }

    /// How many channels a tenant has now.
    package func channelCount(of tenant: TenantID) async throws(LiveStoreError) -> Int {
        if let redis = self.tenants[tenant]?.hosted.redis, let further = self.redis(redis) {
            return try await further.channelCount(of: tenant)
        }
        return try await self.writer.channelCount(of: tenant)
    }

    /// Who is served, with what it calls its Redis.
    var dwellings: [(TenantID, String?)] { self.tenants.all.map { ($0.key, $0.value.hosted.redis) } }

    /// What a tenant called its Redis when it was served last.
    func dwelling(of id: TenantID) -> String?? { (self.lost.tenants[id] ?? self.tenants[id]).map(\.hosted.redis) }

    /// Has the edges let nobody in by what they remember of some accounts.
    package func forgetLogins(of accounts: [String], in tenant: TenantID) async throws(LiveStoreError) {
        if let redis = self.tenants[tenant]?.hosted.redis, let further = self.redis(redis) {
            return try await further.forgetLogins(of: accounts, in: tenant)
        }
        try await self.writer.forgetLogins(of: accounts, in: tenant)
    }

    // MARK: Certificates

    /// Has the edges use the cell's own certificate, for tenants that have none, or no more.
    ///
    /// The projection is not whole before: edges would let go of one that nobody had the time to write.
    ///
    /// - Returns: the names of the one that they have now.
    package func settle(own certificate: OwnCertificate) async throws -> [String] {
        let name = Projection.wildcard
        try await self.reach()
        let before = self.readings
        switch certificate {
        case .notNamed: try await self.removeCertificate(name: name)
        case .found(let bundle): try await self.put(bundle, name: name)
        case .unusable, .unknown: try await self.keepCertificate(name: name)
        }
        let names = self.certificates[name]?.hostnames ?? []
        if case .unknown = certificate, names.isEmpty { return [] }
        if self.readings == before { self.isOwnSettled = true }
        return names
    }

    /// Gives a certificate to the edges, under the tenant's name or ``Projection/wildcard``.
    ///
    /// One that is over takes nothing from those who have one that holds.
    package func put(_ bundle: CertificateBundle, name: String, now: Date = Date()) async throws {
        try await self.reach()
        if bundle.notAfter <= now, let end = self.end(ofServed: name), end > now {
            self.ends[name] = end
            return try await self.keepCertificate(name: name)
        }
        let certificate = ProjectedCertificate(
            hostnames: bundle.hostnames,
            certificatePEM: bundle.chain,
            keyPEM: bundle.key
        )
        if self.certificates[name] == certificate {
            self.lost.certificates[name] = nil
        } else {
            try await self.put(certificate, sealed: try self.seal.seal(certificate, name: name), name: name)
        }
        self.ends[name] = bundle.notAfter
    }

    private func put(
        _ certificate: ProjectedCertificate,
        sealed box: [UInt8],
        name: String
    ) async throws(LiveStoreError) {
        let before = self.readings
        try await self.writer.put(certificate: box, name: name)
        guard self.readings == before else { return }
        self.certificates[name] = certificate
        self.lost.certificates[name] = nil
        self.closed.remove(name)
    }

    package func removeCertificate(name: String) async throws(LiveStoreError) {
        try await self.reach()
        self.lost.certificates[name] = nil
        self.ends[name] = nil
        guard self.certificates[name] != nil || self.closed.contains(name) else { return }
        let before = self.readings
        try await self.writer.remove(certificate: name)
        guard self.readings == before else { return }
        self.certificates[name] = nil
        self.closed.remove(name)
    }

    /// Looks when a certificate ends that is used on although nobody can say what it is to be.
    private func noteEnd(of name: String) {
        if self.ends[name] == nil { self.ends[name] = self.end(ofServed: name) }
    }

    /// When a certificate ends that the edges have, or had before their store lost it.
    private func end(ofServed name: String) -> Date? {
        let known = self.lost.certificates[name] ?? self.certificates[name]
        return known.flatMap { CertificateBundle.end(of: $0.certificatePEM) }
    }

    /// When the first of the certificates ends that the edges use.
    var certificateEnds: CertificateEnds {
        let tenants = self.ends.lazy.filter { $0.key != Projection.wildcard }.map(\.value)
        return CertificateEnds(own: self.ends[Projection.wildcard], tenants: tenants.min())
    }
}
