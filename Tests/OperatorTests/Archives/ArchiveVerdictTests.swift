import KubeClient
import Operator
import StateStore
import Tenant
import Testing

/// What conditions say of archives, by what is known of them.
struct ArchiveVerdictTests {
    /// Half an hour past noon of the third of December 2026.
    private static let now: Int64 = 1_796_301_000_000

    private static func settings(_ change: (inout ArchiveSettings) -> Void = { _ in }) -> ArchiveSettings {
        var settings = ArchiveSettings()
        settings.enabled = true
        change(&settings)
        return settings
    }

    /// How an archive stands of which something has waited for so many seconds.
    private static func waiting(
        _ seconds: Int64?,
        _ change: (inout ArchiveStanding) -> Void = { _ in }
    ) -> TenantView.Archive {
        var standing = ArchiveStanding()
        standing.now = Self.now
        standing.sealedAt = Self.now - 60_000
        if let seconds {
            standing.oldestPending = Self.now - seconds * 1000
            standing.pendingRecords = 12
        }
        change(&standing)
        return .standing(standing)
    }

    private func reason(_ settings: ArchiveSettings, _ archive: TenantView.Archive) -> String {
        let condition = ArchiveVerdict.condition(settings, archive)
        return "\(condition.status.rawValue) \(condition.reason)"
    }

    @Test func `who wants no archive has none, and who wants one is told where the cell has none`() {
        #expect(self.reason(ArchiveSettings(), .notConfigured) == "True Disabled")
        #expect(self.reason(ArchiveSettings(), Self.waiting(9999)) == "True Disabled")
        #expect(self.reason(Self.settings(), .notConfigured) == "False NotConfigured")
        #expect(self.reason(Self.settings(), .unknown) == "Unknown Unknown")
        #expect(self.reason(Self.settings(), .empty) == "True Running")
    }

    @Test func `one that runs says how much waits, and for how long`() {
        let condition = ArchiveVerdict.condition(Self.settings(), Self.waiting(90))
        #expect(condition.reason == "Running")
        let text = "12 records wait, the oldest for 90 s; the last segment was sealed at 2026-"
        #expect(condition.message.hasPrefix(text))
        let idle = ArchiveVerdict.condition(Self.settings(), Self.waiting(nil) { $0.sealedAt = nil })
        #expect(idle.message == "nothing waits")
    }

    /// Three times the delay, and a quarter of an hour where that is less.
    @Test(arguments: [(Int64(10), Int64(899), Int64(900)), (900, 2699, 2700), (3600, 10_799, 10_800)])
    func `it is behind once something has waited for three times its delay`(delay: Int64, well: Int64, late: Int64) {
        let settings = Self.settings { $0.delay = .seconds(delay) }
        #expect(self.reason(settings, Self.waiting(well)) == "True Running")
        #expect(self.reason(settings, Self.waiting(late)) == "False Behind")
    }

    @Test func `a schedule is missed a quarter of an hour after it was due, whatever is said since`() {
        // Due at noon, half an hour ago.
        let noon = Self.settings { $0.schedule = CronSchedule("0 12 * * *") }
        #expect(self.reason(noon, Self.waiting(86_400)) == "False Behind")
        #expect(ArchiveVerdict.condition(noon, Self.waiting(86_400)).message.contains("was due at 2026-12-03T12:00:00"))
        #expect(self.reason(noon, Self.waiting(1700)) == "True Running")
        // Due ten minutes ago: it may be on its way.
        let late = Self.settings { $0.schedule = CronSchedule("20 12 * * *") }
        #expect(self.reason(late, Self.waiting(86_000)) == "True Running")
        // The same clock elsewhere: noon in Berlin was an hour and a half ago.
        let berlin = Self.settings { settings in
            settings.schedule = CronSchedule("0 12 * * *")
            settings.timeZone = "Europe/Berlin"
        }
        #expect(self.reason(berlin, Self.waiting(4000)) == "True Running")
        #expect(self.reason(berlin, Self.waiting(6000)) == "False Behind")
    }

