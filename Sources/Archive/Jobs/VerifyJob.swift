import StateStore

/// Verifies an archive, and notes what that found.
struct VerifyJob {
    /// How many findings stand in the log.
    private static let logged = 200
    private let archive: TenantArchive
    private let order: ArchiveJobOrder.Verify
    private let repository: ArchiveRepository
    private let progress: ArchiveJobProgress

    init(
        _ archive: TenantArchive,
        _ order: ArchiveJobOrder.Verify,
        _ repository: ArchiveRepository,
        _ progress: ArchiveJobProgress
    ) {
        self.archive = archive
        self.order = order
        self.repository = repository
        self.progress = progress
    }

    /// Looks at everything that the order says.
    ///
    /// - Returns: What was found, in a sentence.
    /// - Throws: ``ArchiveError`` where nothing can be said.
    func run() async throws(ArchiveError) -> String {
        var report = try await self.look("looking at segments")
        if !report.isWell {
            // Workers close days and destroy what is too old meanwhile: what is wrong is so the second time, too.
            self.progress.say(
                "\(report.findings.count) findings; looking again, since workers may have written meanwhile"
            )
            let first = Set(report.findings)
            report = try await self.look("looking again")
            report.findings.removeAll { !first.contains($0) }
        }
        for finding in report.findings.prefix(Self.logged) { self.progress.say("\(finding)") }
        if report.findings.count > Self.logged {
            self.progress.say("\(report.findings.count - Self.logged) further findings: `roost archive verify` has all")
        }
        let result = self.result(report)
        try await ArchiveError.noting { () throws(DurableStoreError) in
            try await self.repository.noteVerification(
                result,
                findings: report.findings.count,
                isWhole: self.order.isWhole,
                of: self.archive.tenant
            )
        }
        self.progress.at(report.segments, of: report.segments, result)
        return result
    }

    private func look(_ message: String) async throws(ArchiveError) -> ArchiveVerifier.Report {
        let progress = self.progress
        let days =
            ArchiveDay(of: self.order.from ?? 0)...ArchiveDay(of: max(self.order.from ?? 0, self.order.to ?? .max))
        let verifier = ArchiveVerifier(
            self.archive,
            self.order.depth == .lines ? .lines : .presence,
            days: days,
            sample: self.order.sample.map { max(0, $0) }
        ) { report, total in progress.at(report.segments, of: total, message) }
        return try await verifier.verify()
    }

    private func result(_ report: ArchiveVerifier.Report) -> String {
        let counts = "\(report.manifests) manifests, \(report.segments) segments, \(report.records) lines looked at"
        guard let first = report.findings.first else {
            let what = self.order.isWhole ? "all is well" : "what was looked at is well"
            return "\(what): \(counts)"
        }
        let count = report.findings.count
        return "\(count) \(count == 1 ? "finding" : "findings"), the first: \(first)"
    }
}
