import Archive
import NIOCore
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// What is asked of an archive is done once, whoever is killed, and ends when it is to.
@Suite struct JobTests {
    /// An archive with two closed days.
    private func with(_ body: (ArchiveRig, TenantID) async throws -> Void) async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let lease = try await rig.lease(acme)
            for offset in 0..<2 {
                let day = ArchiveDay(number: ArchiveRig.day.number + Int64(offset))
                try await rig.store((1...20).map { ArchiveRig.said($0, of: acme, day: day) })
                _ = try await rig.archive(of: acme).seal(day, by: lease)
                _ = try await rig.archive(of: acme).close(day, by: lease, now: day.end)
            }
            try await rig.store.archives.release(lease)
            try await body(rig, acme)
        }
    }

    /// Changes a byte of the first segment; returns what puts it back.
    private func damage(_ rig: ArchiveRig, _ tenant: TenantID) async throws -> () async throws -> Void {
        let archive = rig.archive(of: tenant)
        var keys: [ObjectKey] = []
        try await archive.list(archive.paths.segments) { keys.append($0.key) }
        let key = try #require(keys.first)
        let bytes = try await rig.bucket.get(key, limit: 1 << 20)
        var changed = Array(bytes.readableBytesView)
        changed[10] ^= 1
        _ = try await rig.bucket.put(key, ByteBuffer(bytes: changed), PutOptions())
        return { _ = try await rig.bucket.put(key, bytes, PutOptions()) }
    }

    @Test func `a verification says that all is well, or what is not until that is so again`() async throws {
        try await self.with { rig, acme in
            let jobs = rig.jobs()
            let well = try await rig.ask(.verify(.init()), of: acme)
            try await jobs.look()
            #expect(try await rig.job(well).state == .done)
            #expect(try await rig.job(well).message == "all is well: 2 manifests, 2 segments, 40 lines looked at")
            let putBack = try await self.damage(rig, acme)
            let damaged = try await rig.ask(.verify(.init()), of: acme)
            try await jobs.look()
            let message = try await rig.job(damaged).message
            #expect(message.hasPrefix("1 finding, the first: acme/segments/") && message.contains(".rsg"), "\(message)")
            #expect(try await rig.store.archiveJobs.log(of: damaged.id, acme).contains { $0.text.contains(".rsg: ") })
            #expect(try await rig.store.archives.standing(of: acme)?.verifiedFindings == 1)
            // Who looks at some of it may not have seen what is wrong.
            let part = try await rig.ask(.verify(.init(.presence)), of: acme)
            try await jobs.look()
            #expect(try await rig.job(part).message.hasPrefix("what was looked at is well"))
            #expect(try await rig.store.archives.standing(of: acme)?.verifiedFindings == 1)
            try await putBack()
            _ = try await rig.ask(.verify(.init()), of: acme)
            try await jobs.look()
            #expect(try await rig.store.archives.standing(of: acme)?.verifiedFindings == 0)
        }
    }

    @Test func `a sample of all segments finds what a sample may`() async throws {
        try await self.with { rig, acme in
            _ = try await self.damage(rig, acme)
            let none = try await rig.ask(.verify(.init(sample: 0)), of: acme)
            let all = try await rig.ask(.verify(.init(sample: 5)), of: acme)
            try await rig.jobs().look()
            #expect(try await rig.job(none).message.hasPrefix("what was looked at is well: 2 manifests, 2 segments, 0"))
            #expect(try await rig.job(all).message.hasPrefix("1 finding"))
        }
    }

    @Test func `what a frozen worker had another does, and the first says nothing of it any more`() async throws {
        try await self.with { rig, acme in
            let job = try await rig.ask(.verify(.init()), of: acme)
            rig.bucket.hold()
            let frozen = Task { try await rig.jobs(lease: .zero).run(job.id, of: acme) }
            try await until("it is frozen") { rig.bucket.isWaitedFor }
            let other = Task { try await rig.jobs(holder: "two").run(job.id, of: acme) }
            try await until("another has it") { try await rig.job(job).tries == 2 }
            rig.bucket.letGo()
            #expect(try await frozen.value == .lost)
            #expect(try await other.value == .done("all is well: 2 manifests, 2 segments, 40 lines looked at"))
            let log = try await rig.store.archiveJobs.log(of: job.id, acme).map(\.text)
            #expect(log == ["begun by two"])
        }
    }

    @Test func `a worker that is told to end gives its job back`() async throws {
        try await self.with { rig, acme in
            let job = try await rig.ask(.verify(.init()), of: acme)
            rig.bucket.hold()
            let working = Task { try await rig.jobs().run(job.id, of: acme) }
            try await until("it works") { rig.bucket.isWaitedFor }
            working.cancel()
            #expect(try await working.value == .cancelled)
            #expect(try await rig.job(job).state == .waiting)
            #expect(try await rig.job(job).tries == 0)
            rig.bucket.letGo()
            try await rig.jobs(holder: "two").look()
            #expect(try await rig.job(job).state == .done)
        }
    }

    @Test func `a job that runs ends once somebody cancels it`() async throws {
        try await self.with { rig, acme in
            let job = try await rig.ask(.verify(.init()), of: acme)
            rig.bucket.hold()
            let working = Task { try await rig.jobs(clock: HastyClock()).run(job.id, of: acme) }
            try await until("it works") { rig.bucket.isWaitedFor }
            _ = try await rig.store.archiveJobs.cancel(job.id, of: acme)
            #expect(try await working.value == .cancelled)
            #expect(try await rig.job(job).state == .cancelled)
            rig.bucket.letGo()
        }
    }

    @Test func `a bucket that is away is tried again, one that refuses is not`() async throws {
        try await self.with { rig, acme in
            let away = try await rig.ask(.verify(.init()), of: acme)
            rig.bucket.fail(.unavailable("gone"))
            try await rig.jobs().look()
            let waiting = try await rig.job(away)
            #expect(waiting.state == .waiting && waiting.dueAt > waiting.askedAt && waiting.message.contains("gone"))
            rig.bucket.fail(.accessDenied("who are you"))
            let denied = try await rig.ask(.restore(.init()), of: acme)
            try await rig.jobs().look()
            let failed = try await rig.job(denied)
            #expect(failed.state == .failed && failed.message.contains("who are you"))
            // One that takes its worker along each time is not begun for ever.
            rig.bucket.fail(nil)
            for _ in 0..<ArchiveJobService.tries {
                _ = try await rig.store.archiveJobs.lease(away.id, of: acme, as: "killed", for: 0, isEarly: true)
            }
            try await rig.jobs().look()
            #expect(try await rig.job(away).state == .failed)
        }
    }

    @Test func `what was not verified for a week is asked for, once and for whom it is`() async throws {
        try await self.with { rig, acme in
            for holder in ["one", "two"] { try await rig.jobs(holder: holder, isServed: true).look() }
            let asked = try await rig.store.archiveJobs.list(of: acme)
            #expect(asked.map(\.askedBy) == ["weekly"])
            #expect(asked.first?.parameters.contains("\"sample\":20") == true)
            // It is spread over a day.
            let job = try #require(asked.first)
            #expect(job.dueAt - job.askedAt < 86_400_000)
            _ = try await rig.jobs().run(job.id, of: acme, isEarly: true)
            #expect(try await rig.store.archives.standing(of: acme)?.verifiedAt != nil)
            try await rig.jobs(isServed: true).look()
            #expect(try await rig.store.archiveJobs.list(of: acme).count == 1)
        }
    }

    @Test func `a job that cannot be read fails and says so, one of a newer version waits for that`() async throws {
        try await self.with { rig, acme in
            let jobs = rig.store.archiveJobs
            _ = try await jobs.ask(ArchiveJobRequest("verify", "{\"depth\":\"odd\"}", by: "ann"), of: acme)
            _ = try await jobs.ask(ArchiveJobRequest("newer", "{}", by: "ann"), of: acme)
            try await rig.jobs().look()
            let states = try await jobs.list(of: acme).reduce(into: [:]) { $0[$1.kind] = $1.state }
            #expect(states == ["verify": .failed, "newer": .waiting])
        }
    }
}
