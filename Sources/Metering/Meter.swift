/// What is counted of a tenant's usage.
///
/// The raw value is its name in the ledger, in reports and in plans.
package enum Meter: String, Hashable, Sendable, CaseIterable {
    /// How long connections were open, summed over them; kept in milliseconds, so that sums are exact.
    case connectionMinutes = "connection_minutes"
    /// The most connections that were open at once.
    case peakConnections = "peak_connections"
    /// Messages that clients sent and that were accepted.
    case messages
    /// Messages that were sent to clients.
    case deliveries
    /// Bytes that were read from clients.
    case bytesIn = "bytes_in"
    /// Bytes that were written to clients.
    case bytesOut = "bytes_out"

    /// How the quantities of windows make up that of an interval.
    package enum Aggregation: Hashable, Sendable {
        case sum
        /// The largest window; within a window the processes' quantities add up.
        case peak
    }

    /// How a quantity is written.
    package enum Scale: Hashable, Sendable {
        case whole
        /// With three decimals; so many of what is kept make a thousandth.
        case decimals(thousandth: Int64)
    }

    /// Everything that is derived from a meter, as a row: to add one is to add its case and its row, and who counts it.
    package struct Row: Sendable {
        /// The unit in which reports state it.
        package let unit: String
        package let aggregation: Aggregation
        package let scale: Scale
        /// The count of a shard that a window sums up; nil for the most connections at once, which is no sum.
        package let count: (any WritableKeyPath<UsageDelta, UInt64> & Sendable)?
        /// The counter of it among the metrics.
        package let metric: (name: String, help: String)?
    }

    package var row: Row {
        switch self {
        case .connectionMinutes:
            Row(
                unit: "minutes",
                aggregation: .sum,
                // Kept in milliseconds.
                scale: .decimals(thousandth: 60),
                count: \UsageDelta.connectionMilliseconds,
                metric: nil
            )
        case .peakConnections:
            Row(unit: "connections", aggregation: .peak, scale: .whole, count: nil, metric: nil)
        case .messages:
            Row(
                unit: "messages",
                aggregation: .sum,
                scale: .whole,
                count: \UsageDelta.messages,
                metric: ("roost_messages_total", "Messages accepted.")
            )
        case .deliveries:
            Row(
                unit: "deliveries",
                aggregation: .sum,
                scale: .whole,
                count: \UsageDelta.deliveries,
                metric: ("roost_deliveries_total", "Messages sent to clients.")
            )
        case .bytesIn:
            Row(
                unit: "bytes",
                aggregation: .sum,
                scale: .whole,
                count: \UsageDelta.bytesIn,
                metric: ("roost_received_bytes_total", "Bytes read from clients.")
            )
        case .bytesOut:
            Row(
                unit: "bytes",
                aggregation: .sum,
                scale: .whole,
                count: \UsageDelta.bytesOut,
                metric: ("roost_sent_bytes_total", "Bytes written to clients.")
            )
        }
    }

    package var aggregation: Aggregation { self.row.aggregation }

    package var unit: String { self.row.unit }

    /// A quantity as reports state it.
    ///
    /// Decimals are rounded half up: of minutes 1 ms is `0.000`, 30 ms is `0.001`, 90000 ms is `1.500`.
    package func text(of quantity: Int64) -> String {
        guard case .decimals(let one) = self.row.scale else { return String(quantity) }
        let thousandths = quantity / one + (quantity % one + one / 2) / one
        let decimals = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - decimals.count) + decimals
    }
}

extension UsageDelta {
    /// Adds the counts that are sums; they are of this process and go on for as long as it lives.
    package mutating func addCounts(of other: UsageDelta) {
        for meter in Meter.allCases {
            if let count = meter.row.count { self[keyPath: count] &+= other[keyPath: count] }
        }
    }
}
