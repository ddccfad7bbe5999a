import ArgumentParser
import Edge

/// The program: one subcommand a task.
struct Roost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roost",
        abstract: "Multi-tenant IRC and IRCX chat hosting.",
        version: Product.version,
        subcommands: [
            DevCommand.self, EdgeCommand.self, WorkerCommand.self, MigrateCommand.self, UsageCommand.self,
            AccountCommand.self, AuditCommand.self,
            HistoryCommand.self, ArchiveCommand.self,
        ]
    )
}

/// Two names for one program: linked twice, most of an image would be the same libraries once more.
@main
enum Program {
    static func main() async {
        let name = CommandLine.arguments.first?.split(separator: "/").last
        if name == "roost-operator" { await RoostOperator.main() } else { await Roost.main() }
    }
}
