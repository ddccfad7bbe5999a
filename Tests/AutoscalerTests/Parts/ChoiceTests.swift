// Up at once, down late: what is chosen of what is needed, and for how long that is told.

import Testing

@testable import Operator

@Suite struct ChoiceTests {
    private static let outlook = Outlook(
        growth: 0,
        untilDoubled: 0,
        leadTime: 60,
        partBeforeReady: 0,
        away: 0,
        work: 0
    )

    private func recommendation(_ replicas: Int) -> Recommendation {
        Recommendation(
            byConnections: replicas,
            present: replicas,
            byUtilization: 0,
            byFullestPod: 0,
            drainingInPlace: 0,
            buffer: 0
        )
    }

    /// A fleet at rest that was watched for a whole window, in which so many pods were needed.
    private func fleet(_ held: [Int], needed: Int, watched: Int64 = 600_000) -> TestFleet {
        var fleet = TestFleet(held)
        fleet.settings.bufferPods = 0
        for age in stride(from: watched, through: 0, by: -50_000) {
            fleet.state.look(at: fleet.observation.pods, now: fleet.now - age)
        }
        fleet.state.window.add(needed, at: fleet.now, length: 600_000)
        return fleet
    }

    private func choose(
        _ up: Int,
        _ down: Int? = nil,
        _ outlook: Outlook = Self.outlook,
        in fleet: inout TestFleet
    ) -> ScalingChoice {
        let view = fleet.view
        return fleet.state.choose(self.recommendation(up), self.recommendation(down ?? up), view, outlook)
    }

    @Test func `more are chosen at once, within bounds`() {
        for (needed, chosen) in [(4, 4), (20, 20), (21, 20)] {
            var fleet = self.fleet([100, 100, 100], needed: needed)
            let choice = self.choose(needed, in: &fleet)
            #expect(choice.replicas == chosen && choice.direction == .up(from: 3))
            #expect(choice.obstacle == nil && !choice.isForMissing)
            #expect(fleet.state.change == ScalingChange(from: 3, to: chosen, at: fleet.now))
        }
        var fleet = self.fleet([100, 100, 100], needed: 3)
        let choice = self.choose(3, in: &fleet)
        #expect(choice.replicas == 3 && choice.direction == .none && choice.obstacle == nil)
        #expect(fleet.state.change == nil)
    }

    @Test(
        arguments: [
            // How many may go at once, how many are needed of five, and how many are left.
            (1, 2, 4), (0, 2, 4), (2, 2, 3), (3, 2, 2), (9, 2, 2), (9, 4, 4), (1, 4, 4), (9, 0, 2), (nil, 2, 2),
            (nil, 4, 4),
        ] as [(Int?, Int, Int)]
    )
    func `as many go as may at once, and none that is needed`(most: Int?, needed: Int, left: Int) {
        var fleet = self.fleet([100, 100, 100, 100, 100], needed: needed)
        fleet.settings.scaleDownMaxPodsAtOnce = most
        let choice = self.choose(needed, in: &fleet)
        #expect(choice.replicas == left && choice.direction == .down(from: 5) && choice.obstacle == nil)
        #expect(fleet.state.change == ScalingChange(from: 5, to: left, at: fleet.now))
    }

    @Test func `where the others have no room for the clients of three, two go`() {
        var fleet = self.fleet([8_500, 2_000, 900, 900, 0], needed: 2)
        fleet.settings.scaleDownMaxPodsAtOnce = 3
        #expect(self.choose(2, in: &fleet).replicas == 3)
        fleet.change("a") { $0.connections = 9_000 }
        let none = self.choose(2, in: &fleet)
        #expect(none.replicas == 4, "one is empty")
        fleet.change("e") { $0.connections = 4 }
        let full = self.choose(2, in: &fleet)
        #expect(full.replicas == 5 && full.obstacle == .noRoom("a") && full.direction == .none)
    }

    @Test(
        arguments: [
            // Who is away, and who comes in the time of a drain, 360 s at 1 a second: 500 for each of two.
            (1_000, 0, true), (1_001, 0, false), (0, 2.5, true), (640, 1, true), (640.2, 1, false),
        ] as [(Double, Double, Bool)]
    )
    func `there is room for those who come meanwhile`(away: Double, growth: Double, goes: Bool) {
        var fleet = self.fleet([8_500, 8_000, 0], needed: 2)
        var outlook = Self.outlook
        outlook.away = away
        outlook.growth = growth
        #expect(self.choose(2, nil, outlook, in: &fleet).replicas == (goes ? 2 : 3))
    }

    @Test func `what was needed within the window is kept, and told`() {
        var fleet = self.fleet([100, 100, 100, 100], needed: 4)
        let choice = self.choose(2, in: &fleet)
        #expect(choice.replicas == 4 && choice.obstacle == .needed(4) && choice.direction == .none)
    }

    @Test(arguments: [(600_000, true), (599_999, false)] as [(Int64, Bool)])
    func `none goes before a whole window was seen`(watched: Int64, goes: Bool) {
        var fleet = self.fleet([100, 100, 100], needed: 2, watched: watched)
        let choice = self.choose(2, in: &fleet)
        #expect(choice.replicas == (goes ? 2 : 3) && choice.obstacle == (goes ? nil : .justStarted))
        // Who lowers the maximum does not wait for it.
        fleet.settings.maxReplicas = 2
        #expect(self.choose(2, in: &fleet).replicas == 2)
        fleet.settings.maxReplicas = 3
        #expect(self.choose(2, in: &fleet).replicas == (goes ? 2 : 3))
    }

    @Test(arguments: [(2, 3, true, true), (2, 2, true, false), (3, 3, true, false), (2, 3, false, false)])
    func `a silent pod keeps the others where it might be full`(up: Int, down: Int, isSilent: Bool, isForMissing: Bool)
    {
        var fleet = self.fleet([100, 100, 100], needed: 3)
        if isSilent { fleet.change("c") { $0.reported = nil } }
        let choice = self.choose(up, down, in: &fleet)
        #expect(choice.replicas == 3 && choice.isForMissing == isForMissing)
    }

    @Test(arguments: [0, 599_999, 600_000] as [Int64])
    func `a change is told until it is carried out, for ten minutes at most`(later: Int64) {
        var fleet = self.fleet([100, 100, 100], needed: 3)
        fleet.change("c") {
            $0.isReady = false
            $0.age = 1
        }
        func direction(_ change: ScalingChange) -> ScalingChoice.Direction {
            fleet.state.change = change
            return self.choose(3, in: &fleet).direction
        }
        let at = fleet.now - later
        let isTold = later < 600_000
        #expect(direction(ScalingChange(from: 2, to: 3, at: at)) == (isTold ? .up(from: 2) : .none))
        // Somebody else has changed it since; nothing goes any more; all are ready.
        #expect(direction(ScalingChange(from: 2, to: 4, at: at)) == .none)
        #expect(direction(ScalingChange(from: 4, to: 3, at: at)) == .none)
        fleet.pods.append(TestPod(name: "d", isTerminating: true))
        #expect(direction(ScalingChange(from: 4, to: 3, at: at)) == (isTold ? .down(from: 4) : .none))
        fleet.change("c") { $0 = TestPod(name: "c") }
        #expect(direction(ScalingChange(from: 2, to: 3, at: at)) == .none)
    }
}
