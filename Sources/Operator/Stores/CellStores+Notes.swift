// Asking a cell's database about a tenant. Nobody waits for one that is known to be away, nor long for a cell that the tenant has
// nothing to do with as far as is known: what lies there is found by that cell's own look at its notes.

import KubeClient
import StateStore
import Tenant

/// How patient somebody is with a database.
struct NotePatience: Sendable {
    /// How long it may have left every call without an answer.
    let silence: Duration
    /// How long a call may take; nil for as long as calls do.
    let deadline: Duration?

    /// With the cell where the tenant lives or is to live.
    static func own(_ settings: OperatorSettings) -> NotePatience {
        NotePatience(silence: settings.storePatience, deadline: nil)
    }

    /// With any other.
    ///
    /// Each is asked for an answer once a period, so a healthy one was silent for no longer.
    static func other(_ settings: OperatorSettings) -> NotePatience {
        let silence = min(settings.storePatience, settings.cellPeriod + .seconds(2))
        return NotePatience(silence: silence, deadline: .seconds(2))
    }
}

extension CellStores {
    /// What the database notes of a tenant.
    func find(_ id: TenantID, _ patience: NotePatience) async throws(DurableStoreError) -> StoredTenant? {
        if self.isDatabaseAway(patience: patience.silence) { throw .unavailable(reason: "it does not answer") }
        return try await self.durable.tenants.find(id, within: patience.deadline)
    }
}
