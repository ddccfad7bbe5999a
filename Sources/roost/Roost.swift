import ArgumentParser
import Edge
import Foundation

/// The program: one subcommand a task.
@main
struct Roost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roost", abstract: "Multi-tenant IRC and IRCX chat hosting.", version: Product.version,
        subcommands: [DevCommand.self, EdgeCommand.self]
    )

    /// Exit codes: 0 ok, 64 usage, 69 a needed service is away, 78 configuration.
    static func main() async {
        do {
            var command = try Self.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            FileHandle.standardError.write(Data((failure.text + "\n").utf8))
            Foundation.exit(failure.code.rawValue)
        } catch {
            Self.exit(withError: error)
        }
    }
}
