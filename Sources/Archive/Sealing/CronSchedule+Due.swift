// When a schedule was due last, by the clock of a time zone, which is put forward and back.

package import Foundation
import Observability
package import Tenant

extension CronSchedule {
    /// How many days back it is looked for: some schedules are due on the twenty-ninth of February alone.
    private static let horizon: Int64 = 366 * 8 + 2

    /// When it was due last.
    ///
    /// A local time that a clock that is put forward leaves out is due where it would have been; one that comes twice is due the first time.
    ///
    /// - Parameters:
    ///   - now: Milliseconds since 1970; what is due then is due.
    ///   - zone: Whose clock.
    /// - Returns: Milliseconds since 1970; nil if that was never.
    package func lastDue(_ now: Int64, in zone: TimeZone) -> Int64? {
        let seconds = now / 1000
        let local = seconds + Self.offset(zone, at: seconds)
        var day = local / 86_400
        let last = max(0, day - Self.horizon)
        // A day more, since the clock may have been put back meanwhile.
        day += 1
        while day >= last {
            if self.includes(CivilDate(daysSince1970: day)) {
                for hour in self.hours.sorted(by: >) {
                    for minute in self.minutes.sorted(by: >) {
                        let wall = day * 86_400 + Int64(hour) * 3600 + Int64(minute) * 60
                        let due = Self.moment(wall, zone)
                        if due <= seconds { return due * 1000 }
                    }
                }
            }
            day -= 1
        }
        return nil
    }

    private func includes(_ date: CivilDate) -> Bool {
        guard self.months.contains(Int(date.month)) else { return false }
        let isDay = self.days.contains(Int(date.day))
        let isWeekday = self.weekdays.contains(date.weekday)
        return self.needsBothDays ? isDay && isWeekday : isDay || isWeekday
    }

    /// When a clock of a zone shows something.
    private static func moment(_ wall: Int64, _ zone: TimeZone) -> Int64 {
        // By what it was the day before: the earlier one of two.
        let before = Self.offset(zone, at: wall - 86_400)
        let first = wall - before
        let after = Self.offset(zone, at: first)
        if after == before { return first }
        let second = wall - after
        return Self.offset(zone, at: second) == after ? second : first
    }

    private static func offset(_ zone: TimeZone, at seconds: Int64) -> Int64 {
        let date = Date(timeIntervalSince1970: TimeInterval(seconds))
        return Int64(clamping: zone.secondsFromGMT(for: date))
    }
}

extension ArchivePolicy {
    /// As a tenant has it.
    package init(_ settings: ArchiveSettings) {
        self.init()
        self.schedule = settings.schedule
        self.zone = TimeZone(identifier: settings.timeZone) ?? .gmt
        self.sealAfter = settings.delay
        self.retention = settings.retention
        self.hold = settings.hold?.reason
    }
}
