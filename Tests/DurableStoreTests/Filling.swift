import StateStore
import Tenant

extension DurableStore {
    /// Gives a tenant a row in every table, and so many in its history.
    func fill(_ tenant: TenantID, history: UInt64, bytes: Int = 1) async throws {
        _ = try await self.accounts.create("alice", folded: "alice", credentials: .some, of: tenant, now: 1)
        try await self.channels.save(
            RegisteredChannel(
                tenant: tenant,
                name: "#Tea",
                folded: "#tea",
                owner: "alice",
                fields: [0, 1, 255],
                createdAt: 1,
                updatedAt: 1
            )
        )
        try await self.say(1...history, tenant, bytes: bytes)
        let refused = HistoryRecord(
            log: LogKey(tenant, .channel, "#\u{0}"),
            position: Position(epoch: 1, sequence: 1),
            time: 1_000_000,
            payload: [1]
        )
        try await self.deadLetters.keep([DeadLetter(refused, code: "22021", reason: "a zero", setAside: 1)])
        _ = try await self.ledger.insert([
            LedgerRecord(id: "\(tenant)", tenant: tenant, meter: "messages", start: 0, end: 1, source: "1", quantity: 1)
        ])
        _ = try await self.database.execute(
            "INSERT INTO tenant_copies (tenant, table_name, place) VALUES ($1, 'none', '')",
            [.text(tenant.text)],
            in: .tenant(tenant)
        )
        try await self.tenants.upsert(
            StoredTenant(tenant: tenant, namespace: "customers", uid: "uid", state: .active, updatedAt: 1)
        )
    }

    /// Adds to a tenant's history.
    func say(_ sequences: ClosedRange<UInt64>, _ tenant: TenantID, in name: String = "#tea", bytes: Int = 1)
        async throws
    {
        let log = LogKey(tenant, .channel, name)
        _ = try await self.history.store(
            sequences.map { sequence in
                HistoryRecord(
                    log: log,
                    position: Position(epoch: 1, sequence: sequence),
                    time: Int64(sequence),
                    payload: Array(repeating: UInt8(truncatingIfNeeded: sequence), count: bytes)
                )
            }
        )
    }
}
