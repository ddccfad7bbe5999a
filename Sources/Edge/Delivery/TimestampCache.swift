/// The `time` tag's text (IRCv3 server-time): `2026-01-31T12:34:56.789Z`.
///
/// Many lines share a millisecond and nearly all share a second, so both are kept.
struct TimestampCache {
    private var milliseconds: Int64 = -1
    private var second: Int64 = -1
    private var secondText = ""
    private var text = ""

    /// - `milliseconds`: since 1970.
    mutating func text(at milliseconds: Int64) -> String {
        if milliseconds == self.milliseconds { return self.text }
        let second = milliseconds / 1000
        if second != self.second {
            self.second = second
            self.secondText = Self.secondText(second)
        }
        self.milliseconds = milliseconds
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        self.text = "\(self.secondText).\(fraction)Z"
        return self.text
    }

    /// `2026-01-31T12:34:56`, proleptic Gregorian.
    private static func secondText(_ second: Int64) -> String {
        let (days, rest) = second.quotientAndRemainder(dividingBy: 86_400)
        let date = CivilDate(daysSince1970: days)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
        return "\(date.year)-\(two(date.month))-\(two(date.day))T"
            + "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    }
}

/// A day of the Gregorian calendar, computed from a day count by eras of 400 years that begin in March.
struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    init(daysSince1970: Int64) {
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        self.month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        self.year = yearOfEra + era * 400 + (self.month <= 2 ? 1 : 0)
    }
}
