package import Chat
package import Tenant

/// A row of a tenant's audit log.
package struct AuditRecord: Hashable, Sendable {
    package let tenant: TenantID
    /// Unique in the tenant, and the same however often the row is stored: made of what it states, or drawn once.
    package let id: String
    /// Milliseconds since 1970.
    package let time: Int64
    package let entry: AuditEntry

    package init(tenant: TenantID, id: String, time: Int64, _ entry: AuditEntry) {
        (self.tenant, self.id, self.time, self.entry) = (tenant, id, time, entry)
    }

    /// The same with more in front of its detail.
    func preceded(by text: String) -> AuditRecord {
        let entry = self.entry
        let other = AuditEntry(
            account: entry.account,
            nick: entry.nick,
            role: entry.role,
            entry.action,
            entry.target,
            detail: entry.detail.isEmpty ? text : "\(text) \(entry.detail)"
        )
        return AuditRecord(tenant: self.tenant, id: self.id, time: self.time, other)
    }

    /// The one that a record of the feed is; nil if it is none.
    init?(_ record: FeedRecord) {
        guard record.log.kind == .tenant, case .audited(let entry)? = TenantEvent(record.entry.payload) else {
            return nil
        }
        let stamp = Stamp(position: record.entry.position, time: record.entry.time)
        self.init(tenant: record.log.tenant, id: stamp.messageID, time: stamp.time, entry)
    }
}
