import Metering
import Observability
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
}
