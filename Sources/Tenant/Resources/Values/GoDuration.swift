// Durations as Go and Kubernetes write them, with `d` for days: `90s`, `1h30m`, `1.5h`, `30d`.

/// Reads and writes durations in Go's form, plus `d` for a day of 24 hours.
///
/// Days are whole and come first: the definitions' rules have to reckon with them, and CEL knows no days.
package enum GoDuration {
    /// How long a text may be: the longest that ``text(_:)`` writes fits.
    package static let longestText = 32

    /// What a text comes to.
    package enum Reading: Hashable, Sendable {
        case duration(Duration)
        /// It is a duration, of more than 292 years.
        case tooLong
        case nothing
    }

    private static let nanoseconds: [String: Int64] = [
        "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000, "d": 86_400_000_000_000,
    ]

    /// Reads one or more numbers with units, such as `1h30m`; `0` needs no unit.
    ///
    /// - Parameter text: The duration, without sign or spaces.
    /// - Returns: The duration, or `nil` if the text is none or exceeds 292 years.
    package static func parse(_ text: some StringProtocol) -> Duration? {
        guard case .duration(let duration) = Self.read(text) else { return nil }
        return duration
    }

    /// Reads a duration, and tells what is none from what is too long.
    package static func read(_ text: some StringProtocol) -> Reading {
        if text == "0" { return .duration(.zero) }
        var isTooLong = false
        var rest = String(text)[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return .nothing }
        while !rest.isEmpty {
            let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
            rest = rest.dropFirst(unit.count)
            guard let scale = self.nanoseconds[String(unit)], let decimal = ExactDecimal(String(number)) else {
                return .nothing
            }
            let isFirst = number.startIndex == text.startIndex
            if unit == "d", !isFirst || number.contains(".") { return .nothing }
            guard let part = decimal.multiplied(by: scale, rounding: .towardZero) else {
                isTooLong = true
                continue
            }
            let (sum, overflow) = total.addingReportingOverflow(part)
            isTooLong = isTooLong || overflow
            total = sum
        }
        return isTooLong ? .tooLong : .duration(.nanoseconds(total))
    }

    /// Writes a duration in the largest units that fit: `30d`, `1h30m`, `250ms`.
    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var text = ""
        var rest = seconds
        for (unit, length) in [("d", Int64(86_400)), ("h", 3_600), ("m", 60), ("s", 1)] where rest >= length {
            text += "\(rest / length)\(unit)"
            rest %= length
        }
        var nanoseconds = attoseconds / 1_000_000_000
        for (unit, length) in [("ms", Int64(1_000_000)), ("us", 1_000), ("ns", 1)] where nanoseconds >= length {
            text += "\(nanoseconds / length)\(unit)"
            nanoseconds %= length
        }
        return text.isEmpty ? "0s" : text
    }
}
