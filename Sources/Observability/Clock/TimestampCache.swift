/// The `time` tag's text (IRCv3 server-time): `2026-01-31T12:34:56.789Z`.
///
/// Many lines share a millisecond and nearly all share a second, so both are kept.
package struct TimestampCache: Sendable {
    private var milliseconds: Int64 = -1
    private var second: Int64 = -1
    private var secondText = ""
    private var text = ""

    package init() {}

    /// The text of a time.
    ///
    /// - Parameter milliseconds: Since 1970.
    /// - Returns: Such as `2026-01-31T12:34:56.789Z`.
    package mutating func text(at milliseconds: Int64) -> String {
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
