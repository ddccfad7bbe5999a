// How many pods a load needs.

import Operator
import Testing

@Suite struct TargetTests {
    @Test(arguments: [
        // Connections of each pod; pods that are needed at 70 % of 10,000, and one spare.
        ([0, 0], 2), ([3_000, 3_000], 2), ([3_500, 3_500], 2), ([3_501, 3_500], 3), ([7_000, 7_000], 3),
        ([7_001, 7_000], 4), ([8_000, 8_000, 8_000], 5), ([10_000, 0], 3),
    ])
    func `as many pods are wanted as hold all connections at the target, and the buffer`(held: [Int], pods: Int) {
        var fleet = TestFleet(held)
        #expect(fleet.plan().replicas == max(pods, held.count))
    }

    @Test(arguments: [(0, 2), (1, 3), (3, 5)])
    func `the buffer comes on top`(buffer: Int, pods: Int) {
        var fleet = TestFleet([7_000, 7_000])
        fleet.settings.bufferPods = buffer
        #expect(fleet.plan().replicas == pods)
    }

    @Test func `never fewer than the minimum and never more than the maximum`() {
        var fleet = TestFleet([0])
        fleet.settings.minReplicas = 3
        #expect(fleet.plan().replicas == 3)
        fleet = TestFleet([9_000, 9_000, 9_000])
        fleet.settings.maxReplicas = 4
        let decision = fleet.plan()
        #expect(decision.replicas == 4)
        #expect(decision.reason == .atMaximum)
        #expect(decision.message.contains("5 are needed and maxReplicas is 4"))
    }

    @Test func `a maximum below the minimum is the minimum`() {
        var fleet = TestFleet([0])
        fleet.settings.minReplicas = 3
        fleet.settings.maxReplicas = 1
        #expect(fleet.plan().replicas == 3)
    }

    @Test func `pods that hold less than is wanted count for what they hold`() {
        var fleet = TestFleet([4_000, 4_000])
        fleet.change("a") { $0.capacity = 5_000 }
        fleet.change("b") { $0.capacity = 5_000 }
        #expect(fleet.plan().replicas == 4)
    }

    @Test(arguments: [
        // How busy three pods are; what is needed at 60 %, the buffer included. Two of the three carry load.
        (0.20, 3), (0.40, 3), (0.43, 3), (0.45, 4), (0.60, 4), (0.90, 6),
    ])
    func `busy loops need pods, with a tolerance of a tenth`(busy: Double, pods: Int) {
        var fleet = TestFleet([0, 0, 0])
        for name in ["a", "b", "c"] { fleet.change(name) { $0.utilization = [busy] } }
        #expect(fleet.plan().replicas == pods)
    }

    @Test func `the busiest shard of a pod counts`() {
        var fleet = TestFleet([0, 0, 0])
        fleet.settings.shards = 2
        for name in ["a", "b", "c"] { fleet.change(name) { $0.utilization = [0.1, 0.9] } }
        #expect(fleet.plan().replicas == 6)
    }

    @Test func `pods of one shard count half where pods are to have two`() {
        var fleet = TestFleet([0, 0, 0])
        fleet.settings.shards = 2
        for name in ["a", "b", "c"] { fleet.change(name) { $0.utilization = [0.9] } }
        #expect(fleet.plan().replicas == 4)
    }

    @Test func `a pod that just became ready may be as busy as it likes`() {
        var fleet = TestFleet([0, 0, 0])
        for name in ["a", "b", "c"] {
            fleet.change(name) {
                $0.utilization = [1]
                $0.readyFor = 40
            }
        }
        #expect(fleet.plan().replicas == 3)
        fleet.watch(for: 10)
        #expect(fleet.watch(for: 30).replicas > 3)
    }

    @Test func `a short noise of the loops changes little`() {
        var fleet = TestFleet([0, 0, 0])
        fleet.watch(for: 60)
        for name in ["a", "b", "c"] { fleet.change(name) { $0.utilization = [1] } }
        #expect(fleet.plan().replicas == 3)
    }

    @Test func `a fixed number is what is said, whatever the load`() {
        var fleet = TestFleet([9_000, 9_000])
        fleet.settings.fixedReplicas = 1
        let decision = fleet.plan()
        #expect(decision.replicas == 1)
        #expect(decision.reason == .fixed)
        #expect(decision.message == "spec.edge.replicas asks for 1 pod; 18000 connections on 2 pods that accept more")
    }

    @Test func `after a fixed number nothing goes before a whole window`() {
        var fleet = TestFleet([0, 0, 0, 0])
        fleet.watch(for: 600)
        fleet.settings.fixedReplicas = 4
        fleet.watch(for: 600)
        fleet.settings.fixedReplicas = nil
        #expect(fleet.watch(for: 590).replicas == 4)
        #expect(fleet.watch(for: 20).replicas == 3)
    }
}
