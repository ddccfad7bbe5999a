// Pods that go: their clients are demand, their order is told, and requested drains are carried out.

import Operator
import Testing

@Suite struct DrainTests {
    @Test func `what draining pods hold is demand, and they are no capacity`() {
        // Three that stay hold 13,500, one that goes another 7,000: three carry it, and one is spare.
        var fleet = TestFleet([4_500, 4_500, 4_500, 7_000])
        fleet.replicas = 3
        fleet.change("d") {
            $0.isTerminating = true
            $0.isDraining = true
        }
        #expect(fleet.plan().replicas == 4)
        // Without what it holds, two carry the rest.
        fleet.change("d") { $0.connections = 0 }
        #expect(fleet.plan().replicas == 3)
    }

    @Test func `what draining pods hold is spread over so many that the fullest has room for its part`() {
        var fleet = TestFleet([8_500, 2_000, 2_000, 2_000, 2_000, 4_000])
        fleet.replicas = 5
        fleet.change("f") {
            $0.isTerminating = true
            $0.isDraining = true
        }
        // Room for 500 in one, so eight for 4,000; to hold all at the target four would do.
        #expect(fleet.plan().replicas == 8)
    }

    @Test func `a pod that drains by itself takes up a replica and carries nothing`() {
        var fleet = TestFleet([4_500, 4_500, 4_500])
        #expect(fleet.plan().replicas == 3)
        fleet.change("c") { $0.isDraining = true }
        #expect(fleet.plan().replicas == 4)
    }

    @Test func `the pod with the fewest clients goes first, by name where as many`() {
        var fleet = TestFleet([900, 300, 200, 200, 700])
        let decision = fleet.watch(for: 610)
        #expect(decision.replicas == 4)
        #expect(decision.deletionCosts == ["c": -1_000])
    }

    @Test func `a pod that is not ready goes before, since Kubernetes takes it first`() {
        var fleet = TestFleet([900, 300, 200, 200, 700])
        fleet.change("a") {
            $0.isReady = false
            $0.connections = 0
        }
        #expect(fleet.watch(for: 610).deletionCosts == ["a": -1_000])
    }

    @Test func `a silent pod counts as full and goes last`() {
        var fleet = TestFleet([900, 300, 200, 200, 700])
        fleet.settings.scaleDownMaxPodsAtOnce = 2
        fleet.settings.fixedReplicas = 1
        fleet.plan()
        fleet.change("b") { $0.reported = nil }
        #expect(Set(fleet.plan().deletionCosts.keys) == ["a", "c", "d", "e"])
    }

    @Test func `costs are written only when a pod goes`() {
        var fleet = TestFleet([900, 300, 200, 200, 700])
        for step in 0..<120 {
            fleet.change("a") { $0.connections = 100 * (step % 17) }
            #expect(fleet.plan().deletionCosts.isEmpty)
        }
        #expect(!fleet.watch(for: 10).deletionCosts.isEmpty)
    }

    @Test func `costs that are right already are not written, old ones are taken back when a pod goes`() {
        var fleet = TestFleet([900, 300, 200, 210, 700])
        fleet.change("c") { $0.deletionCost = -1_000 }
        fleet.change("e") { $0.deletionCost = -1_000 }
        #expect(fleet.plan().deletionCosts.isEmpty)
        #expect(fleet.watch(for: 610).deletionCosts == ["e": 0])
    }

    @Test func `a requested drain is marked lowest and carried out, one after the other`() {
        var fleet = TestFleet([400, 400, 400])
        fleet.change("c") { $0.drainRequested = true }
        fleet.change("b") { $0.drainRequested = true }
        let decision = fleet.plan()
        #expect(decision.replicas == 3)
        #expect(decision.podsToDelete == ["b"])
        #expect(decision.deletionCosts == ["b": -1_000_000, "c": -1_000_000])
        fleet.change("c") { $0.deletionCost = -1_000_000 }
        fleet.change("b") {
            $0.isTerminating = true
            $0.isDraining = true
        }
        fleet.pods.append(TestPod(name: "new", isReady: false, age: 0, reported: nil))
        let waiting = fleet.plan()
        #expect(waiting.podsToDelete.isEmpty)
        #expect(waiting.deletionCosts.isEmpty)
        fleet.pods.remove(at: 1)
        fleet.change("new") { $0 = TestPod(name: "new") }
        #expect(fleet.plan().podsToDelete == ["c"])
    }

    @Test func `a scale-down that is due takes the pod whose drain was requested`() {
        var fleet = TestFleet([900, 300, 200, 200, 700])
        // Something is in the way of the request until the window is over.
        fleet.watch(for: 605) { fleet in fleet.change("a") { $0.isReady = false } }
        fleet.change("a") {
            $0.isReady = true
            $0.drainRequested = true
        }
        let decision = fleet.plan()
        #expect(decision.replicas == 4)
        #expect(decision.podsToDelete.isEmpty)
        #expect(decision.deletionCosts == ["a": -1_000_000])
    }

    @Test func `a requested drain waits until the others have room`() {
        var fleet = TestFleet([8_500, 8_500, 4_000])
        fleet.settings.maxReplicas = 3
        fleet.change("c") { $0.drainRequested = true }
        #expect(fleet.plan().podsToDelete.isEmpty)
        fleet.change("a") { $0.connections = 5_000 }
        fleet.change("b") { $0.connections = 5_000 }
        #expect(fleet.plan().podsToDelete == ["c"])
    }

    @Test(arguments: [1, 2, 5])
    func `requested drains never take the last pods at once`(most: Int) {
        var fleet = TestFleet([100, 100])
        fleet.settings.scaleDownMaxPodsAtOnce = most
        for name in ["a", "b"] { fleet.change(name) { $0.drainRequested = true } }
        #expect(fleet.plan().podsToDelete == ["a"])
    }

    @Test func `a pod that is alone is drained all the same`() {
        var fleet = TestFleet([4_000])
        fleet.settings.fixedReplicas = 1
        fleet.change("a") { $0.drainRequested = true }
        #expect(fleet.plan().podsToDelete == ["a"])
    }
}
