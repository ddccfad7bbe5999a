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
    func `any interleaving of commands from three shards converges and breaks no rule`(first: Int) async throws {
        for seed in first..<(first + 10) {
            try await withSimulation(seed: UInt64(seed)) { world in
                await world.run(steps: Self.steps)
                await world.settle()
            }
        }
    }

    @Test(arguments: 0..<10)
    func `shards that hear of each other rarely converge too`(seed: UInt64) async throws {
        var options = World.Options()
        options.shards = 5
        options.peoplePerShard = 2
        options.linesInHundred = 100
        try await withSimulation(seed: seed, options: options) { world in
            await world.run(steps: Self.steps)
            await world.settle()
        }
    }

    @Test func `the same seed is the same run`() async throws {
        func counts() async throws -> [String: Int] {
            try await withSimulation(seed: 42) { world in
                await world.run(steps: Self.steps)
                await world.settle()
                return world.counts
            }
        }
        let (first, second) = (try await counts(), try await counts())
        #expect(first == second)
    }

    /// Properties hold of themselves where nothing happens.
    @Test func `the worlds are lively enough to break`() async throws {
        var counts: [String: Int] = [:]
        for seed in 0..<30 {
            try await withSimulation(seed: UInt64(seed)) { world in
                await world.run(steps: Self.steps)
                await world.settle()
                counts.merge(world.counts, uniquingKeysWith: +)
            }
        }
        for what in [
            "join", "part", "kick", "modes", "topic", "invite", "quit", "change", "message", "refused by the store",
            "refused by a rule",
        ] { #expect(counts[what, default: 0] >= 10, "\(what): \(counts)") }
        #expect(counts["continued", default: 0] >= 3, "\(counts)")
    }

    @Test func `a failure tells its seed`() async {
        struct Broken: Error {}
        let failure = await #expect(throws: SimulationFailure.self) {
            try await withSimulation(seed: 77) { _ in throw Broken() }
        }
        #expect(failure?.description.hasPrefix("seed 77: ") == true)
    }
}
