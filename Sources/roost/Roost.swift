import ArgumentParser
import Edge

/// The program: one subcommand a task.
@main
struct Roost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roost",
        abstract: "Multi-tenant IRC and IRCX chat hosting.",
        version: Product.version,
        subcommands: [
            DevCommand.self, EdgeCommand.self, MigrateCommand.self, UsageCommand.self, AccountCommand.self,
        ]
    )
}
