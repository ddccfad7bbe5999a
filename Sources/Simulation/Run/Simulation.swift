/// A world that went wrong, with the seed that makes it go wrong again.
package struct SimulationFailure: Error, CustomStringConvertible {
    package let seed: UInt64
    package let reason: String

    package var description: String { "seed \(self.seed): \(self.reason)" }
}

/// Runs something in a world of its own.
///
/// The same seed gives the same run.
///
/// - Throws: ``SimulationFailure`` with the seed, if a rule of the world was broken or `body` throws.
package func withSimulation<Result>(
    seed: UInt64,
    options: World.Options = World.Options(),
    _ body: (World) async throws -> Result
) async throws(SimulationFailure) -> Result {
    let result: Result
    let world: World
    do {
        world = try World(seed: seed, options: options)
        result = try await body(world)
    } catch { throw SimulationFailure(seed: seed, reason: "\(error)") }
    guard let violation = world.violations.first else { return result }
    throw SimulationFailure(seed: seed, reason: "\(violation) (\(world.violations.count) in all)")
}
