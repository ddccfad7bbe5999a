// Sessions of accounts outlive their connections, whatever their clients, the pods and the store do.

import Simulation
import Testing

@Suite struct ReturnTests {
    private static let steps = 600

    /// Besides what ``ConvergenceTests`` says: each client of a session is told what there is, nobody comes or goes in the log
    /// who is back in time, nothing that was said is missing or repeated, and nothing is left in the store of who is gone.
    @Test(arguments: Seeds.chosen(or: 0...59))
    func `nobody is seen to go who comes back, and nothing is left of who does not`(seed: UInt64) async throws {
        var options = World.Options.sessions
        options.trace = Seeds.trace
        try await withSimulation(seed: seed, options: options) { world in
            await world.run(steps: Self.steps)
            await world.settle()
        }
    }

    /// The same while pods die, are taken for dead and live, and wait for a store that stalls.
    @Test(arguments: Seeds.chosen(or: 0...79, and: 429))
    func `the same holds while pods die and the store stalls`(seed: UInt64) async throws {
        var options = World.Options.sessions
        options.trace = Seeds.trace
        options.faultsInThousand = 10
        try await withSimulation(seed: seed, options: options) { world in
            await world.run(steps: Self.steps)
            await world.settle()
        }
    }

    /// Properties hold of themselves where nothing happens.
    @Test func `enough goes wrong and enough comes back`() async throws {
        var counts: [String: Int] = [:]
        for seed: UInt64 in 0..<10 {
            var options = World.Options.sessions
            options.faultsInThousand = 10
            try await withSimulation(seed: seed, options: options) { world in
                await world.run(steps: Self.steps)
                await world.settle()
                counts.merge(world.counts, uniquingKeysWith: +)
            }
        }
        for what in ["death", "doubt", "stall", "settling", "recovery", "resumed", "message"] {
            #expect(counts[what, default: 0] >= 10, "\(what): \(counts)")
        }
        #expect(counts["end", default: 0] > 0, "\(counts)")
    }
}
