// The sums over a fleet, what is assumed in them, and whether pods can go.

import Testing

@testable import Operator

@Suite struct ViewTests {
    /// Two that report, one that drains, one that starts.
    private var mixed: TestFleet {
        var fleet = TestFleet([3_000, 5_000, 700, 0])
        fleet.replicas = 3
        fleet.change("c") { $0.isTerminating = true }
        fleet.change("d") {
            $0.isReady = false
            $0.age = 20
            $0.reported = nil
        }
        return fleet
    }

    @Test func `pods count by what they do`() {
        let view = self.mixed.view
        #expect(view.members.map(\.name) == ["a", "b", "c", "d"])
        #expect(view.staying.map(\.name) == ["a", "b", "d"])
        #expect(view.accepting.map(\.name) == ["a", "b"] && view.reporting.map(\.name) == ["a", "b"])
        #expect(view.connections == 8_700 && view.drainingConnections == 700)
        #expect(view.missing == 0 && view.isDraining && view.drainingInPlace == 0 && !view.isBlind)
        var silent = self.mixed
        silent.change("a") { $0.reported = nil }
        silent.change("b") { $0.isDraining = true }
        #expect(silent.view.missing == 1 && silent.view.connections == 5_700)
        #expect(silent.view.drainingConnections == 5_700 && silent.view.drainingInPlace == 1)
    }

    @Test(arguments: [(Int.min, 0), (-1, 0), (0, 0), (1, 1), (100_000, 100_000), (.max, 100_000)])
    func `as many pods are wanted as is said, within reason`(replicas: Int, wanted: Int) {
        var fleet = TestFleet([])
        fleet.replicas = replicas
        #expect(fleet.view.replicas == wanted)
    }

    @Test func `a pod of which nothing is remembered is ready since it was made`() {
        var fleet = TestFleet([3_000])
        fleet.change("a") {
            $0.readyFor = nil
            $0.reported = nil
        }
        let view = FleetView(fleet.observation, memory: [:], settings: fleet.settings, now: fleet.now)
        #expect(view.missing == 1)
    }

    @Test(arguments: [([5_000, 10_000], 7_500), ([20_000, 20_000], 10_000), ([1, 3], 2)] as [([Int], Double)])
    func `a pod holds what is wanted, or what those that run hold on average`(capacities: [Int], capacity: Double) {
        var fleet = TestFleet([0, 0])
        for (name, capacity) in zip(["a", "b"], capacities) { fleet.change(name) { $0.capacity = capacity } }
        #expect(fleet.view.podCapacity == capacity)
        for name in ["a", "b"] { fleet.change(name) { $0.reported = nil } }
        #expect(fleet.view.podCapacity == 10_000)
    }

    @Test func `nothing is known of a fleet in which nobody reports who ought to`() {
        var fleet = TestFleet([100, 100])
        #expect(!fleet.view.isBlind)
        fleet.change("a") { $0.reported = nil }
        #expect(!fleet.view.isBlind)
        fleet.change("b") { $0.reported = nil }
        #expect(fleet.view.isBlind)
        // One that just became ready need not, the other need.
        fleet.change("a") { $0.readyFor = 10 }
        #expect(fleet.view.isBlind)
        fleet.change("b") { $0.readyFor = 10 }
        #expect(!fleet.view.isBlind)
        for name in ["a", "b"] { fleet.change(name) { $0.isReady = false } }
        #expect(fleet.view.isBlind)
        fleet.pods = []
        #expect(!fleet.view.isBlind)
    }

