import Metering
import StateStore
import Tenant
import Testing

@Suite struct ReportTests {
    private var report: UsageReport {
        get throws {
            UsageReport(
                tenant: try .acme,
                from: try #require(UTCInstant("2026-01-01")),
                to: try #require(UTCInstant("2026-02-01")),
                totals: [
                    LedgerTotal(meter: "connection_minutes", sum: 754_321, peak: 1),
                    LedgerTotal(meter: "peak_connections", sum: 900, peak: 12),
                    LedgerTotal(meter: "messages", sum: 12_345_678, peak: 3),
                    LedgerTotal(meter: "something_newer", sum: 1, peak: 1),
                ]
            )
        }
    }

    @Test func `a table lines up`() throws {
        #expect(
            try self.report.text(.table) == """
                Usage of acme from 2026-01-01T00:00:00Z to 2026-02-01T00:00:00Z

                METER               QUANTITY  UNIT
                connection_minutes    12.572  minutes
                peak_connections          12  connections
                messages            12345678  messages
                deliveries                 0  deliveries
                bytes_in                   0  bytes
                bytes_out                  0  bytes

                """
        )
    }

    @Test func `CSV has a header and lines that end as RFC 4180 wants`() throws {
        let lines = try self.report.text(.csv).split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count == 8)
        #expect(lines[0] == "tenant,from,to,meter,quantity,unit")
        #expect(lines[1] == "acme,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,connection_minutes,12.572,minutes")
        #expect(lines[7].isEmpty)
    }

    @Test func `JSON states quantities as texts`() throws {
        #expect(
            try self.report.text(.json) == """
                {
                  "tenant": "acme",
                  "from": "2026-01-01T00:00:00Z",
                  "to": "2026-02-01T00:00:00Z",
                  "meters": [
                    {"meter": "connection_minutes", "quantity": "12.572", "unit": "minutes"},
                    {"meter": "peak_connections", "quantity": "12", "unit": "connections"},
                    {"meter": "messages", "quantity": "12345678", "unit": "messages"},
                    {"meter": "deliveries", "quantity": "0", "unit": "deliveries"},
                    {"meter": "bytes_in", "quantity": "0", "unit": "bytes"},
                    {"meter": "bytes_out", "quantity": "0", "unit": "bytes"}
                  ]
                }

                """
        )
    }

    @Test(
        arguments: [
            (0, "0.000"), (1, "0.000"), (29, "0.000"), (30, "0.001"), (60, "0.001"), (90_000, "1.500"),
            (59_999, "1.000"), (600_000_000_000, "10000000.000"),
            (.max, "153722867280912.930"),
        ] as [(Int64, String)]
    )
    func `connection minutes have three decimals, rounded half up`(milliseconds: Int64, text: String) {
        #expect(Meter.connectionMinutes.text(of: milliseconds) == text)
    }

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
}
