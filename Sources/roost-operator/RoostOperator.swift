import ArgumentParser
import Edge

/// The program that makes a cluster as its Tenants, Plans and Cells say.
@main
struct RoostOperator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roost-operator",
        abstract: "Reconciles Roost's tenants, plans and cells in a Kubernetes cluster.",
        version: Product.version,
        subcommands: [RunCommand.self]
    )
}
