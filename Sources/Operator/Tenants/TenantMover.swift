// From one cell to another: what is stored is copied, what is live is not, since its people connect again.

import StateStore
import Tenant

/// Moves what is stored of a tenant.
enum TenantMover {
    /// For how long the old cell keeps its copy, in milliseconds: far longer than a record is on its way to the database, so that
    /// what came late is copied before the rest is erased.
    static let keepsCopy: Int64 = 3_600_000

    /// Copies what came after the copy: messages and counts that were on their way.
    ///
    /// The other side went on meanwhile, so that it has more is as it should be.
    static func copyLate(_ tenant: TenantID, from: CellStores, to: CellStores) async throws {
        do {
            try await Self.copy(tenant, from: from, to: to)
        } catch DurableStoreError.differs {}
    }

    /// Copies what the other does not have yet; again and again does no harm.
    static func copy(_ tenant: TenantID, from: CellStores, to: CellStores) async throws {
        _ = try await TenantCopier(from: from.durable, to: to.durable).copy(tenant)
    }
}
