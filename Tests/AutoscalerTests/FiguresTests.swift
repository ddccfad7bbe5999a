// Figures that are missing, old, of nobody, or nonsense.

import Operator
import Testing

@Suite struct FiguresTests {
    @Test func `silent pods are like the others where pods might be added`() {
        // Four that hold 6,900 need four and the buffer. The fourth is silent, and is taken for such.
        var fleet = TestFleet([6_900, 6_900, 6_900, 0])
        fleet.change("d") { $0.reported = 31 }
        #expect(fleet.plan().replicas == 5)
        fleet.change("d") { $0.reported = 30 }
        #expect(fleet.plan().replicas == 4)
    }

    @Test func `silent pods are full where pods might be taken away`() {
        var fleet = TestFleet([3_000, 3_000, 3_000, 3_000])
        fleet.change("a") { $0.reported = nil }
        let decision = fleet.watch(for: 700)
        #expect(decision.replicas == 4)
        #expect(decision.reason == .figuresMissing)
        #expect(decision.message.contains("1 pod silent"))
        fleet.change("a") { $0.reported = 0 }
        #expect(fleet.watch(for: 590).replicas == 4)
        #expect(fleet.watch(for: 40).replicas == 3)
    }

    @Test func `a pod that became ready just now is not missed`() {
        var fleet = TestFleet([6_000, 6_000, 0])
        fleet.change("c") {
            $0.reported = nil
            $0.readyFor = 10
        }
        let decision = fleet.plan()
        #expect(decision.replicas == 3)
        #expect(!decision.message.contains("silent"))
    }

    @Test func `while nobody reports the number stays, and after a minute it is the fallback at least`() {
        var fleet = TestFleet([6_000, 6_000])
        fleet.plan()
        for name in ["a", "b"] { fleet.change(name) { $0.reported = nil } }
        let waiting = fleet.watch(for: 60)
        #expect(waiting.replicas == 2)
        #expect(waiting.reason == .steady)
        let decision = fleet.watch(for: 10)
        #expect(decision.replicas == 4)
        #expect(decision.reason == .figuresMissing)
        #expect(decision.reason.conditionStatus == "Unknown")
        #expect(
            decision.message
                == "none of 2 pods has reported for 70 s; raised from 2 to 4, fallbackReplicas is 4"
        )
    }

    @Test func `the fallback takes nothing away`() {
        var fleet = TestFleet([6_000, 6_000, 6_000, 6_000, 6_000, 6_000])
        fleet.settings.maxReplicas = 5
        for name in ["a", "b", "c", "d", "e", "f"] { fleet.change(name) { $0.reported = nil } }
        #expect(fleet.watch(for: 1_200).replicas == 6)
    }

    @Test func `the fallback is within the bounds`() {
        var fleet = TestFleet([0, 0])
        fleet.settings.maxReplicas = 3
        for name in ["a", "b"] { fleet.change(name) { $0.reported = nil } }
        #expect(fleet.watch(for: 120).replicas == 3)
    }

    @Test func `when figures are back nothing goes before a whole window`() {
        var fleet = TestFleet([100, 100, 100, 100])
        fleet.watch(for: 590)
        fleet.watch(for: 120) { fleet in
            for name in ["a", "b", "c", "d"] { fleet.change(name) { $0.reported = nil } }
        }
        for name in ["a", "b", "c", "d"] { fleet.change(name) { $0.reported = 0 } }
        #expect(fleet.watch(for: 590).replicas == 4)
        #expect(fleet.watch(for: 40).replicas == 3)
    }

    @Test func `where no pod is ready nothing is known, and more of them would be no help`() {
        var fleet = TestFleet([0, 0])
        for name in ["a", "b"] {
            fleet.change(name) {
                $0.isReady = false
                $0.reported = nil
            }
        }
        let decision = fleet.watch(for: 1_200)
        #expect(decision.replicas == 2)
        #expect(decision.reason == .figuresMissing)
        #expect(decision.message == "none of 2 pods has been ready for 1195 s; kept at 2")
    }

    @Test func `reports of pods that do not exist count nothing`() {
        var fleet = TestFleet([3_000, 3_000, 9_000])
        fleet.replicas = 2
        var observation = fleet.observation
        observation.pods.removeLast()
        let (decision, _) = Autoscaler.plan(
            observation,
            under: fleet.settings,
            from: AutoscalerState(),
            at: fleet.now
        )
        #expect(decision.replicas == 2)
        #expect(decision.status.connections == 6_000)
    }

    @Test func `of two reports of a pod the later one counts`() {
        let fleet = TestFleet([3_000, 3_000])
        var observation = fleet.observation
        let old = observation.reports[0]
        observation.reports[0].connections = 1_000
        observation.reports[0].reportedAt += 1
        observation.reports.append(old)
        for _ in 0..<2 {
            observation.reports.reverse()
            let plan = Autoscaler.plan(observation, under: fleet.settings, from: AutoscalerState(), at: fleet.now)
            #expect(plan.decision.status.connections == 4_000)
        }
    }

    @Test func `a pod that is down does not count its clients twice`() {
        // They are back elsewhere already, and its last report is not half a minute old.
        var fleet = TestFleet([6_900, 6_900, 6_900])
        fleet.plan()
        fleet.change("c") {
            $0.isReady = false
            $0.reported = 15
        }
        #expect(fleet.plan().status.connections == 13_800)
    }

    @Test(arguments: [
        PodReport(pod: "a", connections: .max, capacity: .max, utilization: [.infinity], reportedAt: 0),
        PodReport(pod: "a", connections: .min, capacity: .min, utilization: [-.infinity], reportedAt: 0),
        PodReport(pod: "a", connections: -1, capacity: 0, utilization: [.nan], reportedAt: 0),
        PodReport(pod: "a", connections: 1, capacity: 1, utilization: [], reportedAt: .max),
        PodReport(pod: "a", connections: 1, capacity: 1, utilization: [2], reportedAt: .min),
    ])
    func `nonsense does no harm`(report: PodReport) {
        var fleet = TestFleet([100, 100])
        for _ in 0..<20 {
            fleet.now += 5_000
            var observation = fleet.observation
            observation.reports[0] = report
            if report.reportedAt == 0 { observation.reports[0].reportedAt = fleet.now }
            let plan = Autoscaler.plan(observation, under: fleet.settings, from: fleet.state, at: fleet.now)
            fleet.state = plan.state
            #expect((2...20).contains(plan.decision.replicas))
        }
    }

    @Test(arguments: [Int.min, -1, 0, 1, .max])
    func `settings that make no sense do no harm`(value: Int) {
        var fleet = TestFleet([100, 100])
        fleet.settings = AutoscalerSettings(
            minReplicas: value,
            maxReplicas: value,
            targetConnections: value,
            targetLoopUtilization: value,
            connectionsPerPod: value,
            shards: value,
            bufferPods: value,
            scaleUpMaxPodsPerMinute: value,
            scaleUpMaxPercentPerMinute: value,
            scaleDownStabilization: .seconds(value < 0 ? -1 : value),
            scaleDownMaxPodsAtOnce: value,
            fallbackReplicas: value,
            drainGracePeriod: .seconds(value < 0 ? -1 : value)
        )
        #expect(fleet.watch(for: 60).replicas >= 1)
    }
}
