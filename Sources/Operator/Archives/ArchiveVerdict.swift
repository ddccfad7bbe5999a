// How a tenant's archive is, as a pure function of what its cell's database notes of it.

import Archive
import KubeClient
package import StateStore
package import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Judges archives.
package enum ArchiveVerdict {
    /// For how long something waits at least before it is said to be behind.
    package static let patience: Duration = .seconds(900)
    /// How many times its delay something waits before it is.
    package static let delays = 3
    /// For how long the bucket is not looked at before that is said: it is looked at once a minute.
    package static let checks: Duration = .seconds(300)

    /// What workers note of archives that do not go on, as far as this version knows it.
    private static let failures: Set<String> = [
        "AccessDenied", "BucketMissing", "KeyMissing", "KeyUnavailable", "StoreUnavailable", "StoreFull",
        "StoreRefused", "Damaged", "Misconfigured",
    ]

    // MARK: A tenant's

    /// The condition `ArchiveReady` of a Tenant.
    ///
    /// - Parameters:
    ///   - settings: What the tenant wants, with its plan applied.
    ///   - archive: What is known of it.
    /// - Returns: The condition.
    package static func condition(_ settings: ArchiveSettings, _ archive: TenantView.Archive) -> Condition {
        func say(_ status: Condition.Status, _ reason: String, _ message: String) -> Condition {
            Condition("ArchiveReady", status, reason, message)
        }
        let hold = settings.hold.map(Self.text)
        let rest = hold.map { "; \($0)" } ?? ""
        guard settings.enabled else {
            return say(
                .yes,
                hold == nil ? "Disabled" : "Held",
                (hold.map { "\($0); nothing new is archived" }) ?? "no archive is asked for"
            )
        }
        let standing: ArchiveStanding
        switch archive {
        case .unknown: return say(.unknown, "Unknown", "the cell has not told yet how its archives are\(rest)")
        case .notConfigured:
            let text = "the cell has no archive: what is said now will be in none; set spec.archive of the Cell"
            return say(.no, "NotConfigured", text + rest)
        case .empty: standing = ArchiveStanding()
        case .standing(let known): standing = known
        }
        if let failure = standing.failure {
            return say(.no, Self.reason(failure), Self.text(failing: standing) + rest)
        }
        if standing.verifiedFindings > 0 {
            let when = standing.verifiedAt.map { " at \(Self.time($0))" } ?? ""
            return say(
                .no,
                "Damaged",
                "the last verification\(when) has \(standing.verifiedResult ?? "findings")" + rest
            )
        }
        if let late = Self.late(standing, settings) { return say(.no, "Behind", late + rest) }
        return say(.yes, hold == nil ? "Running" : "Held", (hold.map { "\($0); " } ?? "") + Self.text(standing))
    }

    /// Who holds an archive, and what for.
    private static func text(_ hold: ArchiveHold) -> String {
        "nothing is deleted from the archive: \(hold.reason)" + (hold.by.isEmpty ? "" : " (\(hold.by))")
    }

    private static func text(_ standing: ArchiveStanding) -> String {
        let waits = standing.oldestPending == nil ? "nothing waits" : Self.waiting(standing)
        let last = standing.sealedAt.map { "; the last segment was sealed at \(Self.time($0))" } ?? ""
        return waits + last
    }

    private static func waiting(_ standing: ArchiveStanding) -> String {
        let count = standing.pendingRecords
        return "\(count) \(count == 1 ? "record waits" : "records wait"), the oldest for \(Self.span(standing.lag))"
    }

    /// Why it does not go on, since when, and how much waits.
    private static func text(failing standing: ArchiveStanding) -> String {
        let why = standing.failureDetail ?? standing.failure ?? ""
        let since = standing.failedAt.map { ", since \(Self.time($0))" } ?? ""
        return why + since + (standing.oldestPending == nil ? "" : "; \(Self.waiting(standing))")
    }

    /// What waits for too long, if anything does.
    private static func late(_ standing: ArchiveStanding, _ settings: ArchiveSettings) -> String? {
        guard let oldest = standing.oldestPending else { return nil }
        let policy = ArchivePolicy(settings)
        guard let schedule = policy.schedule else {
            let most = max(Self.patience, settings.delay * Self.delays)
            guard standing.lag >= most.components.seconds * 1000 else { return nil }
            return "\(Self.waiting(standing)), and should for \(Self.span(settings.delay.components.seconds * 1000))"
        }
        // What has waited since before it was due, and still does a while after.
        guard let due = schedule.lastDue(standing.now, in: policy.zone), oldest <= due,
            standing.now - due >= Self.patience.components.seconds * 1000
        else { return nil }
        return "\(Self.waiting(standing)), and was due at \(Self.time(due))"
    }

    // MARK: A cell's

    /// The condition `ArchiveReady` of a Cell.
    ///
    /// - Parameters:
    ///   - isConfigured: Whether the Cell says where archives go.
    ///   - isKnown: Whether its database was asked.
    ///   - bucket: What workers found of the bucket; nil if none has looked yet.
    /// - Returns: The condition.
    package static func condition(isConfigured: Bool, isKnown: Bool, bucket: ArchiveStanding?) -> Condition {
        func say(_ status: Condition.Status, _ reason: String, _ message: String) -> Condition {
            Condition("ArchiveReady", status, reason, message)
        }
        guard isConfigured else { return say(.yes, "Disabled", "the cell has no archive") }
        guard isKnown else { return say(.unknown, "Unknown", "its database was not asked yet") }
        guard let bucket else {
            return say(.unknown, "NotChecked", "nobody has looked at the bucket yet: that is up to who does the work")
        }
        if let failure = bucket.failure {
            return say(.no, Self.reason(failure), Self.text(failing: bucket))
        }
        guard let checked = bucket.verifiedAt, bucket.now - checked < Self.checks.components.seconds * 1000 else {
            let last = bucket.verifiedAt.map { "since \(Self.time($0))" } ?? "yet"
            return say(.unknown, "NotChecked", "nobody has looked at the bucket \(last): look at who does the work")
        }
        return say(.yes, "Ready", bucket.verifiedResult ?? "the bucket answers")
    }

    // MARK: Words

    /// A failure as conditions have it: a newer worker may note what this operator has no word for.
    private static func reason(_ failure: String) -> String { Self.failures.contains(failure) ? failure : "Failing" }

    private static func time(_ milliseconds: Int64) -> String {
        KubeTime.text(Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    }

    private static func span(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1000
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
