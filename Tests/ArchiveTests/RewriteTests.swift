import Archive
import Chat
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// What a person said is taken out, and nothing else; what is left proves itself.
@Suite struct RewriteTests {
    /// Somebody's line.
    private static func said(
        _ number: Int,
        by account: String?,
        _ tenant: TenantID,
        day: ArchiveDay = ArchiveRig.day,
        in channel: String = "#tea",
        text: String? = nil
    ) -> ArchivedRecord {
        let plain = ArchiveRig.said(number, in: channel, of: tenant, day: day)
        return ArchivedRecord(
            log: plain.log,
            stamp: plain.stamp,
            content: HistoryRecord(
                tenant,
                in: channel,
                id: plain.stamp,
                prefix: "\(account ?? "guest")!u@host",
                account: account,
                target: channel,
                text: text ?? "by \(account ?? "nobody") \(number)"
            )
        )
    }

    /// Two days that are closed, and one that is open and partly waits; ann and bob talk in turns.
    private func with(
        _ driver: Driver = .sqlite,
        _ body: (ArchiveRig, TenantArchive, ArchiveLease) async throws -> Void
    ) async throws {
        try await ArchiveRig.with(driver) { rig in
            let acme = try TenantID.acme
            let lease = try await rig.lease(acme)
            let archive = rig.archive(of: acme)
            let days = [ArchiveRig.day, ArchiveRig.day.next, ArchiveRig.day.next.next]
            for day in days {
                for part in 0..<2 {
                    try await rig.store(
                        (1...6).map { number in
                            let who = ["ann", "bob", nil][number % 3]
                            return Self.said(part * 10 + number, by: who, acme, day: day)
                        }
                    )
                    if day != days[2] || part == 0 { _ = try await archive.seal(day, by: lease) }
                }
                if day != days[2] { _ = try await archive.close(day, by: lease, now: day.end) }
            }
            try await archive.deleteReplaced(by: lease)
            try await body(rig, archive, lease)
        }
    }

    @Test(arguments: Driver.allCases)
    func `every line of the account is gone, and those of others are as they were`(_ driver: Driver) async throws {
        try await self.with(driver) { rig, archive, lease in
            let before = try await rig.lines(of: archive.tenant).filter { !$0.contains("\"account\":\"ann\"") }
            var told: [LineErasureCount] = []
            let count = try await archive.erase(try LineErasure(account: "ann"), by: lease, now: 5) { told.append($0) }
            #expect(count.lines == 12)
            #expect(count.made == count.segments && count.segments == 4)
            #expect(told.last == count)
            let lines = try await rig.lines(of: archive.tenant)
            let erased = lines.filter { $0.contains("\"kind\":\"erased\"") }
            #expect(erased.count == 12)
            #expect(!lines.joined().contains("ann"))
            #expect(Set(lines).subtracting(erased) == Set(before + (try await Self.waited(rig, archive.tenant))))
            #expect(lines.count == 36)
            // From the bucket alone; nothing is missing and nothing is twice.
            let report = try await ArchiveVerifier(rig.archive(of: archive.tenant, withDatabase: false)).verify()
            #expect(report.findings == [])
            #expect(report.records == 36)
            // Once more changes nothing.
            let again = try await archive.erase(try LineErasure(account: "ann"), by: lease, now: 6)
            #expect(again.lines == 0 && again.made == 0)
        }
    }

    /// What was not in any segment before: the lines of others in the chunk that waited.
    private static func waited(_ rig: ArchiveRig, _ tenant: TenantID) async throws -> [String] {
        try await rig.lines(of: tenant).filter { line in
            !line.contains("erased")
                && (11...16).contains { line.contains("nobody \($0)\"") || line.contains("bob \($0)\"") }
        }
    }

