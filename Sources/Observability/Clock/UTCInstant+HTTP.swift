/// The time as HTTP writes it.
extension UTCInstant {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
    package var httpText: String {
        let date = self.date
        let day = "\(date.day < 10 ? "0" : "")\(date.day) \(Self.months[Int(date.month) - 1])"
        let time = self.text(withThousandths: false).suffix(9).dropLast()
        return "\(Self.days[date.weekday]), \(day) \(date.year) \(time) GMT"
    }

    /// The moment at which it is asked for.
    package static var now: UTCInstant { UTCInstant(milliseconds: WallClock.system()) }
}
