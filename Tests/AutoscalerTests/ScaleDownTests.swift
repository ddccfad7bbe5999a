// Taking pods away: late, by little, and only where the others have room.

import Operator
import Testing

@Suite struct ScaleDownTests {
    /// Needs three pods, the buffer included, and has five.
    private static let idle = [2_800, 2_800, 2_800, 2_800, 2_800]

    @Test func `nothing goes before a whole window was seen`() {
        var fleet = TestFleet(Self.idle)
        let waiting = fleet.watch(for: 600)
        #expect(waiting.replicas == 5)
        #expect(waiting.reason == .stabilizing)
        #expect(waiting.message.contains("none goes before 600 s were seen"))
        let decision = fleet.watch(for: 10)
        #expect(decision.replicas == 4)
        #expect(decision.reason == .scaledDown)
    }

    @Test func `one goes at a time, or as many as are allowed`() {
        var fleet = TestFleet(Self.idle)
        fleet.settings.scaleDownMaxPodsAtOnce = 2
        #expect(fleet.watch(for: 610).replicas == 3)
    }

    @Test func `all that are not needed go together, so that nobody is led to one that goes next`() {
        var fleet = TestFleet(Array(repeating: 100, count: 8), settings: AutoscalerSettings(connectionsPerPod: 10_000))
        let decision = fleet.watch(for: 610)
        #expect(decision.replicas == 2)
        #expect(decision.deletionCosts.count == 6)
    }

    @Test func `what was needed once within the window is kept`() {
        var fleet = TestFleet(Self.idle)
        fleet.watch(for: 900)
        fleet.add(1_500)
        fleet.watch(for: 10)
        fleet.add(-1_500)
        let decision = fleet.watch(for: 560)
        #expect(decision.replicas == 5)
        #expect(decision.reason == .stabilizing)
        #expect(decision.message.contains("5 were needed within the last 600 s"))
        #expect(fleet.watch(for: 60).replicas == 4)
    }

    @Test func `the window is as long as the Cell says`() {
        var fleet = TestFleet(Self.idle)
        fleet.settings.scaleDownStabilization = .seconds(60)
        #expect(fleet.watch(for: 60).replicas == 5)
        #expect(fleet.watch(for: 10).replicas == 4)
    }

    @Test func `an operator that was away for a minute begins anew`() {
        var fleet = TestFleet(Self.idle)
        fleet.watch(for: 595)
        fleet.now += 61_000
        #expect(fleet.watch(for: 600).replicas == 5)
        #expect(fleet.watch(for: 10).replicas == 4)
    }

    @Test func `a clock that is set back a little forgets nothing`() {
        var fleet = TestFleet(Self.idle)
        fleet.watch(for: 590)
        fleet.now -= 20_000
        #expect(fleet.watch(for: 50).replicas == 4)
    }

    @Test func `none goes while another drains`() {
        var fleet = TestFleet(Self.idle)
        fleet.watch(for: 610)
        fleet.replicas = 4
        fleet.change("a") { $0.isTerminating = true }
        let decision = fleet.watch(for: 300)
        #expect(decision.replicas == 4)
        #expect(decision.reason == .scaledDown)
        #expect(decision.message.contains("none goes while pods come and go"))
        fleet.pods.removeFirst()
        #expect(fleet.plan().replicas == 3)
    }

    @Test func `a pod whose node is gone does not drain forever`() {
        var fleet = TestFleet(Self.idle)
        fleet.replicas = 4
        fleet.change("a") {
            $0.isTerminating = true
            $0.reported = 90
        }
        // The window has passed and the five minutes of the drain too, with one more.
        #expect(fleet.watch(for: 610).replicas == 3)
    }

    @Test func `none goes while a rollout has pods beside those of the spec`() {
        var fleet = TestFleet(Self.idle)
        fleet.replicas = 4
        #expect(fleet.watch(for: 700).replicas == 4)
    }

    @Test func `none goes while one starts`() {
        var fleet = TestFleet(Self.idle)
        fleet.watch(for: 590)
        fleet.pods[4] = TestPod(name: "new", isReady: false, age: 5, reported: nil)
        let decision = fleet.watch(for: 60)
        #expect(decision.replicas == 5)
        #expect(decision.message.contains("none goes while new starts"))
    }

    @Test func `a pod that never becomes ready does not keep the others`() {
        var fleet = TestFleet(Self.idle)
        fleet.change("e") {
            $0.isReady = false
            $0.connections = 0
            $0.reported = nil
        }
        #expect(fleet.watch(for: 610).replicas == 4)
    }

    @Test func `none goes while one that is not ready holds clients, for it would be the first`() {
        var fleet = TestFleet(Self.idle)
        fleet.change("e") { $0.isReady = false }
        let decision = fleet.watch(for: 700)
        #expect(decision.replicas == 5)
        #expect(decision.message.contains("none goes while e is not ready and may hold clients"))
    }

    @Test(arguments: [
        // The fullest of six pods. Its part of what the next to go holds, and of the fullest should it be lost:
        // (2,000 + fullest) / 4.
        (6_500, 5), (6_700, 5), (6_900, 6), (8_900, 6),
    ])
    func `none goes where the fullest has no room for its part and for that of another loss`(held: Int, pods: Int) {
        var fleet = TestFleet([held, 2_000, 2_000, 2_000, 2_000, 2_000])
        let decision = fleet.watch(for: 610)
        #expect(decision.replicas == pods)
        if pods == 6 { #expect(decision.message.contains("none goes while a has no room for more")) }
    }

    @Test(arguments: [(0, 7), (6, 8)])
    func `none goes where those who come while it drains leave no room`(coming: Int, pods: Int) {
        var fleet = TestFleet([8_050, 3_000, 3_000, 3_000, 3_000, 3_000, 3_000, 3_000])
        fleet.settings.bufferPods = 0
        fleet.settings.scaleDownStabilization = .seconds(60)
        #expect(fleet.watch(for: 65) { $0.add(coming) }.replicas == pods)
    }

    @Test func `none goes while the clients of one that died are on their way back`() {
        // A fifth of its 8,000 is more than the fullest has room for; there is nothing on the next to go.
        var fleet = TestFleet([8_000, 8_000, 3_000, 3_000, 3_000, 3_000])
        fleet.settings.bufferPods = 0
        fleet.watch(for: 590)
        fleet.change("b") { $0.connections = 0 }
        #expect(fleet.watch(for: 110).replicas == 6)
        #expect(fleet.watch(for: 20).replicas == 5)
    }

    @Test func `who lowers the maximum loses one pod after the other`() {
        var fleet = TestFleet([6_000, 6_000, 6_000, 6_000, 6_000])
        fleet.settings.maxReplicas = 2
        let decision = fleet.plan()
        #expect(decision.replicas == 4)
        #expect(decision.reason == .atMaximum)
        fleet.replicas = 4
        fleet.change("a") { $0.isTerminating = true }
        #expect(fleet.plan().replicas == 4)
    }

    @Test func `the minimum is kept`() {
        var fleet = TestFleet([0, 0, 0])
        fleet.settings.minReplicas = 3
        #expect(fleet.watch(for: 1_200).replicas == 3)
    }
}
