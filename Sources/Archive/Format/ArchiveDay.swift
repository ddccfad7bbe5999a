import Observability

/// A day in UTC, by which archives are divided.
package struct ArchiveDay: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Since the first of January 1970.
    package let number: Int64

    private static let milliseconds: Int64 = 86_400_000

    package init(number: Int64) { self.number = number }

    /// The day of a time.
    ///
    /// - Parameter time: Milliseconds since 1970; what is before is of the first day, as no log has it.
    package init(of time: Int64) { self.number = max(0, time) / Self.milliseconds }

    /// Reads `2026-11-30`.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 10, let instant = UTCInstant(String(text)), instant.milliseconds >= 0 else {
            return nil
        }
        self.number = instant.milliseconds / Self.milliseconds
    }

    /// When it begins, in milliseconds since 1970.
    package var start: Int64 { self.number * Self.milliseconds }
    /// When it is over.
    package var end: Int64 { self.start + Self.milliseconds }

    package var next: ArchiveDay { ArchiveDay(number: self.number + 1) }

    /// `2026-11-30`.
    package var description: String { self.text("-") }

    /// `2026/11/30`.
    package var path: String { self.text("/") }

    private func text(_ separator: String) -> String {
        let date = CivilDate(daysSince1970: self.number)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let year = String(repeating: "0", count: max(0, 4 - "\(date.year)".count)) + "\(date.year)"
        return "\(year)\(separator)\(two(date.month))\(separator)\(two(date.day))"
    }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
