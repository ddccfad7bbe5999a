import Observability

/// The form of `time` tags and of timestamps in commands (IRCv3 server-time): `2026-01-31T12:34:56.789Z`.
enum ServerTime {
    /// The milliseconds since 1970 that a timestamp stands for; nil if it has not that form.
    static func milliseconds(_ text: String) -> Int64? {
        let utf8 = Array(text.utf8)
        let form = Array("dddd-dd-ddTdd:dd:dd.dddZ".utf8)
        guard utf8.count == form.count,
            zip(utf8, form).allSatisfy({ $1 == UInt8(ascii: "d") ? (48...57).contains($0) : $0 == $1 })
        else { return nil }
        func number(_ range: Range<Int>) -> Int64 { utf8[range].reduce(0) { $0 * 10 + Int64($1 - 48) } }
        guard let date = CivilDate(year: number(0..<4), month: number(5..<7), day: number(8..<10)) else { return nil }
        let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
        // 60 is a leap second.
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        return ((date.daysSince1970 * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + number(20..<23)
    }
}
