import Chat
import StateStore
import Tenant

/// Tells those who look into reports that there is a new one, and those who reported something that it is closed: at once if they are
/// here, else when they come back.
///
/// What is closed and was not told yet a process has in memory: few, and looked for when that changes or the first of a network comes.
/// Who tells it says so in the database first, so that it is told once on whichever shards the reporter is.
final class ReportDesk {
    unowned let network: Network
    /// Which of them those here were compared with.
    private var revision: UInt64 = 0
    /// Those that this shard is about to tell.
    private var telling: Set<Int64> = []
    /// How many are looked for.
    private static let most = 500

    init(_ network: Network) { self.network = network }

    private var rows: SharedRows<[Report]> { self.network.shard.environment.closedReports }
    private var repository: ReportRepository? { self.network.shard.environment.reports }

    /// Has it be looked at what was closed.
    func refresh() {
        guard let repository else { return }
        let (tenant, now) = (self.network.id, self.network.shard.now)
        self.network.refresh(self.rows, "closed reports", then: {}) { version async throws(DurableStoreError) in
            let closed = try await repository.untold(of: tenant, now: now, limit: Self.most)
            let found = "\(closed.hashValue)"
            return found == version ? nil : (version: found, value: closed)
        }
    }

    /// Tells those who look into reports; who is kept apart has no right to that.
    func announce(_ notice: Notice) {
        for session in self.network.sessions.all where session.rights.contains(.handleReports) {
            for attachment in session.attachments where session.quarantine(of: attachment) == nil {
                attachment.tell(notice)
            }
        }
    }

    /// Once a second.
    func tick() {
        let revision = self.rows.revision(of: self.network.id)
        guard revision != self.revision else { return }
        self.revision = revision
        for session in Array(self.network.sessions.all) { self.watch(session) }
    }

    /// Tells somebody what became of what they reported, if they were not told.
    func watch(_ session: Session) {
        guard let repository, let closed = self.rows.value(of: self.network.id), !closed.isEmpty else { return }
        let reporter = session.party.text
        for report in closed where report.reporter == reporter && !self.telling.contains(report.id) {
            session.whenTold {
                // Not before: a session that ends first never comes here.
                guard self.telling.insert(report.id).inserted else { return }
                self.tell(session, report, repository)
            }
        }
    }

    private func tell(_ session: Session, _ report: Report, _ repository: ReportRepository) {
        guard session.isPresent, session.party.text == report.reporter else {
            self.telling.remove(report.id)
            return
        }
        let tenant = self.network.id
        self.network.ask("reports") { () async throws(DurableStoreError) in
            try await repository.tell(report.id, to: report.reporter, of: tenant)
        } then: { (result: Result<Bool, Refusal>) in
            self.telling.remove(report.id)
            guard case .success(let isFirst) = result else { return }
            self.rows.set(self.rows.value(of: tenant)?.filter { $0.id != report.id } ?? [], of: tenant)
            if isFirst { session.tell(.reportClosed(report.id, outcome: report.outcome ?? "")) }
        }
    }
}
