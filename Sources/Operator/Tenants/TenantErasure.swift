// Erasing: everything that a store holds of a tenant, twice. An edge that hears of it late may still hand over what it counted
// or a message that was on its way, so what was erased is looked at again before the last trace, the record of the tenant
// itself, goes.

import KubeClient
import StateStore
import Tenant

/// Erases tenants from a cell's stores.
enum TenantErasure {
    /// After how long it is looked at again, in milliseconds: longer than any edge holds on to what it is to hand over.
    static let secondLook: Int64 = 600_000

    /// Erases everything, and notes that it is to be looked at again.
    static func begin(_ tenant: TenantID, of object: KubeObject, in stores: CellStores, now: Int64) async throws {
        try await Self.sweep(tenant, in: stores)
        try await stores.durable.tenants.upsert(
            StoredTenant(
                tenant: tenant,
                namespace: object.namespace,
                uid: object.uid,
                state: .erasing,
                eraseAt: now + Self.secondLook,
                updatedAt: now
            )
        )
    }

    /// Erases everything, the record of the tenant last.
    static func sweep(_ tenant: TenantID, in stores: CellStores) async throws {
        // The journal first: what a reader of it holds may still reach the database.
        try await stores.live.erase(tenant)
        _ = try await stores.durable.eraser.erase(tenant)
    }
}
