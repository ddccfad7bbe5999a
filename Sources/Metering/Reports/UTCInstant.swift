/// A moment in UTC, as the command line and reports write it: ISO 8601.
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
            let day = Self.number(date[2], digits: 2), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        var milliseconds = Self.days(year, month, day) * 86_400_000
        if parts.count == 2 {
            guard let time = Self.time(parts[1]) else { return nil }
            milliseconds += time
        }
        self.milliseconds = milliseconds
    }

    package static func < (left: UTCInstant, right: UTCInstant) -> Bool { left.milliseconds < right.milliseconds }

    /// `2026-01-31T18:30:00Z`, with thousandths if there are any.
    package var description: String {
        let day = Self.floorDivide(self.milliseconds, 86_400_000)
        let time = self.milliseconds - day * 86_400_000
        let (year, month, date) = Self.date(of: day)
        let thousandths = time % 1000 == 0 ? "" : "." + Self.padded(time % 1000, 3)
        return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(date, 2) + "T"
            + Self.padded(time / 3_600_000, 2) + ":" + Self.padded(time / 60_000 % 60, 2) + ":"
            + Self.padded(time / 1000 % 60, 2) + thousandths + "Z"
    }

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

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970 in the Gregorian calendar.
    ///
    /// Years are counted from March, so that a leap day is a year's last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let years = month > 2 ? year : year - 1
        let leapDays = self.floorDivide(years, 4) - self.floorDivide(years, 100) + self.floorDivide(years, 400)
        let months = (month + 9) % 12
        return years * 365 + leapDays + (months * 153 + 2) / 5 + day - 1 - 719_468
    }

    private static func date(of day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // A guess that is never too late, corrected upwards: a year off for every few centuries.
        var year = 1969 + self.floorDivide(day, day < 0 ? 365 : 366)
        while self.days(year + 1, 1, 1) <= day { year += 1 }
        var month: Int64 = 12
        while self.days(year, month, 1) > day { month -= 1 }
        return (year, month, day - self.days(year, month, 1) + 1)
    }

    private static func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
        number / divisor - (number % divisor < 0 ? 1 : 0)
    }
}
