// What was done in a tenant by right, a line each, for people and for scripts.

import ArgumentParser
import Chat
import Observability
import StateStore
import Tenant

/// `roost audit`: a tenant's audit log, from outside of chat.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read a tenant's audit log.",
        subcommands: [List.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract:
                "List what was done by right, the newest first: time, role, nickname, account, action, target, detail.",
            discussion: "Separated by tabs; a dash for what there is none of."
        )

        @Option(help: "The tenant.", transform: TenantID.argument) var tenant: TenantID
        @Option(help: "How many records at most.") var limit = 1000
        @Option(help: "Only those by or about whom this means: an account, nickname or mask, with * and ?.")
        var matching: String?
        @OptionGroup var options: DatabaseOptions

        func validate() throws {
            if self.limit < 1 { throw ValidationError("--limit is 1 at least") }
        }

        func run() async throws {
            try await self.options.withStore { store in
                try await DatabaseOptions.warnIfUnknown(self.tenant, in: store)
                let records = try await store.audit.latest(
                    of: self.tenant,
                    matching: self.matching,
                    limit: self.limit
                )
                for record in records { print(Self.line(record)) }
            }
        }

        private static func line(_ record: AuditRecord) -> String {
            let entry = record.entry
            return [
                UTCInstant(milliseconds: record.time).text(withThousandths: false), entry.role.rawValue, entry.nick,
                entry.account ?? "", entry.action, entry.target, entry.detail,
            ].map { $0.isEmpty ? "-" : Self.plain($0) }.joined(separator: "\t")
        }

        /// Without what a terminal or a script would take for something else.
        private static func plain(_ text: String) -> String {
            String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
        }
    }
}
