// Who has moved away. The names lead here for a while, until everybody's resolver knows better: those who come are let in and told
// where the tenant is, with the certificate that it had.

import StateStore
import Tenant

extension CellStores {
    /// Serves a tenant no more, and has who comes here told why.
    ///
    /// - Parameters:
    ///   - id: The tenant.
    ///   - text: What they are told.
    ///   - end: Until when, in milliseconds since 1970; nil while it is on its way.
    /// - Throws: ``LiveStoreError``
    func depart(_ id: TenantID, saying text: String, until end: Int64?) async throws(LiveStoreError) {
        guard let known = try await self.served(id) else { return }
        self.note(owner: nil, of: id)
        // Told once: with each look another end would be another word.
        if known.hosted.farewell == text, (known.leavesAt == nil) == (end == nil) { return }
        try await self.project(known.departed(saying: text, until: end))
    }

    /// A hostname of one that has moved may be somebody else's by now, who lives here.
    func makeRoom(for tenant: ProjectedTenant) async throws(LiveStoreError) {
        guard tenant.hosted.farewell == nil else { return }
        let names = Set(tenant.hosted.hostnames)
        for other in self.departed(under: tenant.hosted.hostnames) where other.id != tenant.id {
            if let rest = other.without(names, state: nil) {
                try await self.project(rest)
            } else {
                try await self.forget(other.id)
            }
        }
    }

    /// Lets go of those who have moved away, once their time is over.
    ///
    /// - Parameters:
    ///   - now: Milliseconds since 1970.
    ///   - livesElsewhere: Whether the object that it was projected for lives in another cell.
    /// - Returns: who is left for a while.
    /// - Throws: ``LiveStoreError``
    func expireDeparted(
        at now: Int64,
        livesElsewhere: (TenantID, _ uid: String) -> Bool
    ) async throws(LiveStoreError) -> Set<TenantID> {
        var left: Set<TenantID> = []
        for tenant in self.departed {
            // One on its way lives here still.
            guard let end = tenant.leavesAt else { continue }
            if now < end, livesElsewhere(tenant.id, tenant.uid) {
                left.insert(tenant.id)
            } else {
                try await self.forget(tenant.id)
            }
        }
        return left
    }

    private func forget(_ id: TenantID) async throws(LiveStoreError) {
        _ = try await self.withdraw(id)
        try await self.removeCertificate(name: id.text)
    }
}
