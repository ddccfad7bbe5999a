// How many pods a load needs, where each of the numbers that go into it is given.

import Testing

@testable import Operator

@Suite struct RecommendationTests {
    private func outlook(
        growth: Double = 0,
        untilDoubled: Double = 1_000_000,
        leadTime: Double = 60,
        partBeforeReady: Double = 0,
        work: Double = 0
    ) -> Outlook {
        Outlook(
            growth: growth,
            untilDoubled: untilDoubled,
            leadTime: leadTime,
            partBeforeReady: partBeforeReady,
            away: 0,
            work: work
        )
    }

    private func fleet(_ held: [Int], buffer: Int = 0, target: Int = 70) -> TestFleet {
        var fleet = TestFleet(held)
        fleet.settings.bufferPods = buffer
        fleet.settings.targetConnections = target
        return fleet
    }

    @Test(
        arguments: [
            ([0, 0], 0.0, 0), ([1, 0], 0, 1), ([7_000, 0], 0, 1), ([7_001, 0], 0, 2),
            // A client a second for two minutes.
            ([6_880, 0], 1, 1), ([6_881, 0], 1, 2),
        ] as [([Int], Double, Int)]
    )
    func `connections need pods, with those who come until two pods are ready one after the other`(
        held: [Int],
        growth: Double,
        pods: Int
    ) {
        let up = Recommendation(of: self.fleet(held).view, outlook: self.outlook(growth: growth))
        #expect(up.byConnections == pods)
    }

    @Test(
        arguments: [
            // Busy loops, in pods, at a target of a half; pods and buffer; what they need.
            (0.0, 3, 1, 0), (1.0, 3, 1, 2), (1.0625, 3, 1, 2), (1.125, 3, 1, 3), (0.9375, 3, 1, 2), (0.875, 3, 1, 2),
            (0.5, 3, 1, 1), (0.9, 3, 1, 2), (0.45, 3, 1, 1), (0.525, 2, 1, 1), (0.525, 1, 1, 2), (0.0, 1, 1, 0),
            (2.1, 4, 0, 4), (2.25, 4, 0, 5), (2.25, 4, 2, 5),
        ] as [(Double, Int, Int, Int)]
    )
    func `busy loops need pods, unless they are off by a tenth at most`(
        work: Double,
        pods: Int,
        buffer: Int,
        needed: Int
    ) {
        var fleet = self.fleet(Array(repeating: 0, count: pods), buffer: buffer)
        fleet.settings.targetLoopUtilization = 50
        #expect(Recommendation(of: fleet.view, outlook: self.outlook(work: work)).byUtilization == needed)
    }

    /// A fleet of one full pod and an empty one that grows.
    struct Crowd: Sendable {
        var fullest: Int
        var growth: Double
        var buffer = 0
        var untilDoubled = 1_000_000.0
        var part = 0.0
        var drains = 0
        var pods: Int
    }

    @Test(arguments: [
        // Ten a second for 510 s are 5,100, on 1,700 of room.
        Crowd(fullest: 7_300, growth: 10, pods: 3), Crowd(fullest: 7_301, growth: 10, pods: 4),
        // What comes before new pods are ready takes up room.
        Crowd(fullest: 7_100, growth: 10, part: 20, pods: 3), Crowd(fullest: 7_101, growth: 10, part: 20, pods: 4),
        // Until there are twice as many, and until a pod is ready at least.
        Crowd(fullest: 8_000, growth: 10, untilDoubled: 2_000, pods: 2),
        Crowd(fullest: 8_000, growth: 10, untilDoubled: 2_001, pods: 3),
        Crowd(fullest: 8_400, growth: 10, untilDoubled: 100, pods: 1),
        Crowd(fullest: 8_401, growth: 10, untilDoubled: 100, pods: 2),
        // What draining pods give back, also without growth.
        Crowd(fullest: 8_000, growth: 0, drains: 3_000, pods: 3),
        Crowd(fullest: 8_000, growth: 0, drains: 3_001, pods: 4),
        // The clients of another that is lost; no more than twenty minutes of growth.
        Crowd(fullest: 8_430, growth: 1, buffer: 1, pods: 3), Crowd(fullest: 8_431, growth: 1, buffer: 1, pods: 4),
        Crowd(fullest: 6_300, growth: 10, buffer: 1, pods: 5), Crowd(fullest: 3_000, growth: 10, buffer: 1, pods: 2),
        Crowd(fullest: 3_000, growth: 10, buffer: 2, pods: 2), Crowd(fullest: 3_500, growth: 10, buffer: 2, pods: 3),
        // The least room is 150, and 400 where a loss is provided for.
        Crowd(fullest: 8_850, growth: 1, pods: 4), Crowd(fullest: 9_900, growth: 1, pods: 4),
        Crowd(fullest: 9_900, growth: 1, buffer: 1, pods: 5), Crowd(fullest: 9_900, growth: 0, buffer: 1, pods: 0),
    ])
    func `so many pods that the fullest has room for its part`(crowd: Crowd) {
        var fleet = self.fleet([crowd.fullest, 0], buffer: crowd.buffer)
        if crowd.drains > 0 {
            fleet.pods.append(TestPod(name: "c", connections: crowd.drains, isTerminating: true))
        }
        let outlook = self.outlook(
            growth: crowd.growth,
            untilDoubled: crowd.untilDoubled,
            partBeforeReady: crowd.part
        )
        #expect(Recommendation(of: fleet.view, outlook: outlook).byFullestPod == crowd.pods)
    }

