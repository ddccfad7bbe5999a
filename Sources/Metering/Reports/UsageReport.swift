package import Observability
package import StateStore
package import Tenant

/// What a tenant used in an interval, by meter.
package struct UsageReport: Hashable, Sendable {
    /// A meter and what it came to.
    package struct Line: Hashable, Sendable {
        package let meter: Meter
        /// In the ledger's unit.
        package let quantity: Int64

        package init(meter: Meter, quantity: Int64) {
            self.meter = meter
            self.quantity = quantity
        }

        /// As it is stated, see ``Meter/text(of:)``.
        package var text: String { self.meter.text(of: self.quantity) }
    }

    package let tenant: TenantID
    package let from: UTCInstant
    /// Excluded.
    package let to: UTCInstant
    /// One for each meter, in the order of ``Meter/allCases``.
    package let lines: [Line]

    package init(tenant: TenantID, from: UTCInstant, to: UTCInstant, totals: [LedgerTotal]) {
        self.tenant = tenant
        self.from = from
        self.to = to
        self.lines = Meter.allCases.map { meter in
            let total = totals.first { $0.meter == meter.rawValue }
            let quantity =
                switch meter.aggregation {
                case .sum: total?.sum
                case .peak: total?.peak
                }
            return Line(meter: meter, quantity: quantity ?? 0)
        }
    }

    /// Reads the ledger.
    ///
    /// A window counts if it began in `[from, to)`.
    package static func make(
        of tenant: TenantID,
        from: UTCInstant,
        to: UTCInstant,
        in ledger: LedgerRepository
    ) async throws(DurableStoreError) -> UsageReport {
        let totals = try await ledger.totals(of: tenant, from: from.milliseconds, to: to.milliseconds)
        return UsageReport(tenant: tenant, from: from, to: to, totals: totals)
    }
}
