// Sessions of accounts outlive their connections, whatever their clients do.

import Foundation
import Simulation
import Testing

@Suite struct ReturnTests {
    private static let steps = 600

    /// Besides what ``ConvergenceTests`` says: each client of a session is told what there is, nobody comes or goes in the log
    /// who is back in time, nothing that was said is missing or repeated, and nothing is left in the store of who is gone.
    @Test(arguments: Seeds.chosen(or: 0...59))
    func `nobody is seen to go who comes back, and nothing is left of who does not`(seed: UInt64) async throws {
        var options = World.Options.sessions
        options.faultsInThousand = Int(ProcessInfo.processInfo.environment["ROOST_FAULTS"] ?? "") ?? 0
        options.trace = Seeds.trace
        try await withSimulation(seed: seed, options: options) { world in
            await world.run(steps: Self.steps)
            await world.settle()
        }
    }
}
