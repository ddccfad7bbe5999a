// Whatever people on three shards do, and however late each hears of the others, all agree in the end.

import Simulation
import Testing

@Suite struct ConvergenceTests {
    private static let seeds = 300
    private static let steps = 300

    /// In every world: replicas equal each other, the log and the fields; numbers without gaps; every message seen once by
    /// every follower, in the same order, and in the order in which its sender sent it; nobody joins a full channel,
    /// or one that bans them; nobody speaks or rules who may not.
    @Test(arguments: Array(stride(from: 0, to: seeds, by: 10)))
    func `any interleaving of commands from three shards converges and breaks no rule`(first: Int) throws {
        for seed in first..<(first + 10) {
            try withSimulation(seed: UInt64(seed)) { world in
                world.run(steps: Self.steps)
                world.settle()
            }
        }
    }

    @Test(arguments: 0..<10)
    func `shards that hear of each other rarely converge too`(seed: UInt64) throws {
        var options = World.Options()
        options.shards = 5
        options.peoplePerShard = 2
        options.commandsInHundred = 100
        try withSimulation(seed: seed, options: options) { world in
            world.run(steps: Self.steps)
            world.settle()
        }
    }

    @Test func `the same seed is the same run`() throws {
        func counts() throws -> [String: Int] {
            try withSimulation(seed: 42) { world in
                world.run(steps: Self.steps)
                world.settle()
                return world.counts
            }
        }
        #expect(try counts() == counts())
    }

    /// Properties hold of themselves where nothing happens.
    @Test func `the worlds are lively enough to break`() throws {
        var counts: [String: Int] = [:]
        for seed in 0..<20 {
            try withSimulation(seed: UInt64(seed)) { world in
                world.run(steps: Self.steps)
                world.settle()
                counts.merge(world.counts, uniquingKeysWith: +)
            }
        }
        for what in [
            "join", "part", "kick", "modes", "topic", "invite", "quit", "change", "message", "refused by the store",
            "refused by a rule",
        ] { #expect(counts[what, default: 0] >= 10, "\(what): \(counts)") }
    }

    @Test func `a failure tells its seed`() {
        struct Broken: Error {}
        let failure = #expect(throws: SimulationFailure.self) {
            try withSimulation(seed: 77) { _ in throw Broken() }
        }
        #expect(failure?.description.hasPrefix("seed 77: ") == true)
    }
}
