// Times as the API writes them (meta/v1 Time and MicroTime: RFC 3339, UTC).

import Numbers

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Reads and writes the API's times.
package enum KubeTime {
    /// The years 1 to 9999, in seconds since 1970: for what is outside, the form has no text.
    private static let seconds: ClosedRange<Double> = -62_135_596_800...253_402_300_799

    /// Seconds, such as `2026-11-23T04:05:06Z`; the nearest time that there is a text for.
    package static func text(_ date: Date) -> String {
        Date(timeIntervalSince1970: self.nearest(date).rounded(.down)).formatted(.iso8601)
    }

    private static func nearest(_ date: Date) -> Double {
        min(max(date.timeIntervalSince1970, self.seconds.lowerBound), self.seconds.upperBound)
    }

    /// Microseconds, such as `2026-11-23T04:05:06.123456Z`; the nearest time that there is a text for.
    package static func microText(_ date: Date) -> String {
        let micros = Int64(saturating: (self.nearest(date) * 1_000_000).rounded())
        let part = (micros % 1_000_000 + 1_000_000) % 1_000_000
        let fraction = String(part)
        let whole = Double(micros.minus(part) / 1_000_000)
        let seconds = Date(timeIntervalSince1970: whole).formatted(.iso8601).dropLast()
        return "\(seconds).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)Z"
    }

    /// Reads either form.
    ///
    /// - Returns: nil for what is no time of the years 1 to 9999.
    package static func parse(_ text: String) -> Date? {
        guard let date = self.read(text), Self.seconds.contains(date.timeIntervalSince1970) else { return nil }
        return date
    }

    private static func read(_ text: String) -> Date? {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2 else { return try? Date(text, strategy: .iso8601) }
        let digits = parts[1].prefix { $0.isNumber }
        guard let whole = try? Date(parts[0] + String(parts[1].dropFirst(digits.count)), strategy: .iso8601),
            let fraction = Double("0.\(digits)")
        else { return nil }
        return whole.addingTimeInterval(fraction)
    }
}

extension Duration {
    /// For people: seconds with one decimal, such as `13.5 s`.
    var words: String {
        let (seconds, attoseconds) = self.components
        return "\(seconds).\(attoseconds.magnitude / 100_000_000_000_000_000) s"
    }
}
