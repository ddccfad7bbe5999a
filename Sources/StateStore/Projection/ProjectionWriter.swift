// The operator's end of the projection. The operator runs on no shard's loop, so it gets calls to await; all that touches
// the store's client happens on the loop that it is given.

package import NIOCore
package import Tenant

/// Writes what a cell's edges are to serve into the cell's live store.
///
/// Any number of calls may be under way at once; those of one task are applied in its order. One writer has the log at a
/// time: once another took it over, every call that writes fails with ``LiveStoreError/fenced(term:)``, or with
/// ``LiveStoreError/occupied(by:)`` if that one writes for another cell.
///
/// ```swift
/// let state = try await writer.takeOver(term: term)
/// try await writer.put(tenant: tenant)         // … everything that state does not have
/// if !state.isComplete { try await writer.markComplete() }
/// for try await _ in writer.losses { /* load, and all of it again */ }
/// ```
package final class ProjectionWriter: Sendable {
    /// An element whenever the log was not what was written here: the store lost its data, or has older ones.
    ///
    /// The log is to be loaded then, and what it lacks written again. Ends with ``LiveStoreError/fenced(term:)`` when
    /// another writer took over. For one task to iterate; losses that nobody took yet are one.
    package let losses: AsyncThrowingStream<Void, any Error>
    private let live: any LiveStore
    private let core: EventLoopFuture<NIOLoopBound<ProjectionLog>>

    /// Prepares to write; nothing is read or written yet.
    ///
    /// - Parameters:
    ///   - live: The cell's live store; it is shut down by who made it. Its lease says that this writer is there.
    ///   - owner: For which cell it writes, such that no two cells of all clusters are the same.
    ///   - loop: Where the store's client lives.
    ///   - interval: How often to look whether the log is still what was written.
    package init(
        live: any LiveStore,
        owner: String,
        loop: any EventLoop,
        lookingEvery interval: Duration = .seconds(2)
    ) {
        self.live = live
        let (losses, continuation) = AsyncThrowingStream.makeStream(
            of: Void.self,
            throwing: (any Error).self,
            bufferingPolicy: .bufferingNewest(1)
        )
        self.losses = losses
        self.core = loop.submit {
            let core = ProjectionLog(
                owner: owner,
                onLoss: { continuation.yield() },
                onFence: { continuation.finish(throwing: $0) }
            )
            core.start(live, on: loop, lookingEvery: TimeAmount(interval))
            return NIOLoopBound(core, eventLoop: loop)
        }
    }

    /// Takes the log over from whoever wrote it before, and reads what it holds.
    ///
    /// - Parameter term: The leader's term; nil if nobody else contends: then whoever comes last has the log.
    /// - Returns: What the log held.
    /// - Throws: ``LiveStoreError``: ``LiveStoreError/fenced(term:)`` if it is in the hands of a later term,
    ///   ``LiveStoreError/occupied(by:)`` if in those of another cell's writer whose lease holds.
    package func takeOver(term: UInt64?) async throws(LiveStoreError) -> ProjectionState {
        var abandoned: ProjectionClaim?
        while true {
            let taking: ProjectionLog.Taking = try await self.call { [abandoned] core, completion in
                core.takeOver(term: term, over: abandoned, completion)
            }
            switch taking {
            case .taken(let snapshot): return ProjectionState(snapshot)
            case .occupied(let claim):
                // Asked about each claim once: who comes meanwhile is there.
                guard abandoned == nil, try await !self.live.hasLease(claim.producer.pod) else {
                    throw .occupied(by: claim.owner)
                }
                abandoned = claim
            }
        }
    }

    /// Reads everything that the log holds, whosever it is.
    package func load() async throws(LiveStoreError) -> ProjectionState {
        let snapshot: Snapshot = try await self.call { core, completion in core.load(completion) }
        return ProjectionState(snapshot)
    }

    /// Has a tenant served as it is stated here.
    package func put(tenant: ProjectedTenant) async throws(LiveStoreError) {
        guard let json = try? tenant.json() else { throw .invalidAnswer("tenant \(tenant.id) cannot be written") }
        try await self.append([.set(Projection.field(of: tenant.id), json)])
    }

    /// Has a tenant served no more.
    package func remove(tenant: TenantID) async throws(LiveStoreError) {
        try await self.append([.remove(Projection.field(of: tenant))])
    }

    /// Has a certificate used.
    ///
    /// - Parameters:
    ///   - box: The certificate as ``CertificateSeal/seal(_:name:)`` made it, for this very name.
    ///   - name: The tenant's name, or ``Projection/wildcard``.
    /// - Throws: ``LiveStoreError``
    package func put(certificate box: [UInt8], name: String) async throws(LiveStoreError) {
        try await self.append([.set(Projection.field(ofCertificate: name), box)])
    }

    /// Has a certificate used no more.
    package func remove(certificate name: String) async throws(LiveStoreError) {
        try await self.append([.remove(Projection.field(ofCertificate: name))])
    }

    /// Says that the log has everything there is: edges serve from it, and what it lacks no more.
    ///
    /// - Throws: ``LiveStoreError``, also if the log was lost and not loaded since: what was in it is not there any more.
    package func markComplete() async throws(LiveStoreError) {
        try await self.append([.set(Projection.complete, [1])], needsAll: true)
    }

    /// How many channels a tenant has now.
    package func channelCount(of tenant: TenantID) async throws(LiveStoreError) -> Int {
        try await self.call { core, completion in core.countChannels(of: tenant, completion) }
    }

    /// Has edges let nobody in by what they remember of some accounts.
    ///
    /// - Parameters:
    ///   - accounts: Their names, folded.
    ///   - tenant: Whose accounts.
    /// - Throws: ``LiveStoreError``
    package func forgetLogins(of accounts: [String], in tenant: TenantID) async throws(LiveStoreError) {
        try await self.call { core, completion in core.forgetLogins(of: accounts, in: tenant, completion) }
    }

    private func append(_ fields: [FieldChange], needsAll: Bool = false) async throws(LiveStoreError) {
        let change = LogChange(Projection.log, payload: ProjectionChange.payload(fields), fields: fields)
        try await self.call { core, completion in core.append(change, needsAll: needsAll, completion) }
    }

    private func call<Value: Sendable>(
        _ body: @escaping @Sendable (ProjectionLog, @escaping @Sendable (Result<Value, LiveStoreError>) -> Void) -> Void
    ) async throws(LiveStoreError) -> Value {
        let core = self.core
        return try await answer { completion in
            core.whenComplete { result in
                switch result {
                case .success(let bound): body(bound.value, completion)
                case .failure: completion(.failure(.closed))
                }
            }
        }
    }
}
