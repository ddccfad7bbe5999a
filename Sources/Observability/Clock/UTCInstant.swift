/// A moment in UTC, as the command line, reports and logs write it: ISO 8601.
package struct UTCInstant: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970.
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Reads `2026-01-31`, which is its midnight, or `2026-01-31T18:30Z` with seconds and thousandths if wanted.
    ///
    /// - Returns: `nil` for anything else, also for days that do not exist and other zones.
    package init?(_ text: String) {
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        let date = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard date.count == 3, let year = Self.number(date[0], digits: 4), let month = Self.number(date[1], digits: 2),
            let day = Self.number(date[2], digits: 2), let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        var milliseconds = date.daysSince1970 * Self.day
        if parts.count == 2 {
            guard let time = Self.time(parts[1]) else { return nil }
            milliseconds += time
        }
        self.milliseconds = milliseconds
    }

    package static func < (left: UTCInstant, right: UTCInstant) -> Bool { left.milliseconds < right.milliseconds }

    /// `2026-01-31T18:30:00Z`, with thousandths if there are any.
    package var description: String { self.text(withThousandths: self.milliseconds % 1000 != 0) }

    /// `2026-01-31T18:30:00Z` or `2026-01-31T18:30:00.000Z`; thousandths that are not written are cut off.
    package func text(withThousandths isFull: Bool) -> String {
        let date = self.date
        let rest = self.milliseconds % Self.day
        let time = rest < 0 ? rest + Self.day : rest
        let thousandths = isFull ? "." + Self.padded(time % 1000, 3) : ""
        return Self.padded(date.year, 4) + "-" + Self.padded(date.month, 2) + "-" + Self.padded(date.day, 2) + "T"
            + Self.padded(time / 3_600_000, 2) + ":" + Self.padded(time / 60_000 % 60, 2) + ":"
            + Self.padded(time / 1000 % 60, 2) + thousandths + "Z"
    }

    /// The day that it is part of.
    package var date: CivilDate { CivilDate(daysSince1970: floorDivide(self.milliseconds, Self.day)) }

    private static let day: Int64 = 86_400_000

    private static func time(_ text: Substring) -> Int64? {
        guard text.last == "Z" else { return nil }
        let parts = text.dropLast().split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let hour = Self.number(parts[0], digits: 2), hour < 24,
            let minute = Self.number(parts[1], digits: 2), minute < 60
        else { return nil }
        guard parts.count == 3 else { return hour * 3_600_000 + minute * 60_000 }
        let seconds = parts[2].split(separator: ".", omittingEmptySubsequences: false)
        guard seconds.count <= 2, let second = Self.number(seconds[0], digits: 2), second < 60 else { return nil }
        let whole = hour * 3_600_000 + minute * 60_000 + second * 1000
        guard seconds.count == 2 else { return whole }
        return Self.number(seconds[1], digits: 3).map { whole + $0 }
    }

    private static func number(_ text: Substring, digits: Int) -> Int64? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }

    private static func padded(_ number: Int64, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
