// What a person said is taken out by a worker of the cell: nobody else knows whether the tenant is held.

import Archive
import ArgumentParser
import Foundation
import StateStore
import Tenant

extension ArchiveCommand {
    /// Is `roost archive forget`.
    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "forget",
            abstract: "Take what a person said out of the history and the archive.",
            discussion: """
                A worker of the cell does it, as a job that `roost archive jobs` shows and cancels; this waits for its end. What the account says from \
                now on is kept as before, so end it first: `roost account delete`. Ends with 0 once it is done.
                """
        )

        @Option(help: "The tenant.", transform: TenantID.argument) var tenant: TenantID
        @Option(help: "The account, as it is written in what was said.") var account: String
        @OptionGroup var database: DatabaseOptions
        @Flag(help: "Only ask for it, and say the job's id.") var noWait = false

        func run() async throws {
            guard (try? LineErasure(account: self.account)) != nil else {
                throw ValidationError("--account: '\(self.account)' is no name of an account")
            }
            try await self.database.withStore { store in
                try await DatabaseOptions.warnIfUnknown(self.tenant, in: store)
                let request = try ArchiveJobOrder.erase(.init(account: self.account)).request(
                    by: "roost archive forget"
                )
                let job = try await ArchiveCommand.ask(request, of: self.tenant, store)
                if self.noWait { return print(job.id) }
                try await self.wait(for: job, store)
            }
        }

        private func wait(for job: ArchiveJob, _ store: DurableStore) async throws {
            let shown = ProgressLine(counting: "segments")
            while true {
                guard let job = try await store.archiveJobs.find(job.id, of: job.tenant) else {
                    throw CommandFailure.exit(1, "the job \(job.id) is no more")
                }
                shown.show(job.done, job.total, job.message)
                if job.state.isOver {
                    shown.end()
                    guard job.state == .done else {
                        throw CommandFailure.exit(1, "\(job.state.rawValue): \(job.message)")
                    }
                    return print(job.message)
                }
                try await ContinuousClock().sleep(for: .milliseconds(500))
            }
        }
    }

    /// Asks for a job; failures end the program with a message and its exit code.
    static func ask(
        _ request: ArchiveJobRequest,
        of tenant: TenantID,
        _ store: DurableStore
    ) async throws -> ArchiveJob {
        switch try await store.archiveJobs.ask(request, of: tenant) {
        case .asked(let job), .known(let job): return job
        case .tooMany:
            throw CommandFailure.exit(
                CommandFailure.unavailable,
                "\(ArchiveJobRepository.openLimit) jobs of \(tenant) are still to be done: cancel some"
            )
        }
    }
}
