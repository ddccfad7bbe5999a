package import Chat
import IRC
package import StateStore

/// What was reported, for those who have the right to look into it.
extension Network {
    /// How many are shown at once.
    package static let shownReports = 50

    /// The last reports, the newest first.
    ///
    /// - Parameters:
    ///   - closed: Whether those that are closed are among them.
    ///   - actor: Who asks.
    ///   - then: Gets them.
    package func reports(
        closed: Bool,
        by actor: Actor,
        _ then: @escaping (Result<[Report], Refusal>) -> Void
    ) {
        let (tenant, limit) = (self.id, Self.shownReports)
        self.handle(by: actor, then) { reports throws(DurableStoreError) in
            try await reports.list(of: tenant, closed: closed, limit: limit)
        } done: { list in
            then(.success(list))
        }
    }

    /// A report with what was said around it.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - actor: Who asks.
    ///   - then: Gets it.
    package func report(
        _ id: Int64,
        by actor: Actor,
        _ then: @escaping (Result<(report: Report, lines: [ReportLine]), Refusal>) -> Void
    ) {
        let tenant = self.id
        self.handle(by: actor, then) { reports throws(DurableStoreError) in
            try await reports.find(id, of: tenant)
        } done: { found in
            then(found.map { .success($0) } ?? .failure(Self.noSuchReport(id)))
        }
    }

    /// Takes a report on, so that nobody else does the same work.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - actor: Who takes it.
    ///   - then: Gets it.
    package func claimReport(
        _ id: Int64,
        by actor: Actor,
        _ then: @escaping (Result<Report, Refusal>) -> Void
    ) {
        let (handler, now) = (actor.name, self.shard.now)
        let record = self.record(.report, String(id), "claim", by: actor)
        self.handle(by: actor, then) { reports throws(DurableStoreError) in
            try await reports.claim(id, by: handler, now: now, noting: record)
        } done: { step in
            then(Self.result(of: step, id))
        }
    }

    /// Closes a report, whoever has taken it on; who filed it is told what was done.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - outcome: What was done.
    ///   - actor: Who closes it.
    ///   - then: Gets it.
    package func closeReport(
        _ id: Int64,
        outcome: String,
        by actor: Actor,
        _ then: @escaping (Result<Report, Refusal>) -> Void
    ) {
        do throws(Refusal) { try outcome.checkLength(Lengths.reason) } catch { return then(.failure(error)) }
        let (handler, now) = (actor.name, self.shard.now)
        let record = self.record(.report, String(id), "close: \(outcome)", by: actor)
        self.handle(by: actor, then) { reports throws(DurableStoreError) in
            try await reports.close(id, by: handler, outcome: outcome, now: now, noting: record)
        } done: { step in
            guard case .done = step else { return then(Self.result(of: step, id)) }
            let change = LogChange(self.ownLog, payload: TenantEvent.reportsChanged.encoded)
            self.store.append(Transaction(changes: [change])) { _ in then(Self.result(of: step, id)) }
        }
    }

    private func handle<Answer: Sendable, Value>(
        by actor: Actor,
        _ then: @escaping (Result<Value, Refusal>) -> Void,
        _ question: @escaping @Sendable (ReportRepository) async throws(DurableStoreError) -> Answer,
        done: @escaping (Answer) -> Void
    ) {
        guard actor.may(.handleReports) else { return then(.failure(Refusal(.rightNeeded))) }
        guard let reports = self.shard.environment.reports else { return then(.failure(Self.takesNoReports)) }
        self.ask("reports") { () async throws(DurableStoreError) in
            try await question(reports)
        } then: { (result: Result<Answer, Refusal>) in
            switch result {
            case .success(let answer): done(answer)
            case .failure(let refusal): then(.failure(refusal))
            }
        }
    }

    private static func noSuchReport(_ id: Int64) -> Refusal {
        Refusal(.noSuchReport, String(id), text: "There is no report \(id)")
    }

    private static func result(of step: ReportStep, _ id: Int64) -> Result<Report, Refusal> {
        switch step {
        case .done(let report): .success(report)
        case .noSuchReport: .failure(Self.noSuchReport(id))
        case .taken(let report) where report.state == .closed:
            .failure(Refusal(.reportIsTaken, text: "\(report.handler ?? "*") has closed it"))
        case .taken(let report):
            .failure(Refusal(.reportIsTaken, text: "\(report.handler ?? "*") has taken it on"))
        }
    }
}

extension Actor {
    /// What it is called in what it does: by its account, if it has one.
    var name: String { self.session.user.account ?? self.session.user.nick.raw }
}
