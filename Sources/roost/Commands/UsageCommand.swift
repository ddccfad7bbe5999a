import ArgumentParser
import Metering
import Observability
import StateStore
import Tenant

/// `roost usage`: what tenants used.
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Say what a tenant used.",
        subcommands: [Report.self]
    )

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report",
            abstract: "Sum up a tenant's usage by meter."
        )

        @Option(help: "The tenant.", transform: TenantID.argument) var tenant: TenantID
        @Option(help: "The first day or moment, in UTC: 2026-01-01 or 2026-01-01T00:00Z.", transform: moment)
        var from: UTCInstant
        @Option(help: "The day or moment that is not part of it any more.", transform: moment) var to: UTCInstant
        @Option(help: "table, csv or json.") var format: UsageReport.Format = .table
        @OptionGroup var options: DatabaseOptions

        func validate() throws {
            guard self.from < self.to else { throw ValidationError("--from must be before --to") }
        }

        func run() async throws {
            try await self.options.withStore { store in
                try await DatabaseOptions.warnIfUnknown(self.tenant, in: store)
                let report = try await UsageReport.make(
                    of: self.tenant,
                    from: self.from,
                    to: self.to,
                    in: store.ledger
                )
                print(report.text(self.format), terminator: "")
            }
        }

        private static func moment(_ text: String) throws -> UTCInstant {
            guard let moment = UTCInstant(text) else {
                throw ValidationError("'\(text)' is no date or moment in UTC, such as 2026-01-31 or 2026-01-31T18:30Z")
            }
            return moment
        }
    }
}

extension UsageReport.Format: ExpressibleByArgument {}
