import FoundationEssentials
import Observability
import Testing

/// Dates, and how moments are written and read.
@Suite struct CalendarTests {
    @Test(
        arguments: [
            ("1970-01-01", 0), ("2026-01-01", 1_767_225_600_000), ("2024-02-29", 1_709_164_800_000),
            ("2000-03-01", 951_868_800_000), ("1969-12-31", -86_400_000), ("1969-12-31T18:30Z", -19_800_000),
            ("2026-01-31T18:30Z", 1_769_884_200_000),
            ("2026-12-31T23:59:59.999Z", 1_798_761_599_999), ("2000-02-29", 951_782_400_000),
            ("0001-01-01", -62_135_596_800_000), ("9999-12-31", 253_402_214_400_000),
            ("2026-01-31T18:30:05Z", 1_769_884_205_000), ("2026-01-31T18:30:05.250Z", 1_769_884_205_250),
        ] as [(String, Int64)]
    )
    func `a date or moment in UTC is understood and written again`(text: String, milliseconds: Int64) throws {
        let instant = try #require(UTCInstant(text))
        #expect(instant.milliseconds == milliseconds)
        #expect(UTCInstant(instant.description) == instant)
        #expect(instant.description.hasPrefix(text.hasSuffix("Z") ? String(text.dropLast()) : text))
    }

    @Test(arguments: [
        "", "2026", "2026-13-01", "2026-00-01", "2026-02-29", "2100-02-29", "26-01-01", "2026-1-1", "2026-01-01T",
        "2026-01-01T10:00", "2026-01-01T10:00+01:00", "2026-01-01T24:00Z", "2026-01-01T10:60Z", "2026-01-01T10:00:61Z",
        "2026-01-01T10Z", "2026-01-01T10:00X", "2026-01-01T10::00Z",
        "2026-01-01T:10:00Z", "2026-01-01T10:00:00..000Z", "2026--01-01", "2026-01-01TT10:00Z",
        "2026-01-01T10:00:00:00Z", "2026-01-01T10:00:00.000.000Z",
        "2026-01-01T10:00:60Z", "2026-01-32", "2026-04-31", "1900-02-29", "2026-01-00", "2026-0a-01",
        "2026-01-01T10:00:00.1Z", "+026-01-01", "2026-01-01 10:00Z",
    ])
    func `anything else is no moment`(_ text: String) { #expect(UTCInstant(text) == nil) }

    @Test(arguments: ["2026-01-31T18:30:05Z", "2026-01-31T18:30:05.250Z", "2026-01-31T00:00:00.001Z"])
    func `a moment is written with thousandths only if there are any`(text: String) {
        #expect(UTCInstant(text)?.description == text)
    }

    @Test func `moments are ordered by time`() {
        let moments = [-1, 0, 1].map { UTCInstant(milliseconds: $0) }
        #expect(moments.shuffled().sorted() == moments)
        #expect(!(moments[0] < moments[0]))
    }

    @Test func `every day of eight centuries is written as it is read`() throws {
        var instant = try #require(UTCInstant("1600-01-01"))
        while instant.milliseconds < 13_569_465_600_000 {
            let text = String(instant.description.prefix(10))
            try #require(UTCInstant(text) == instant)
            instant = UTCInstant(milliseconds: instant.milliseconds + 86_400_000)
        }
        #expect(instant.description == "2400-01-01T00:00:00Z")
    }

    @Test(
        arguments: [
            (.min, "-292275055-05-16T16:47:04.192Z"), (.max, "292278994-08-17T07:12:55.807Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (0, "1970-01-01T00:00:00.000Z"), (1_769_884_205_250, "2026-01-31T18:30:05.250Z"),
        ] as [(Int64, String)]
    )
    func `a moment is written with thousandths for whoever always wants them`(milliseconds: Int64, text: String) {
        #expect(UTCInstant(milliseconds: milliseconds).text(withThousandths: true) == text)
    }

    @Test(
        arguments: [
            ("1970-01-01", 4), ("1969-12-31", 3), ("2000-02-29", 2), ("2026-11-29", 0), ("0001-01-01", 1),
        ] as [(String, Int)]
    )
    func `a day knows its place in the week`(text: String, weekday: Int) throws {
        let days = try #require(UTCInstant(text)).milliseconds / 86_400_000
        #expect(CivilDate(daysSince1970: days).weekday == weekday)
    }

    @Test(
        arguments: [
            (0, 1, 1), (9999, 12, 31), (2024, 2, 29), (2000, 2, 29), (1970, 1, 1), (2026, 12, 1), (2026, 1, 31),
        ] as [(Int64, Int64, Int64)]
    )
    func `a day of these years has its name`(year: Int64, month: Int64, day: Int64) throws {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        #expect((date.year, date.month, date.day) == (year, month, day))
        #expect(CivilDate(daysSince1970: date.daysSince1970) == date)
    }

    @Test(
        arguments: [
            (-1, 12, 31), (10_000, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32), (2026, 2, 29),
            (2100, 2, 29), (.max, 1, 1), (.min, 1, 1), (2026, .max, 1), (2026, .min, 1), (2026, 1, .max),
            (2026, 1, .min),
        ] as [(Int64, Int64, Int64)]
    )
    func `what is no day of these years is none, however large its numbers`(year: Int64, month: Int64, day: Int64) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test func `days follow each other through leap years and centuries, in both directions`() throws {
        var (before, weekday) = (CivilDate(daysSince1970: -800_001), CivilDate(daysSince1970: -800_001).weekday)
        for day in Int64(-800_000)...800_000 {
            let date = CivilDate(daysSince1970: day)
            weekday = (weekday + 1) % 7
            let isNext = date.year == before.year && date.month == before.month && date.day == before.day + 1
            let isNewMonth = date.day == 1 && before.day >= 28 && date.month == before.month % 12 + 1
            guard isNext || isNewMonth, date.daysSince1970 == day, date.weekday == weekday else {
                Issue.record("\(date) came after \(before)")
                return
            }
            before = date
        }
    }

    @Test(
        arguments: [
            (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (1_769_884_205_999, "Sat, 31 Jan 2026 18:30:05 GMT"), (951_782_400_000, "Tue, 29 Feb 2000 00:00:00 GMT"),
        ] as [(Int64, String)]
    )
    func `HTTP has a form of its own`(milliseconds: Int64, text: String) {
        #expect(UTCInstant(milliseconds: milliseconds).httpText == text)
    }

    @Test func `the wall clock is the system's, in milliseconds`() {
        let before = Date().timeIntervalSince1970
        let now = Double(WallClock.system()) / 1000
        let after = Date().timeIntervalSince1970
        // A millisecond that has begun is not counted.
        #expect(now > before - 0.002 && now <= after)
    }
}
