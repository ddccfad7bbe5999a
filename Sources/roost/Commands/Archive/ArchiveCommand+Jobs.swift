// What is done with an archive and takes long, as the database has it.

import Archive
import ArgumentParser
import Observability
import StateStore
import Tenant

extension ArchiveCommand {
    /// Is `roost archive jobs`: long work on an archive, as the database has it.
    struct Jobs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "jobs",
            abstract: "Look at what is done with an archive, and cancel it.",
            subcommands: [List.self, Show.self, Cancel.self]
        )

        /// Whose.
        struct Selection: ParsableArguments {
            @Option(help: "The tenant.", transform: TenantID.argument) var tenant: TenantID
            @OptionGroup var database: DatabaseOptions
        }

        struct List: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "list",
                abstract: "List the jobs, the last first: id, kind, state, asked by, when, how far, message."
            )

            @OptionGroup var selection: Selection

            func run() async throws {
                try await self.selection.database.withStore { store in
                    for job in try await store.archiveJobs.list(of: self.selection.tenant) {
                        let columns = [
                            job.id, job.kind, job.state.rawValue, job.askedBy, Jobs.time(job.askedAt),
                            Jobs.progress(job), job.message,
                        ]
                        print(columns.joined(separator: "\t"))
                    }
                }
            }
        }

        struct Show: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "show",
                abstract: "Show a job and what it said."
            )

            @Argument(help: "The job's id.") var id: String
            @OptionGroup var selection: Selection

            func run() async throws {
                try await self.selection.database.withStore { store in
                    guard let job = try await store.archiveJobs.find(self.id, of: self.selection.tenant) else {
                        throw Jobs.unknown(self.id, self.selection.tenant)
                    }
                    print("job:\t\(job.id)\nkind:\t\(job.kind) \(job.parameters)\nstate:\t\(job.state.rawValue)")
                    print("asked:\t\(Jobs.time(job.askedAt)) by \(job.askedBy)")
                    if job.state == .waiting { print("due:\t\(Jobs.time(job.dueAt))") }
                    if let begun = job.startedAt { print("begun:\t\(Jobs.time(begun)), tries: \(job.tries)") }
                    if let ended = job.finishedAt { print("ended:\t\(Jobs.time(ended))") }
                    if !Jobs.progress(job).isEmpty { print("done:\t\(Jobs.progress(job))") }
                    if !job.message.isEmpty { print("message:\t\(job.message)") }
                    var last: Int64 = 0
                    for line in try await store.archiveJobs.log(of: job.id, job.tenant) {
                        if line.number > last + 1 { print("… \(line.number - last - 1) lines are not kept") }
                        print("\(Jobs.time(line.time)) \(line.text)")
                        last = line.number
                    }
                }
            }
        }

        struct Cancel: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "cancel",
                abstract: "End a job; one that runs ends within seconds."
            )

            @Argument(help: "The job's id.") var id: String
            @OptionGroup var selection: Selection

            func run() async throws {
                try await self.selection.database.withStore { store in
                    guard let job = try await store.archiveJobs.cancel(self.id, of: self.selection.tenant) else {
                        throw Jobs.unknown(self.id, self.selection.tenant)
                    }
                    switch job.state {
                    case .running: print("asked its worker to end it")
                    case .waiting, .cancelled: print("cancelled")
                    case .done, .failed: throw CommandFailure.exit(1, "it is over already: \(job.state.rawValue)")
                    }
                }
            }
        }

        private static func unknown(_ id: String, _ tenant: TenantID) -> ExitCode {
            CommandFailure.exit(
                1,
                "there is no job \(id) of \(tenant): `roost archive jobs list` shows those that there are"
            )
        }

        private static func time(_ time: Int64) -> String { UTCInstant(milliseconds: time).description }

        private static func progress(_ job: ArchiveJob) -> String {
            job.total > 0 ? "\(job.done) of \(job.total)" : ""
        }
    }
}
