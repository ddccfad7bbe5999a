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

    package var aggregation: Aggregation { self == .peakConnections ? .peak : .sum }

    /// The unit in which reports state it.
    package var unit: String {
        switch self {
        case .connectionMinutes: "minutes"
        case .peakConnections: "connections"
        case .messages: "messages"
        case .deliveries: "deliveries"
        case .bytesIn, .bytesOut: "bytes"
        }
    }

    /// A quantity as reports state it.
    ///
    /// Minutes have three decimals, rounded half up: 1 ms is `0.000`, 30 ms is `0.001`, 90000 ms is `1.500`. All else
    /// is a whole number.
    package func text(of quantity: Int64) -> String {
        guard self == .connectionMinutes else { return String(quantity) }
        let thousandths = quantity / 60 + (quantity % 60 + 30) / 60
        let decimals = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - decimals.count) + decimals
    }
}
