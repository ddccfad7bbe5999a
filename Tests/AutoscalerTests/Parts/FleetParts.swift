// A fleet as the parts of the plan see it.

@testable import Operator

extension TestFleet {
    /// What the plan makes of the fleet now.
    var view: FleetView {
        var seen = self
        seen.look()
        return FleetView(seen.observation, memory: seen.state.pods, settings: self.settings, now: self.now)
    }

    /// Takes note of the pods and plans nothing.
    mutating func look() { self.state.look(at: self.observation.pods, now: self.now) }
}
