// The time in a header, in the same words wherever the program runs.

import Observability

/// A date and time as RFC 5322 section 3.3 writes it.
enum MailDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let millisecondsOfDay: Int64 = 86_400_000
    /// The last that has a year of four digits.
    private static let last: Int64 = 253_402_300_799_999

    /// - Parameter time: Milliseconds since 1970.
    /// - Returns: Such as `Thu, 01 Jan 1970 00:00:00 +0000`.
    static func text(_ time: Int64) -> String {
        let time = min(max(time, 0), Self.last)
        let day = CivilDate(daysSince1970: time / Self.millisecondsOfDay)
        let seconds = time % Self.millisecondsOfDay / 1000
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(Self.twoDigits).joined(separator: ":")
        let month = Self.months[Int(day.month) - 1]
        return "\(Self.days[day.weekday]), \(Self.twoDigits(day.day)) \(month) \(day.year) \(clock) +0000"
    }

    private static func twoDigits(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
}
