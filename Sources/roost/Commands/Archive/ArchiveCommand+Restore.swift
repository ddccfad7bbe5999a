// What has lines of an archive come back into the history: a job that this process does itself, or leaves to a worker.

import Archive
import ArgumentParser
import Foundation
import Logging
import Observability
import StateStore
import Synchronization
import Tenant
import UnixSignals

extension ArchiveCommand {
    /// Is `roost archive restore`.
    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore",
            abstract: "Have what was said come back into the tenant's history.",
            discussion: """
                What is there stays as it is, so it may be done again; what was taken back comes without its words. It is a job, as \
                `roost archive jobs` shows it. Ctrl-C cancels it. Ends with 0 once it is done.
                """
        )

        @OptionGroup var options: ArchiveOptions
        @OptionGroup var database: DatabaseOptions
        @Option(help: "From when on: 2026-01-31, or 2026-01-31T18:30Z.", transform: ArchiveSelection.instant)
        var from: UTCInstant?
        @Option(help: "Until when: a whole day, or a moment.", transform: ArchiveSelection.end) var to: UTCInstant?
        @Option(help: "Of one channel, such as '#lobby'.") var channel: String?
        @Flag(help: "Leave it to a worker of the cell, and only say the job's id.") var noWait = false

        /// For how long workers leave to this process what it is about to do itself.
        private static let head = Duration.seconds(30)

        func run() async throws {
            let (from, to) = (max(0, self.from?.milliseconds ?? 0), max(0, self.to?.milliseconds ?? .max))
            guard from <= to else { throw ValidationError("--to: is before --from") }
            let order = ArchiveJobOrder.restore(.init(from: from, to: to, conversation: self.channel))
            try await self.database.withStore { store in
                try await DatabaseOptions.warnIfUnknown(self.options.tenant, in: store)
                if self.noWait {
                    print(try await self.ask(order, store).id)
                } else {
                    try await self.options.with(store.archives) { archive in
                        try await self.restore(order, archive, store)
                    }
                }
            }
        }

        private func ask(_ order: ArchiveJobOrder, _ store: DurableStore) async throws -> ArchiveJob {
            var request = try order.request(by: "roost archive restore")
            if !self.noWait { request.delay = Self.head }
            return try await ArchiveCommand.ask(request, of: self.options.tenant, store)
        }

        private func restore(_ order: ArchiveJobOrder, _ archive: TenantArchive, _ store: DurableStore) async throws {
            let job = try await self.ask(order, store)
            let shown = ProgressLine(counting: "lines")
            let service = ArchiveJobService(
                store,
                // What the tenant's settings say nobody knows here.
                place: { _ in .init(archive, historyRetention: nil, isServed: false) },
                holder: "roost archive restore \(UUID())",
                logger: Logger(label: "roost") { _ in SwiftLogNoOpLogHandler() }
            ) { done, total, message in shown.show(done, total, message) }
            let ending = try await Self.cancellable(job, store) {
                () async throws(DurableStoreError) -> ArchiveJobService.Ending? in
                try await service.run(job.id, of: job.tenant, isEarly: true)
            }
            shown.end()
            switch ending {
            case .done(let message)?: print(message)
            case .cancelled?: throw CommandFailure.exit(1, "cancelled: what came back until then stays")
            case .failed(let message)?: throw CommandFailure.exit(1, message)
            case .waits(let message)?:
                let hint = "a worker tries it again: `roost archive jobs show \(job.id)`"
                throw CommandFailure.exit(CommandFailure.unavailable, "\(message); \(hint)")
            case .lost?, nil:
                throw CommandFailure.exit(1, "another process does it: `roost archive jobs show \(job.id)`")
            }
        }

        /// Runs a job that a signal cancels, in the database too.
        private static func cancellable<Answer: Sendable>(
            _ job: ArchiveJob,
            _ store: DurableStore,
            _ body: @escaping @Sendable () async throws(DurableStoreError) -> Answer
        ) async throws -> Answer {
            let working = Task { try await body() }
            let listening = Task {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                    _ = try? await store.archiveJobs.cancel(job.id, of: job.tenant)
                    working.cancel()
                }
            }
            defer { listening.cancel() }
            return try await working.value
        }
    }
}
