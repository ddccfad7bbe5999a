import ArgumentParser
import Edge

/// The program by its other name: what makes a cluster as its Tenants, Plans and Cells say.
///
/// `roost-operator` is a link to `roost`, made by `scripts/build-release`.
struct RoostOperator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roost-operator",
        abstract: "Reconciles Roost's tenants, plans and cells in a Kubernetes cluster.",
        version: Product.version,
        subcommands: [OperatorRunCommand.self]
    )
}
