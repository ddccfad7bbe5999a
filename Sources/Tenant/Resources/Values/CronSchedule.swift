// When something is done, as crontab(5) writes it: minute, hour, day of the month, month, day of the week.

/// Five cron fields.
///
/// Each is `*`, numbers, ranges and steps, such as `0,30`, `9-17` or `*/15`; months and days of the week may be their first three letters in
/// English, and 7 is Sunday as 0 is. Where both days are said, either is enough.
package struct CronSchedule: Hashable, Sendable {
    /// As it was written, with single spaces.
    package let text: String
    package let minutes: Set<Int>
    package let hours: Set<Int>
    package let days: Set<Int>
    package let months: Set<Int>
    /// 0 is Sunday.
    package let weekdays: Set<Int>
    /// Whether a day has to be in both sets: where one of them is `*`.
    package let needsBothDays: Bool

    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Reads five fields.
    ///
    /// - Returns: nil for what is no schedule, or is never due.
    package init?(_ text: String) {
        let fields = text.split(separator: " ").map { $0.lowercased() }
        guard fields.count == 5, let minutes = Self.set(fields[0], 0...59), let hours = Self.set(fields[1], 0...23),
            let days = Self.set(fields[2], 1...31), let months = Self.set(fields[3], 1...12, Self.monthNames, from: 1),
            let weekdays = Self.set(fields[4], 0...7, Self.dayNames, from: 0)
        else { return nil }
        self.text = fields.joined(separator: " ")
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.weekdays = Set(weekdays.map { $0 % 7 })
        self.needsBothDays = fields[2].hasPrefix("*") || fields[4].hasPrefix("*")
        // The thirtieth of February.
        let longest = months.map { [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][$0 - 1] }.max() ?? 0
        if self.needsBothDays, !days.contains(where: { $0 <= longest }) { return nil }
    }

    private static func set(
        _ field: String,
        _ bounds: ClosedRange<Int>,
        _ names: [String] = [],
        from first: Int = 0
    ) -> Set<Int>? {
        var numbers: Set<Int> = []
        func number(_ text: Substring) -> Int? {
            if let index = names.firstIndex(of: String(text)) { return index + first }
            guard text.utf8.count <= 2, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
                bounds.contains(number)
            else { return nil }
            return number
        }
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "/", omittingEmptySubsequences: false)
            guard (1...2).contains(halves.count) else { return nil }
            var step = 1
            if halves.count == 2 {
                guard let written = Int(halves[1]), (1...60).contains(written) else { return nil }
                step = written
            }
            var range: ClosedRange<Int>
            if halves[0] == "*" {
                range = bounds
            } else {
                let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
                guard (1...2).contains(ends.count), let low = number(ends[0]), let high = number(ends[ends.count - 1]),
                    low <= high
                else { return nil }
                // `5/15` is from 5 on.
                range = low...(ends.count == 1 && halves.count == 2 ? bounds.upperBound : high)
            }
            numbers.formUnion(stride(from: range.lowerBound, through: range.upperBound, by: step))
        }
        return numbers.isEmpty ? nil : numbers
    }
}