    @Test func `silent pods are like the others, or full`() {
        var fleet = TestFleet([3_000, 5_000, 0, 0])
        for (name, busy) in [("a", 0.5), ("b", 0.75)] { fleet.change(name) { $0.utilization = [busy] } }
        fleet.change("c") { $0.reported = nil }
        #expect(fleet.view.demand(.average) == 8_000 + 8_000 / 3.0 && fleet.view.demand(.full) == 18_000)
        // The one that is quiet without being silent is as idle as it says.
        #expect(abs(fleet.view.work(.average) - (1.25 + 1.25 / 3)) < 1e-9 && fleet.view.work(.full) == 2.25)
        fleet.change("d") {
            $0.readyFor = 10
            $0.reported = nil
        }
        #expect(fleet.view.demand(.average) == 12_000)
        #expect(fleet.view.work(.average) == 1.25 + 0.625 && fleet.view.work(.full) == 1.25 + 1 + 0.6)
        // One that is down was full at worst; nobody new comes to it.
        fleet.look()
        fleet.change("c") { $0.isReady = false }
        #expect(fleet.view.demand(.average) == 8_000 && fleet.view.demand(.full) == 18_000)
        for name in ["a", "b"] { fleet.change(name) { $0.reported = nil } }
        #expect(fleet.view.demand(.average) == 0 && fleet.view.work(.average) == 0)
    }

    @Test(
        arguments: [
            ([600, 599, 700], 1, 7_000), ([600, 600, 600, 600], 1, 21_000), ([600, 600, 600], 0, 21_000),
            ([599, 5], 1, 7_000), ([599], 0, 7_000),
        ] as [([Int64], Int, Double)]
    )
    func `a fleet was made for what pods of that age hold at the target, but for the buffer`(
        ages: [Int64],
        buffer: Int,
        clients: Double
    ) {
        var fleet = TestFleet(ages.map { _ in 0 })
        fleet.settings.bufferPods = buffer
        for (index, age) in ages.enumerated() { fleet.pods[index].age = age }
        #expect(abs(fleet.view.provided(before: 600_000) - clients) < 1e-6)
    }

    @Test(
        arguments: [
            // How many pods serve, for how many seconds others start, and how much of a minute's clients comes to one.
            (4, [], 15), (4, [20], 14), (4, [10, 30], 40 / 4.0 + 20 / 6), (0, [], 60), (0, [20], 40 + 20 / 2),
            (4, [90], 12), (4, [0], 15), (4, [-5], 15), (4, [300], 15), (4, [299], 12),
        ] as [(Int, [Int64], Double)]
    )
    func `until new pods are ready all come to those that are`(serving: Int, starting: [Int64], part: Double) {
        var fleet = TestFleet(Array(repeating: 0, count: serving))
        for (index, age) in starting.enumerated() {
            fleet.pods.append(TestPod(name: "new-\(index)", isReady: false, age: age, reported: nil))
        }
        #expect(abs(fleet.view.partBeforeReady(leadTime: 60) - part) < 1e-9)
    }

    @Test(
        arguments: [
            // What pods hold, how many are to go, who comes meanwhile, the buffer, and who has no room: above 9,000.
            ([7_500, 7_500, 3_000], 1, 0, 0, nil), ([7_501, 7_500, 3_000], 1, 0, 0, "a"),
            ([7_500, 7_501, 3_000], 1, 0, 0, "b"), ([7_501, 7_501, 3_000], 1, 0, 0, "a"),
            ([7_500, 7_500, 3_000], 1, 1, 0, "a"), ([7_500, 7_500, 3_000], 1, 0, 1, "a"),
            // (3,000 + 5,000) / 2 where one more may be lost.
            ([5_000, 5_000, 5_000, 3_000], 1, 0, 1, nil), ([5_001, 5_000, 5_000, 3_000], 1, 0, 1, "a"),
            // Where the buffer is all there is left, its loss is not provided for.
            ([6_000, 3_000], 1, 0, 1, nil), ([6_001, 3_000], 1, 0, 1, "a"), ([0, 0], 2, 0, 0, "a"), ([0], 1, 0, 0, "a"),
            ([7_500, 7_500, 1_000, 2_000], 2, 0, 0, nil), ([7_500, 7_500, 1_001, 2_000], 2, 0, 0, "a"),
        ] as [([Int], Int, Double, Int, String?)]
    )
    func `pods go where the others have room`(
        held: [Int],
        count: Int,
        coming: Double,
        buffer: Int,
        crowded: String?
    ) {
        var fleet = TestFleet(held)
        fleet.settings.bufferPods = buffer
        let obstacle = fleet.view.obstacle(toRemoving: count, coming: coming, isUrgent: false)
        #expect(obstacle == crowded.map { .noRoom($0) })
        #expect(fleet.view.obstacle(toRemoving: count, coming: coming, isUrgent: true) == nil)
    }

