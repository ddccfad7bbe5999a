// Dates in headers and documents.

import Observability

/// Reads the time as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7), and as documents do.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// - Returns: Milliseconds since 1970; nil for what is no such date.
    static func read(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT" || parts[5] == "UTC", parts[1].utf8.count == 2,
            let month = Self.months.firstIndex(where: { $0 == parts[2] })
        else { return nil }
        let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
        return UTCInstant("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")?.milliseconds
    }

    /// Reads `2009-10-12T17:50:30.000Z`, with any number of digits behind the point.
    static func readISO(_ text: String) -> Int64? {
        if let instant = UTCInstant(text) { return instant.milliseconds }
        guard let point = text.firstIndex(of: "."), text.last == "Z" else { return nil }
        return UTCInstant("\(text[..<point])Z")?.milliseconds
    }
}
