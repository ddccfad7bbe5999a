// Jobs of archives in all databases.

import StateStore
import Tenant
import Testing

@Suite struct ArchiveJobConformanceTests {
    private func request(_ id: String? = nil, _ kind: String = "verify") -> ArchiveJobRequest {
        var request = ArchiveJobRequest(kind, "{}", by: "ann")
        request.id = id
        return request
    }

    @Test(arguments: Driver.allCases)
    func `a job is taken once, renewed, and ended by who has it`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let jobs = store.archiveJobs
            guard case .asked(let job) = try await jobs.ask(self.request(), of: .acme) else {
                Issue.record("not asked for")
                return
            }
            #expect(job.state == .waiting && job.askedBy == "ann" && job.askedAt > 0)
            #expect(try await jobs.due(["verify"]).map(\.id) == [job.id])
            #expect(try await jobs.due(["another"]).isEmpty)
            let leases = try await withThrowingTaskGroup(of: ArchiveJobLease?.self) { group in
                for number in 0..<6 {
                    group.addTask { try await jobs.lease(job.id, of: .acme, as: "w\(number)", for: 60_000)?.lease }
                }
                return try await group.reduce(into: [ArchiveJobLease]()) { if let lease = $1 { $0.append(lease) } }
            }
            #expect(leases.count == 1)
            let lease = try #require(leases.first)
            #expect(try await jobs.due(["verify"]).isEmpty)
            #expect(try await jobs.progress(lease, done: 1, total: 2, message: "half", for: 60_000) == .held)
            let running = try #require(try await jobs.find(job.id, of: .acme))
            #expect(running.state == .running && running.done == 1 && running.total == 2 && running.message == "half")
            #expect(try await jobs.find(job.id, of: .globex) == nil)
            #expect(try await jobs.finish(lease, .done, "well"))
            let over = try #require(try await jobs.find(job.id, of: .acme))
            #expect(over.state == .done && over.message == "well" && over.finishedAt != nil && over.tries == 1)
            #expect(try await !jobs.finish(lease, .failed, "late"))
            #expect(try await jobs.lease(job.id, of: .acme, as: "other", for: 60_000) == nil)
        }
    }

    @Test(arguments: Driver.allCases)
    func `who lost a job says nothing of it any more`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let jobs = store.archiveJobs
            _ = try await jobs.ask(self.request("a"), of: .acme)
            let former = try #require(try await jobs.lease("a", of: .acme, as: "one", for: 0)).lease
            #expect(try await jobs.due(["verify"]).map(\.id) == ["a"])
            let (lease, job) = try #require(try await jobs.lease("a", of: .acme, as: "two", for: 60_000))
            #expect(job.tries == 2)
            #expect(try await jobs.progress(former, done: 9, total: 9, message: "x", for: 60_000) == .lost)
            #expect(try await !jobs.log(["late"], by: former))
            #expect(try await !jobs.release(former, isTry: true))
            #expect(try await jobs.log(["in time"], by: lease))
            #expect(try await jobs.log(of: "a", .acme).map(\.text) == ["in time"])
            #expect(try await jobs.progress(lease, done: 0, total: 0, message: "", for: 60_000) == .held)
        }
    }

    @Test(arguments: Driver.allCases)
    func `what waits is cancelled at once, what runs when its worker hears of it`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let jobs = store.archiveJobs
            for id in ["waits", "runs", "ends"] { _ = try await jobs.ask(self.request(id), of: .acme) }
            #expect(try await jobs.cancel("waits", of: .acme)?.state == .cancelled)
            let lease = try #require(try await jobs.lease("runs", of: .acme, as: "one", for: 60_000)).lease
            #expect(try await jobs.cancel("runs", of: .acme)?.state == .running)
            #expect(try await jobs.progress(lease, done: 0, total: 0, message: "", for: 60_000) == .cancelled)
            #expect(try await jobs.release(lease, isTry: false))
            #expect(try await jobs.find("runs", of: .acme)?.state == .cancelled)
            let other = try #require(try await jobs.lease("ends", of: .acme, as: "one", for: 60_000)).lease
            #expect(try await jobs.finish(other, .done, "well"))
            #expect(try await jobs.cancel("ends", of: .acme)?.state == .done)
            #expect(try await jobs.cancel("none", of: .acme) == nil)
            #expect(try await jobs.due(["verify"]).isEmpty)
        }
    }

    @Test(arguments: Driver.allCases)
    func `the same is asked for once, of what repeats itself one is to be done, and only so many wait`(
        _ driver: Driver
    ) async throws {
        try await driver.withStore { store in
            let jobs = store.archiveJobs
            _ = try await jobs.ask(self.request("a"), of: .acme)
            guard case .known = try await jobs.ask(self.request("a"), of: .acme) else {
                Issue.record("asked for twice")
                return
            }
            var alone = self.request()
            alone.isAlone = true
            guard case .known(let job) = try await jobs.ask(alone, of: .acme) else {
                Issue.record("one more than one")
                return
            }
            #expect(job.id == "a")
            var later = self.request("later", "restore")
            (later.isAlone, later.delay) = (true, .seconds(3600))
            guard case .asked(let delayed) = try await jobs.ask(later, of: .acme) else {
                Issue.record("of another kind")
                return
            }
            #expect(delayed.dueAt - delayed.askedAt == 3_600_000)
            #expect(try await jobs.due(["verify", "restore"]).map(\.id) == ["a"])
            #expect(try await jobs.lease("later", of: .acme, as: "one", for: 60_000) == nil)
            #expect(try await jobs.lease("later", of: .acme, as: "one", for: 60_000, isEarly: true) != nil)
            for _ in 2..<ArchiveJobRepository.openLimit { _ = try await jobs.ask(self.request(), of: .acme) }
            #expect(try await jobs.ask(self.request(), of: .acme) == .tooMany)
            guard case .asked = try await jobs.ask(self.request(), of: .globex) else {
                Issue.record("another tenant waits for this one")
                return
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `a job's log keeps its beginning and its end, and what is over is forgotten`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let jobs = store.archiveJobs
            _ = try await jobs.ask(self.request("a"), of: .acme)
            let lease = try #require(try await jobs.lease("a", of: .acme, as: "one", for: 60_000)).lease
            for part in 0..<4 { try await jobs.log((1...200).map { "line \(part * 200 + $0)\0" }, by: lease) }
            let lines = try await jobs.log(of: "a", .acme)
            #expect(lines.map(\.number) == Array(1...250) + Array(551...800))
            #expect(lines.last?.text == "line 800 ")
            _ = try await jobs.finish(lease, .done, "well")
            for number in 0..<ArchiveJobRepository.overLimit {
                _ = try await jobs.ask(self.request("j\(number)"), of: .acme)
                _ = try await store.database.execute(
                    "UPDATE archive_jobs SET state = 'done', finished_at = \(Int64.max / 2) WHERE id = $1",
                    [.text("j\(number)")],
                    in: .tenant(.acme)
                )
            }
            _ = try await jobs.ask(self.request("last"), of: .acme)
            #expect(try await jobs.find("a", of: .acme) == nil)
            #expect(try await jobs.log(of: "a", .acme).isEmpty)
            #expect(try await jobs.list(of: .acme).count == ArchiveJobRepository.overLimit + 1)
            _ = try await store.database.execute(
                "UPDATE archive_jobs SET finished_at = 1 WHERE state = 'done'",
                in: .tenant(.acme)
            )
            try await jobs.forget()
            #expect(try await jobs.list(of: .acme).map(\.id) == ["last"])
        }
    }
}