    @Test func `the fullest is the one with the least room for it`() {
        var fleet = self.fleet([7_300, 3_500])
        fleet.change("b") { $0.capacity = 5_000 }
        // 5,100 on 1,000 of room.
        let outlook = self.outlook(growth: 10)
        #expect(Recommendation(of: fleet.view, outlook: outlook).byFullestPod == 6)
        for name in ["a", "b"] { fleet.change(name) { $0.reported = nil } }
        #expect(Recommendation(of: fleet.view, outlook: outlook).byFullestPod == 0)
    }

    @Test func `the most of all reasons counts, the buffer on top, and pods that drain in their place`() {
        func replicas(_ connections: Int, _ utilization: Int, _ fullest: Int, buffer: Int, draining: Int) -> Int {
            Recommendation(
                byConnections: connections,
                present: 0,
                byUtilization: utilization,
                byFullestPod: fullest,
                drainingInPlace: draining,
                buffer: buffer
            ).replicas
        }
        #expect(replicas(3, 2, 1, buffer: 1, draining: 0) == 4)
        #expect(replicas(2, 3, 1, buffer: 2, draining: 0) == 5)
        #expect(replicas(2, 3, 5, buffer: 1, draining: 0) == 5)
        #expect(replicas(2, 3, 5, buffer: 1, draining: 2) == 7)
        #expect(replicas(0, 0, 0, buffer: 0, draining: 0) == 0)
        #expect(replicas(99_999, 0, 0, buffer: 2, draining: 0) == 100_000)
    }

    @Test func `there is no load that needs more pods than any fleet has`() {
        var fleet = self.fleet([100_000_000])
        fleet.settings.connectionsPerPod = 1
        let up = Recommendation(of: fleet.view, outlook: self.outlook())
        #expect(up.byConnections == 100_000 && up.replicas == 100_000)
    }

    @Test func `who is silent may be full, and as busy as can be`() {
        var fleet = self.fleet([3_500, 3_500, 0, 0])
        for name in ["a", "b"] { fleet.change(name) { $0.utilization = [0.25] } }
        fleet.change("c") { $0.reported = nil }
        fleet.change("d") {
            $0.reported = nil
            $0.readyFor = 10
        }
        let outlook = self.outlook(work: 0.5)
        let up = Recommendation(of: fleet.view, outlook: outlook)
        let down = up.cautious(fleet.view, outlook: outlook)
        #expect(up.byConnections == 2 && down.byConnections == 3)
        // 0.5 and 0.25 for c, against 0.5 and 1 for c and 0.6 for d; what is assumed is added to the average.
        #expect(up.byUtilization == 1 && down.byUtilization == 4)
        #expect(up.byFullestPod == down.byFullestPod)
        for name in ["c", "d"] { fleet.change(name) { $0 = TestPod(name: name) } }
        let known = Recommendation(of: fleet.view, outlook: outlook)
        #expect(known.cautious(fleet.view, outlook: outlook) == known)
    }
}
