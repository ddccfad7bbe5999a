// What a tenant has of one person, for that person (GDPR, article 15).

import Archive
import ArgumentParser
import Chat
import Foundation
import IRC
import Observability
import StateStore
import Tenant

extension ArchiveCommand {
    /// Is `roost archive person`.
    struct Person: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "person",
            abstract: "Write what there is of one account: what is kept with it, and what it said.",
            discussion:
                "Passwords and other secrets are not in it, nor what others said. With --archive also what only the archive "
                + "still has."
        )

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var archive: ArchiveOptions
        @Option(help: "The account's name.") var account: String
        @Option(help: "The file to write; else the standard output.") var output: String?
        @Option(help: "jsonl, or html for a page to print.") var format = TranscriptFormat.jsonl

        func validate() throws {
            guard [.jsonl, .html].contains(self.format) else { throw ValidationError("--format: write jsonl or html") }
        }

        func run() async throws {
            let tenant = self.archive.tenant
            try await self.database.withStore { store in
                let folded = Names.accountMapping.fold(self.account)
                guard let account = try await store.accounts.find(folded, of: tenant) else {
                    throw CommandFailure.exit(CommandFailure.usage, "\(tenant) has no account \(self.account)")
                }
                try await BundleFailure.handle {
                    if self.archive.isGiven {
                        try await self.archive.with {
                            try await self.write(PersonExport(of: account, in: store, archive: $0), account)
                        }
                    } else {
                        CommandOutput.say("what only the archive still has is left out: --archive says where it is")
                        try await self.write(PersonExport(of: account, in: store), account)
                    }
                }
            }
        }

        private func write(_ export: PersonExport, _ account: Account) async throws {
            let output = try CommandOutput(self.output)
            var transcript = Transcript(self.format, title: "\(account.name) of \(account.tenant)")
            let head = PersonFact(
                kind: "person",
                values: [
                    "format": .text("roost-person/1"), "tenant": .text(account.tenant.text),
                    "exportedAt": .text(UTCInstant(milliseconds: WallClock.system()).description),
                ]
            )
            try output.write(Array(transcript.beginning.utf8))
            try output.write(Array(try transcript.text(of: head).utf8))
            try await export.read { fact in
                try output.write(Array(try transcript.text(of: fact).utf8))
            } said: { line in
                try output.write(Array(try transcript.text(said: line).utf8))
            }
            try output.write(Array(transcript.end.utf8))
            try output.finish()
        }
    }
}
