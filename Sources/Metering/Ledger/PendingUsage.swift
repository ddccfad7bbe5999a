import Numbers
import Tenant

/// The records that are not in the ledger yet.
///
/// Bounded without dropping any: past the bound, records of one tenant and meter become one record for a longer window,
/// first within an hour, then within a day (UTC), so sums over days stay exact. What is left then is one record a
/// tenant, meter and day. A peak over several processes is a lower bound where windows were joined, since their windows
/// no longer line up.
///
/// Only records that were never handed over are joined. One that was may be in the ledger already, even if the answer
/// was lost: it is handed over again as it is, until it is known to be there.
package struct PendingUsage: Sendable {
    private let bound: Int
    /// Handed over; whether they arrived is unknown.
    private var inFlight: [UsageRecord] = []
    private var waiting: [UsageRecord] = []

    private static let hour: Int64 = 3_600_000

    /// Starts empty.
    ///
    /// - Parameter bound: How many records wait before they are joined.
    package init(bound: Int = 100_000) { self.bound = bound }

    /// How many records are not in the ledger yet.
    package var count: Int { self.inFlight.count + self.waiting.count }

    /// Adds records, oldest first.
    package mutating func append(_ records: [UsageRecord]) {
        self.waiting += records
        for span in [Self.hour, 24 * Self.hour] where self.waiting.count > self.bound { self.join(within: span) }
    }

    /// The records to hand over now, at most `limit`: the same ones again until ``stored()`` is called.
    package mutating func next(_ limit: Int) -> [UsageRecord] {
        if self.inFlight.isEmpty {
            self.inFlight = Array(self.waiting.prefix(limit))
            self.waiting.removeFirst(self.inFlight.count)
        }
        return self.inFlight
    }

    /// Notes that what was handed over is in the ledger.
    package mutating func stored() { self.inFlight = [] }

    private struct Group: Hashable {
        let tenant: TenantID
        let meter: Meter
        let source: MeterSource
        let span: Int64
    }

    private mutating func join(within span: Int64) {
        var places: [Group: Int] = [:]
        var joined: [UsageRecord] = []
        for record in self.waiting {
            let group = Group(
                tenant: record.tenant,
                meter: record.meter,
                source: record.source,
                span: record.start / span
            )
            if let place = places[group] {
                joined[place] = joined[place].joined(record)
            } else {
                places[group] = joined.count
                joined.append(record)
            }
        }
        self.waiting = joined
    }
}

extension UsageRecord {
    /// This record and a later one of the same tenant, meter and source as one.
    fileprivate func joined(_ other: UsageRecord) -> UsageRecord {
        let quantity =
            switch self.meter.aggregation {
            case .sum: self.quantity.plus(other.quantity)
            case .peak: max(self.quantity, other.quantity)
            }
        return UsageRecord(
            tenant: self.tenant,
            meter: self.meter,
            start: min(self.start, other.start),
            end: max(self.end, other.end),
            source: self.source,
            quantity: quantity
        )
    }
}
