// Reports in both databases.

import Chat
import StateStore
import Tenant
import Testing

@Suite struct ReportConformanceTests {
    private func report(_ time: Int64) -> Report {
        Report(
            time: time,
            reporter: .account("ann"),
            nick: "Ann",
            account: "ann",
            about: "bob!b@host",
            account: nil,
            in: "#tea",
            message: nil,
            reason: "rude"
        )
    }

    private func note(_ time: Int64) throws -> AuditRecord { .killed(time, of: try .acme, "r\(time)") }

    @Test(arguments: Driver.allCases)
    func `a report goes from open to closed once, with its lines`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let line = ReportLine(time: 1, message: "m", prefix: "bob!b@host", account: nil, text: "späm")
            let reports = store.reports
            #expect(try await reports.file(self.report(1), [line, line], of: .acme, limit: 10) == 1)
            #expect(try await reports.file(self.report(2), [], of: .acme, limit: 10) == 2)
            #expect(try await reports.file(self.report(2), [], of: .globex, limit: 10) == 1)
            #expect(try await reports.find(1, of: .acme)?.lines == [line, line])
            #expect(try await reports.find(3, of: .acme) == nil)
            guard case .done(let claimed) = try await reports.claim(1, by: "eve", now: 3, noting: self.note(3)) else {
                Issue.record("not claimed")
                return
            }
            #expect(claimed.state == .claimed && claimed.handler == "eve" && claimed.handledAt == 3)
            guard case .taken = try await reports.claim(1, by: "dan", now: 3, noting: self.note(4)) else {
                Issue.record("claimed twice")
                return
            }
            _ = try await reports.close(1, by: "dan", outcome: "done", now: 5, noting: self.note(5))
            #expect(try await reports.list(of: .acme, closed: false, limit: 10).map(\.id) == [2])
            #expect(try await reports.list(of: .acme, closed: true, limit: 10).map(\.id) == [2, 1])
            #expect(try await reports.untold(of: .acme, now: 6, limit: 10).map(\.outcome) == ["done"])
            #expect(try await !reports.tell(1, to: Conversation.Party.account("eve").text, of: .acme))
            #expect(try await reports.tell(1, to: self.report(1).reporter, of: .acme))
            #expect(try await !reports.tell(1, to: self.report(1).reporter, of: .acme))
            #expect(try await reports.untold(of: .acme, now: 6, limit: 10) == [])
            #expect(try await reports.close(9, by: "dan", outcome: "", now: 5, noting: self.note(6)) == .noSuchReport)
            // What was not done is not noted.
            #expect(try await store.audit.latest(of: .acme, limit: 10).count == 2)
        }
    }

    @Test(arguments: Driver.allCases)
    func `there are so many, and closed ones make room`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let reports = store.reports
            let line = ReportLine(time: 1, message: "m", prefix: "bob!b@host", account: nil, text: "x")
            for id in 1...3 {
                #expect(try await reports.file(self.report(1), [line], of: .acme, limit: 3) == Int64(id))
            }
            #expect(try await reports.file(self.report(1), [], of: .acme, limit: 3) == nil)
            for id in [Int64(2), 3] {
                _ = try await reports.close(id, by: "dan", outcome: "", now: 5, noting: self.note(id))
            }
            #expect(try await reports.file(self.report(1), [], of: .acme, limit: 3) == 4)
            #expect(try await reports.list(of: .acme, closed: true, limit: 10).map(\.id) == [4, 3, 1])
            #expect(try await reports.find(2, of: .acme) == nil)
            let later = 6 + ReportRepository.retention.components.seconds * 1000
            _ = try await reports.file(self.report(later), [], of: .acme, limit: 10)
            #expect(try await reports.list(of: .acme, closed: true, limit: 10).map(\.id) == [5, 4, 1])
            // The newest stays, so that its number is not given again.
            _ = try await reports.close(5, by: "dan", outcome: "", now: 5, noting: self.note(5))
            try await reports.prune(of: .acme, before: 6)
            #expect(try await reports.list(of: .acme, closed: true, limit: 10).map(\.id) == [5, 4, 1])
            #expect(try await reports.file(self.report(1), [], of: .acme, limit: 10) == 6)
            try await reports.prune(of: .acme, before: 6)
            #expect(try await reports.list(of: .acme, closed: true, limit: 10).map(\.id) == [6, 4, 1])
            let remains = try await store.eraser.remains(of: .acme)
            #expect(remains["report_lines"] == 1)
        }
    }
}
