// A cell's stores as the operator holds them: what the edges were told last is remembered, so that only what changed is told.

import KubeClient
package import Logging
import NIOCore
package import StateStore
package import Tenant

/// The live and the durable store of one cell, and what is projected there.
package actor CellStores {
    /// Why a cell's stores cannot be used, with the reason of its condition.
    package struct Problem: Error, Sendable, Hashable {
        package let reason: String
        package let message: String
    }

    package nonisolated let live: any LiveStore
    package nonisolated let durable: DurableStore
    private let writer: ProjectionWriter
    private let seal: CertificateSeal
    private let logger: Logger
    private var tenants: [TenantID: ProjectedTenant]
    private var certificates: [String: ProjectedCertificate] = [:]
    private var isComplete: Bool
    /// What was projected before the live store lost it: what a tenant that cannot be read now goes on with.
    private var lost: (tenants: [TenantID: ProjectedTenant], certificates: [String: ProjectedCertificate]) = ([:], [:])
    /// Whose name a tenant's is in this cell's database, as far as it was looked at: object ids by tenant.
    private var owners: [TenantID: String] = [:]
    /// Tenants that were looked at since the projection was read or lost.
    private var settled: Set<TenantID> = []

    /// Connects, brings the schema up to date and reads what is projected.
    ///
    /// - Throws: ``Problem``, which shows no URL.
    package static func open(
        redis: String,
        postgres: String,
        seal: CertificateSeal,
        with connector: any StoreConnector,
        logger: Logger
    ) async throws(Problem) -> CellStores {
        let durable: DurableStore
        do {
            durable = try connector.durable(postgres)
        } catch { throw Problem(reason: "PostgresUnavailable", message: "\(error)") }
        do {
            _ = try await durable.migrator.up(now: InProcessLiveStore.systemTime())
        } catch {
            await durable.close()
            throw Problem(reason: error.isAway ? "PostgresUnavailable" : "MigrationFailed", message: "\(error)")
        }
        var opened: (any LiveStore)?
        do {
            let live = try await connector.live(redis)
            opened = live
            let writer = ProjectionWriter(live: live, loop: connector.loop)
            let state = try await writer.load()
            return CellStores(live: live, durable: durable, writer: writer, state: state, seal: seal, logger: logger)
        } catch {
            await opened?.shutdown()
            await durable.close()
            throw Problem(reason: "RedisUnavailable", message: "\(error)")
        }
    }

    private init(
        live: any LiveStore,
        durable: DurableStore,
        writer: ProjectionWriter,
        state: ProjectionState,
        seal: CertificateSeal,
        logger: Logger
    ) {
        self.live = live
        self.durable = durable
        self.writer = writer
        self.seal = seal
        self.logger = logger
        self.tenants = state.tenants
        self.isComplete = state.isComplete
        for (name, box) in state.certificates {
            // What does not open is written anew.
            self.certificates[name] = try? seal.open(box, name: name)
        }
    }

    /// Keeps this process's lease and tells of each loss of the projection, until the task is cancelled; then closes.
    package func run(lost: @escaping @Sendable () -> Void) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                while (try? await TimeSource.continuous.sleep(.seconds(5))) != nil {
                    _ = try? await self.live.renewLease(for: .seconds(20))
                }
            }
            group.addTask {
                for await _ in self.writer.losses {
                    await self.forget()
                    lost()
                }
            }
        }
        await self.live.shutdown()
        await self.durable.close()
    }

    private func forget() {
        self.logger.warning("the live store lost the projection: everything is written again")
        self.lost.tenants.merge(self.tenants) { _, new in new }
        self.lost.certificates.merge(self.certificates) { _, new in new }
        self.tenants = [:]
        self.certificates = [:]
        self.settled = []
        self.isComplete = false
    }

    // MARK: Tenants

    /// Everybody who is served.
    package var projected: Set<TenantID> { Set(self.tenants.keys) }

    package func project(_ tenant: ProjectedTenant) async throws(LiveStoreError) {
        guard self.tenants[tenant.id] != tenant else { return }
        try await self.writer.put(tenant: tenant)
        self.tenants[tenant.id] = tenant
    }

    /// Has a tenant served as it was last, with the certificate that it had, also if the live store lost it.
    ///
    /// - Parameters:
    ///   - id: The tenant.
    ///   - hostnames: Those that it has no more.
    ///   - state: The state that it is in now, if that is known.
    /// - Throws: ``LiveStoreError``
    package func keep(_ id: TenantID, without hostnames: Set<String>, state: TenantState?) async throws(LiveStoreError)
    {
        guard let known = self.tenants[id] ?? self.lost.tenants[id] else { return }
        guard let tenant = known.without(hostnames, state: state) else {
            _ = try await self.withdraw(id)
            return try await self.removeCertificate(name: id.text)
        }
        try await self.project(tenant)
        try await self.keepCertificate(name: id.text)
    }

    /// Has a certificate used as it was last, if the live store lost it.
    package func keepCertificate(name: String) async throws(LiveStoreError) {
        guard self.certificates[name] == nil, let certificate = self.lost.certificates[name],
            let box = try? self.seal.seal(certificate, name: name)
        else { return }
        try await self.writer.put(certificate: box, name: name)
        self.certificates[name] = certificate
    }

    /// Whose name a tenant's is, if that was noted already.
    package func owner(of id: TenantID) -> String? { self.owners[id] }

    /// Notes whose name a tenant's is in the database.
    package func note(owner uid: String?, of id: TenantID) { self.owners[id] = uid }

    /// - Returns: whether it was served.
    package func withdraw(_ id: TenantID) async throws(LiveStoreError) -> Bool {
        self.lost.tenants[id] = nil
        self.lost.certificates[id.text] = nil
        self.owners[id] = nil
        guard self.tenants[id] != nil else { return false }
        try await self.writer.remove(tenant: id)
        self.tenants[id] = nil
        return true
    }

    /// Notes that a tenant was looked at and has what it is to have; once all of everybody were, the projection is whole.
    package func settle(_ id: TenantID, of everybody: () -> some Sequence<TenantID>) async throws(LiveStoreError) {
        guard !self.isComplete else { return }
        self.settled.insert(id)
        try await self.completeIfSettled(everybody())
    }

    /// Says that the projection is whole if nobody of these is left to look at.
    package func completeIfSettled(_ everybody: some Sequence<TenantID>) async throws(LiveStoreError) {
        guard !self.isComplete, everybody.allSatisfy(self.settled.contains) else { return }
        try await self.writer.markComplete()
        self.isComplete = true
    }

    /// How many channels a tenant has now.
    package func channelCount(of tenant: TenantID) async throws(LiveStoreError) -> Int {
        try await self.writer.channelCount(of: tenant)
    }

    // MARK: Certificates

    /// Gives a certificate to the edges, under the tenant's name or ``Projection/wildcard``.
    package func put(_ bundle: CertificateBundle, name: String) async throws {
        let certificate = ProjectedCertificate(
            hostnames: bundle.hostnames,
            certificatePEM: bundle.chain,
            keyPEM: bundle.key
        )
        guard self.certificates[name] != certificate else { return }
        try await self.writer.put(certificate: try self.seal.seal(certificate, name: name), name: name)
        self.certificates[name] = certificate
    }

    package func removeCertificate(name: String) async throws(LiveStoreError) {
        guard self.certificates[name] != nil else { return }
        try await self.writer.remove(certificate: name)
        self.certificates[name] = nil
    }
}

extension DurableStoreError {
    /// Whether it is the server that is not there.
    fileprivate var isAway: Bool {
        switch self {
        case .unavailable, .timedOut, .busy: true
        default: false
        }
    }
}