    @Test(arguments: [
        "AccessDenied", "BucketMissing", "KeyMissing", "KeyUnavailable", "StoreUnavailable", "StoreFull",
        "StoreRefused", "Damaged", "Misconfigured",
    ])
    func `what keeps it from going on is said in the worker's words`(failure: String) {
        let archive = Self.waiting(30) { standing in
            (standing.failure, standing.failureDetail) = (failure, "what to do about it")
            standing.failedAt = Self.now - 3_600_000
        }
        let condition = ArchiveVerdict.condition(Self.settings(), archive)
        #expect(condition.status == .no && condition.reason == failure && condition.severity == .complaint)
        #expect(condition.message.hasPrefix("what to do about it, since 2026-12-03T11:30:00"))
        #expect(condition.message.contains("12 records wait"))
        let cell = ArchiveVerdict.condition(isConfigured: true, isKnown: true, bucket: archive.known)
        #expect(cell.status == .no && cell.reason == failure && cell.severity == .complaint)
    }

    @Test func `a word of a newer worker is a failure all the same`() {
        let archive = Self.waiting(nil) { ($0.failure, $0.failureDetail) = ("Melted", "it is too warm") }
        #expect(self.reason(Self.settings(), archive) == "False Failing")
        #expect(ArchiveVerdict.condition(Self.settings(), archive).message.hasPrefix("it is too warm"))
    }

    @Test func `what a verification found is said until another finds nothing`() {
        var (findings, verified) = (2, "2 findings, the first: x.rsg: is missing")
        let damaged = Self.waiting(30) { standing in
            (standing.verifiedAt, standing.verifiedResult) = (Self.now, verified)
            standing.verifiedFindings = findings
        }
        let condition = ArchiveVerdict.condition(Self.settings(), damaged)
        #expect(condition.status == .no && condition.reason == "Damaged" && condition.severity == .complaint)
        #expect(condition.message.hasPrefix("the last verification at 2026-12-03T12:30:00"))
        #expect(condition.message.hasSuffix(" has 2 findings, the first: x.rsg: is missing"))
        (findings, verified) = (0, "all is well")
        let well = Self.waiting(30) { $0.verifiedResult = verified }
        #expect(self.reason(Self.settings(), well) == "True Running")
    }

    @Test func `a hold says whose it is, and hides no trouble`() {
        let held = Self.settings { settings in
            var hold = ArchiveHold()
            (hold.reason, hold.by) = ("case 4711", "Legal")
            settings.hold = hold
        }
        let condition = ArchiveVerdict.condition(held, Self.waiting(5))
        #expect(condition.status == .yes && condition.reason == "Held" && condition.severity == .well)
        #expect(condition.message.hasPrefix("nothing is deleted from the archive: case 4711 (Legal); 12 records wait"))
        #expect(self.reason(held, Self.waiting(99_999)) == "False Behind")
        #expect(ArchiveVerdict.condition(held, Self.waiting(99_999)).message.contains("case 4711 (Legal)"))
        var closed = held
        closed.enabled = false
        #expect(self.reason(closed, .empty) == "True Held")
    }

    @Test func `a cell says how its bucket is, and that nobody looks at it`() {
        func reason(_ bucket: ArchiveStanding?, isConfigured: Bool = true, isKnown: Bool = true) -> String {
            let condition = ArchiveVerdict.condition(isConfigured: isConfigured, isKnown: isKnown, bucket: bucket)
            return "\(condition.status.rawValue) \(condition.reason)"
        }
        #expect(reason(nil, isConfigured: false) == "True Disabled")
        #expect(reason(nil, isKnown: false) == "Unknown Unknown")
        #expect(reason(nil) == "Unknown NotChecked")
        var bucket = ArchiveStanding()
        bucket.now = Self.now
        (bucket.verifiedAt, bucket.verifiedResult) = (Self.now - 60_000, "the bucket answers: versions are kept")
        #expect(reason(bucket) == "True Ready")
        let condition = ArchiveVerdict.condition(isConfigured: true, isKnown: true, bucket: bucket)
        #expect(condition.message == "the bucket answers: versions are kept")
        bucket.verifiedAt = Self.now - 400_000
        #expect(reason(bucket) == "Unknown NotChecked")
    }
}

extension TenantView.Archive {
    fileprivate var known: ArchiveStanding? { if case .standing(let standing) = self { standing } else { nil } }
}