    @Test func `who only says such words loses nothing`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let lease = try await rig.lease(acme)
            let archive = rig.archive(of: acme)
            try await rig.store([
                Self.said(1, by: "bob", acme, text: #"{"account":"ann"}"#), Self.said(2, by: "annabel", acme),
                Self.said(3, by: nil, acme, text: "ann"),
            ])
            _ = try await archive.seal(ArchiveRig.day, by: lease)
            #expect(try await archive.erase(try LineErasure(account: "ann"), by: lease, now: 5).lines == 0)
            #expect(throws: ArchiveError.self) { try LineErasure(account: "a\"b") }
            #expect(throws: ArchiveError.self) { try LineErasure(account: "") }
        }
    }

    @Test func `wherever it is cut off, it goes on`() async throws {
        for moment in [FaultyStore.Moment.before, .after] {
            for failing in 1...6 {
                try await self.with { rig, archive, lease in
                    for _ in 0..<failing { rig.bucket.failNext(moment, .unavailable("not this time")) }
                    for _ in 0..<20 {
                        let done = try? await rig.archive(of: archive.tenant).erase(
                            try LineErasure(account: "ann"),
                            by: lease,
                            now: 5
                        )
                        if done != nil { break }
                    }
                    let lines = try await rig.lines(of: archive.tenant)
                    #expect(!lines.joined().contains("ann"))
                    #expect(lines.count == 36, "\(moment) \(failing)")
                    let alone = rig.archive(of: archive.tenant, withDatabase: false)
                    #expect(try await ArchiveVerifier(alone).verify().findings == [], "\(moment) \(failing)")
                }
            }
        }
    }

    @Test func `what the bucket locks is read no more, though it is there`() async throws {
        try await self.with { rig, archive, lease in
            rig.bucket.lock { $0.text.hasSuffix(".rsg") }
            let count = try await archive.erase(try LineErasure(account: "ann"), by: lease, now: 5)
            #expect(count.locked == 4)
            var seen: [String] = []
            let alone = rig.archive(of: archive.tenant, withDatabase: false)
            try await ArchiveReader(alone).read(ArchiveQuery()) { line in
                seen.append(String(decoding: line, as: UTF8.self))
                return true
            }
            #expect(seen.count == 36)
            #expect(!seen.joined().contains("ann"))
            #expect(try await ArchiveVerifier(alone).verify().findings == [])
        }
    }

    @Test func `retention goes on after it`() async throws {
        try await self.with { rig, archive, lease in
            _ = try await archive.erase(try LineErasure(account: "ann"), by: lease, now: 5)
            let destroyed = try await archive.expire(
                before: ArchiveRig.day.next,
                because: "retention",
                by: lease,
                now: 9
            )
            #expect(destroyed == 1)
            let report = try await ArchiveVerifier(rig.archive(of: archive.tenant, withDatabase: false)).verify()
            #expect(report.findings == [])
        }
    }

    @Test(arguments: Driver.allCases)
    func `the history loses the person's rows, some at a time`(_ driver: Driver) async throws {
        try await self.with(driver) { rig, archive, _ in
            for channel in ["#tea", "#coffee"] {
                try await rig.store(
                    (100...110).map { Self.said($0, by: $0 % 2 == 0 ? "ann" : "bob", archive.tenant, in: channel) }
                )
            }
            let before = try await rig.store.history.size(of: archive.tenant).records
            let gone = try await rig.store.history.erase(account: "ann", of: archive.tenant, batch: 3)
            #expect(gone == 12 + 12)
            #expect(try await rig.store.history.size(of: archive.tenant).records == before - gone)
            let rest = try await rig.store.history.read(
                "#tea",
                of: archive.tenant,
                .latest(after: nil),
                limit: 1000,
                events: true
            )
            #expect(!rest.contains { $0.account == "ann" } && rest.contains { $0.account == "bob" })
            #expect(try await rig.store.history.erase(account: "ann", of: archive.tenant) == 0)
        }
    }

    @Test func `a job takes out both, once the worker that has the archive is done`() async throws {
        try await self.with { rig, archive, lease in
            let job = try await rig.ask(.erase(.init(account: "ann")), of: archive.tenant)
            let working = Task { try await rig.jobs(isServed: true).look() }
            try await until("the job to wait for the archive") {
                try await rig.store.history.size(of: archive.tenant).records == 24
            }
            #expect(try await rig.lines(of: archive.tenant).joined().contains("ann"))
            try await rig.store.archives.release(lease)
            try await working.value
            let done = try await rig.job(job)
            #expect(done.state == .done, "\(done.message)")
            #expect(done.message.hasPrefix("12 rows of the history and 12 lines of the archive are gone"))
            #expect(try await !rig.lines(of: archive.tenant).joined().contains("ann"))
            // The archive is free again.
            #expect(try await rig.store.archives.lease(archive.tenant, as: "another", for: 1000) != nil)
        }
    }

    @Test func `nothing is taken out of what is held, or may be`() async throws {
        try await self.with { rig, archive, lease in
            try await rig.store.archives.release(lease)
            for (jobs, reason) in [
                (rig.jobs(isServed: true, hold: "case 4711"), "case 4711"),
                (rig.jobs(isServed: false), "is not served"),
            ] {
                let job = try await rig.ask(.erase(.init(account: "ann")), of: archive.tenant)
                try await jobs.look()
                let failed = try await rig.job(job)
                #expect(failed.state == .failed && failed.message.contains(reason), "\(failed.message)")
            }
            #expect(try await rig.store.history.size(of: archive.tenant).records == 36)
            #expect(try await rig.lines(of: archive.tenant).joined().contains("ann"))
        }
    }
}