    @Test func `what drains already comes back to those that stay`() {
        var fleet = TestFleet([7_500, 7_500, 2_000])
        fleet.settings.bufferPods = 0
        fleet.pods.append(TestPod(name: "d", connections: 1_000, isTerminating: true))
        // Its node is gone, but not its word.
        fleet.state.look(at: fleet.observation.pods, now: fleet.now - 59_000)
        fleet.look()
        fleet.settings.drainGracePeriod = .zero
        fleet.now += 2_000
        #expect(!fleet.view.isDraining)
        #expect(fleet.view.obstacle(toRemoving: 1, coming: 0, isUrgent: false) == nil)
        fleet.change("d") { $0.connections = 1_001 }
        #expect(fleet.view.obstacle(toRemoving: 1, coming: 0, isUrgent: false) == .noRoom("a"))
    }

    @Test(arguments: [true, false])
    func `none goes while pods change, start, or are not ready and hold clients`(isUrgent: Bool) {
        func obstacle(_ change: (inout TestFleet) -> Void) -> ScaleDownObstacle? {
            var fleet = TestFleet([0, 0, 0, 0])
            change(&fleet)
            return fleet.view.obstacle(toRemoving: 1, coming: 0, isUrgent: isUrgent)
        }
        #expect(obstacle { _ in } == nil)
        #expect(obstacle { $0.replicas = 5 } == .changing)
        #expect(obstacle { $0.replicas = 3 } == .changing)
        #expect(
            obstacle {
                $0.replicas = 3
                $0.change("a") { $0.isTerminating = true }
            } == .changing
        )
        func unready(_ names: [String], age: Int64, holding connections: Int) -> ScaleDownObstacle? {
            obstacle { fleet in
                for name in names {
                    fleet.change(name) {
                        $0.isReady = false
                        $0.age = age
                        $0.connections = connections
                    }
                }
            }
        }
        #expect(unready(["c", "b"], age: 299, holding: 0) == .starting("b"))
        #expect(unready(["c", "b"], age: 300, holding: 0) == nil)
        #expect(unready(["c", "b"], age: 300, holding: 1) == .unready("b"))
    }

    @Test(arguments: [
        // What three pods hold of which the last is to drain, and whether it goes.
        ([7_500, 7_500, 3_000], true), ([7_501, 7_500, 3_000], false), ([0, 0, 0], true),
    ])
    func `a requested drain needs room for its clients and for no more`(held: [Int], goes: Bool) {
        var fleet = TestFleet(held)
        fleet.change("c") { $0.drainRequested = true }
        #expect(fleet.view.requestedDrains == (goes ? ["c"] : []))
        fleet.replicas = 4
        #expect(fleet.view.requestedDrains == (goes ? ["c"] : []), "one is missing")
        fleet.replicas = 2
        #expect(fleet.view.requestedDrains == [], "one is more than is wanted")
        fleet.replicas = 3
        for name in ["a", "b", "c"] { fleet.change(name) { $0.reported = nil } }
        for name in ["a", "b"] { fleet.change(name) { $0.readyFor = 10 } }
        #expect(fleet.view.requestedDrains == [], "nothing is known")
    }

    @Test(arguments: [(0, 1), (1, 1), (2, 2), (3, 2), (5, 2), (nil, 2)] as [(Int?, Int)])
    func `so many requested drains are carried out at once, in the order of names`(most: Int?, count: Int) {
        var fleet = TestFleet([100, 100, 100])
        fleet.settings.scaleDownMaxPodsAtOnce = most
        for name in ["a", "b", "c"] { fleet.change(name) { $0.drainRequested = true } }
        #expect(fleet.view.requestedDrains == Array(["a", "b"].prefix(count)))
        fleet.change("a") { $0.isTerminating = true }
        #expect(fleet.view.requestedDrains == [])
    }
}
