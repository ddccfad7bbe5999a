package import StateStore
package import Tenant

/// Who counted, in which of its lives.
package struct MeterSource: Hashable, Sendable {
    /// What the pod is called, in each of its lives; no two have one name at the same time.
    package let pod: String
    /// The process that it is now, numbered by the live store.
    package let process: PodID
    /// Tells processes apart to which the store gave the same number, as the store in process does: when this one began,
    /// in milliseconds since 1970.
    package let epoch: Int64

    package init(pod: String, process: PodID, epoch: Int64) {
        self.pod = pod
        self.process = process
        self.epoch = epoch
    }

    /// `pod.process-epoch`: the ledger takes what is behind the last dot for the life.
    package var text: String { "\(self.pod).\(self.process.rawValue)-\(self.epoch)" }
}

/// What one process counted of one meter of a tenant in one window that is closed.
package struct UsageRecord: Hashable, Sendable {
    package let tenant: TenantID
    package let meter: Meter
    /// Milliseconds since 1970.
    package let start: Int64
    /// Milliseconds since 1970, excluded.
    package let end: Int64
    package let source: MeterSource
    /// In the meter's ledger unit: milliseconds for ``Meter/connectionMinutes``.
    package let quantity: Int64

    package init(
        tenant: TenantID,
        meter: Meter,
        start: Int64,
        end: Int64,
        source: MeterSource,
        quantity: Int64
    ) {
        self.tenant = tenant
        self.meter = meter
        self.start = start
        self.end = end
        self.source = source
        self.quantity = quantity
    }

    /// Made of the fact alone.
    ///
    /// A process closes a window once, so no two records of it have the same id; and however often a record is handed
    /// over, it has the same one.
    package var id: String { "\(self.tenant.text)/\(self.meter.rawValue)/\(self.start)/\(self.source.text)" }

    /// The record as the ledger keeps it.
    package var ledgerRecord: LedgerRecord {
        LedgerRecord(
            id: self.id,
            tenant: self.tenant,
            meter: self.meter.rawValue,
            start: self.start,
            end: self.end,
            source: self.source.text,
            quantity: self.quantity
        )
    }
}
