import Archive
import Foundation
import Observability
import Tenant
import Testing

@Suite struct CronDueTests {
    @Test(arguments: [
        // Each day at a quarter past three.
        ("15 3 * * *", "Etc/UTC", "2026-11-30T03:15Z", "2026-11-30T03:15Z"),
        ("15 3 * * *", "Etc/UTC", "2026-11-30T03:14Z", "2026-11-29T03:15Z"),
        ("15 3 * * *", "Europe/Berlin", "2026-11-30T02:15Z", "2026-11-30T02:15Z"),
        ("15 3 * * *", "Europe/Berlin", "2026-07-30T12:00Z", "2026-07-30T01:15Z"),
        ("0 0 * * *", "Pacific/Auckland", "2026-11-30T11:30Z", "2026-11-30T11:00Z"),
        ("0 0 * * *", "America/Los_Angeles", "2026-11-30T07:59Z", "2026-11-29T08:00Z"),
        // The hour that the clocks leave out on 2026-03-29: due when it would have been.
        ("30 2 * * *", "Europe/Berlin", "2026-03-29T12:00Z", "2026-03-29T01:30Z"),
        // The hour that comes twice on 2026-10-25: due the first time.
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T12:00Z", "2026-10-25T00:30Z"),
        // Mondays; the first of a month or a Monday; leap days.
        ("0 6 * * 1", "Etc/UTC", "2026-11-29T12:00Z", "2026-11-23T06:00Z"),
        ("0 6 1 * 1", "Etc/UTC", "2026-12-02T12:00Z", "2026-12-01T06:00Z"),
        ("0 0 29 2 *", "Etc/UTC", "2026-11-30T00:00Z", "2024-02-29T00:00Z"),
        ("*/5 * * * *", "Etc/UTC", "2026-11-30T10:04:59Z", "2026-11-30T10:00Z"),
    ])
    func `a schedule was due last by the zone's clock`(
        text: String,
        zone: String,
        now: String,
        due: String
    ) throws {
        let schedule = try #require(CronSchedule(text))
        let moment = try #require(UTCInstant(now))
        let last = schedule.lastDue(moment.milliseconds, in: try #require(TimeZone(identifier: zone)))
        #expect(last.map { UTCInstant(milliseconds: $0) } == UTCInstant(due))
    }
}
