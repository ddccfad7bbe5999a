// Sessions of accounts outlive their connections, whatever their clients do.

import Simulation
import Testing

@Suite struct ReturnTests {
    private static let seeds = 60
    private static let steps = 600

    /// Besides what ``ConvergenceTests`` says: each client of a session is told what there is, nobody comes or goes in the log
    /// who is back in time, nothing that was said is missing or repeated, and nothing is left in the store of who is gone.
    @Test(arguments: Array(stride(from: 0, to: seeds, by: 10)))
    func `nobody is seen to go who comes back, and nothing is left of who does not`(first: Int) async throws {
        for seed in first..<(first + 10) {
            try await withSimulation(seed: UInt64(seed), options: .sessions) { world in
                await world.run(steps: Self.steps)
                await world.settle()
            }
        }
    }
}
