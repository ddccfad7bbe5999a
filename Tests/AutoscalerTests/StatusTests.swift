// What a Cell says about its fleet.

import Operator
import Testing

@Suite struct StatusTests {
    @Test func `the columns count what is there`() {
        var fleet = TestFleet([3_000, 3_000, 1_000, 500])
        fleet.replicas = 3
        fleet.change("c") { $0.isReady = false }
        fleet.change("d") {
            $0.isTerminating = true
            $0.isDraining = true
        }
        let expected = FleetStatus(replicas: 3, readyReplicas: 2, desiredReplicas: 3, connections: 7_500)
        #expect(fleet.plan().status == expected)
    }

    @Test func `a steady fleet says what it needs and why`() {
        var fleet = TestFleet([3_000, 3_000])
        let decision = fleet.plan()
        #expect(decision.reason == .steady)
        #expect(decision.message == "2 pods; 6000 connections need 1 at 70 % of 10000, and 1 spare")
    }

    @Test func `a raise says from where to where, until all pods are ready`() {
        var fleet = TestFleet([7_000, 7_100])
        let decision = fleet.plan()
        #expect(decision.reason == .scaledUp)
        #expect(decision.message == "from 2 to 4 pods; 14100 connections need 3 at 70 % of 10000, and 1 spare")
        fleet.replicas = 4
        for name in ["new", "newer"] { fleet.pods.append(TestPod(name: name, isReady: false, age: 0, reported: nil)) }
        #expect(fleet.plan().reason == .scaledUp)
        for name in ["new", "newer"] { fleet.change(name) { $0 = TestPod(name: name) } }
        #expect(fleet.plan().reason == .steady)
    }

    @Test func `busy loops are named where they decide`() {
        var fleet = TestFleet([100, 100])
        for name in ["a", "b"] { fleet.change(name) { $0.utilization = [0.9] } }
        #expect(fleet.plan().message == "from 2 to 4 pods; loops busy to 90 % need 3 at 60 %, and 1 spare")
    }

    @Test(arguments: ScalingReason.allCases)
    func `no reason makes a Cell unready`(reason: ScalingReason) {
        #expect(reason.conditionStatus == (reason == .figuresMissing ? "Unknown" : "True"))
    }
}
