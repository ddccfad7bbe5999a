package import Foundation
package import StateStore
package import Tenant

/// When what waits becomes segments, and days are closed.
package struct ArchivePolicy: Hashable, Sendable {
    /// How long a line waits at most until it is in the bucket, where there is no schedule.
    package var sealAfter: Duration = .seconds(900)
    /// When what waits by then becomes segments; nil is continuously.
    package var schedule: CronSchedule?
    package var zone = TimeZone.gmt
    /// From how many bytes of lines on nothing waits for its time.
    package var sealBytes = TenantArchive.segmentBytes
    /// How long after its end a day is closed, so that what comes late is in it.
    package var grace: Duration = .seconds(3600)

    /// For how long what was said is kept; nil is for good.
    package var retention: Duration?
    /// Why nothing is deleted whatever its age, if that is so: a legal hold.
    package var hold: String?

    /// As tenants have it that say nothing else.
    package static let continuous = ArchivePolicy()

    package init() {}

    /// Whether a day's lines are to become a segment now.
    ///
    /// - Parameters:
    ///   - day: What waits.
    ///   - now: By the database's clock, in milliseconds since 1970.
    /// - Returns: Whether they are.
    package func isDue(_ day: PendingDay, now: Int64) -> Bool {
        if day.rawBytes >= self.sealBytes { return true }
        if let schedule { return schedule.lastDue(now, in: self.zone).map { day.oldest <= $0 } ?? false }
        let isOver = now >= ArchiveDay(number: day.day).end
        // What is left of a day that is over goes soon, so that the day can be closed.
        return now - day.oldest >= (isOver ? min(sealAfter, .seconds(60)) : sealAfter).milliseconds
    }

    /// The first day that is kept: all before are to be deleted.
    ///
    /// - Parameter now: In milliseconds since 1970.
    /// - Returns: nil if nothing is to be deleted.
    package func firstKept(_ now: Int64) -> ArchiveDay? {
        guard let retention, self.hold == nil, now > retention.milliseconds else { return nil }
        // A day is kept until the last that was said on it is old enough.
        return ArchiveDay(of: now - retention.milliseconds)
    }

    /// Whether a day is closed now, if nothing of it waits.
    package func isOver(_ day: ArchiveDay, now: Int64) -> Bool { now >= day.end + self.grace.milliseconds }
}

extension Duration {
    /// In whole milliseconds.
    var milliseconds: Int64 { self.components.seconds * 1000 + self.components.attoseconds / 1_000_000_000_000_000 }
}
