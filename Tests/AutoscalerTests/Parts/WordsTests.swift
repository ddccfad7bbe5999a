// A decision in words: the reason and the message of a Cell's condition.

import Testing

@testable import Operator

@Suite struct WordsTests {
    private func up(_ connections: Int, _ utilization: Int = 0, fullest: Int = 0, buffer: Int = 1) -> Recommendation {
        Recommendation(
            byConnections: connections,
            present: connections + buffer,
            byUtilization: utilization,
            byFullestPod: fullest,
            drainingInPlace: 0,
            buffer: buffer
        )
    }

    private func outlook(growth: Double = 0, work: Double = 0) -> Outlook {
        Outlook(growth: growth, untilDoubled: 0, leadTime: 60, partBeforeReady: 0, away: 0, work: work)
    }

    private func draft(
        _ choice: ScalingChoice,
        _ up: Recommendation,
        _ fleet: TestFleet = TestFleet([4_000, 3_000]),
        _ outlook: Outlook? = nil
    ) -> ScalingDraft {
        .chosen(choice, up, fleet.view, outlook ?? self.outlook())
    }

    @Test(
        arguments: [
            // The direction, the obstacle, whether for missing pods, what is needed; the reason.
            (.none, nil, false, 2, .steady), (.up(from: 1), nil, false, 2, .scaledUp),
            (.down(from: 3), nil, false, 2, .scaledDown), (.none, .justStarted, false, 2, .stabilizing),
            (.none, .justStarted, true, 2, .figuresMissing), (.none, nil, false, 19, .steady),
            (.none, nil, false, 20, .atMaximum), (.none, nil, true, 20, .atMaximum),
        ] as [(ScalingChoice.Direction, ScaleDownObstacle?, Bool, Int, ScalingReason)]
    )
    func `each reason has its time`(
        direction: ScalingChoice.Direction,
        obstacle: ScaleDownObstacle?,
        isForMissing: Bool,
        needed: Int,
        reason: ScalingReason
    ) {
        let choice = ScalingChoice(
            replicas: 20,
            direction: direction,
            obstacle: obstacle,
            isForMissing: isForMissing
        )
        let draft = self.draft(choice, self.up(needed))
        #expect(draft.reason == reason && draft.replicas == 20)
        #expect(draft.message.contains("are needed and maxReplicas is 20") == (reason == .atMaximum))
        // On the way down from above the maximum there are more, on the way up fewer.
        #expect(self.draft(ScalingChoice(replicas: 21, direction: .none), self.up(20)).reason == .atMaximum)
        #expect(self.draft(ScalingChoice(replicas: 19, direction: .none), self.up(20)).reason == .steady)
    }

    @Test func `only what decided is named`() {
        func message(_ up: Recommendation, _ outlook: Outlook? = nil) -> String {
            self.draft(ScalingChoice(replicas: 2, direction: .none), up, TestFleet([4_000, 3_000]), outlook).message
        }
        #expect(message(self.up(1)) == "2 pods; 7000 connections need 1 at 70 % of 10000, and 1 spare")
        #expect(
            message(self.up(1), self.outlook(growth: 0.5))
                == "2 pods; 7000 connections, 30 more a minute, need 1 at 70 % of 10000, and 1 spare"
        )
        #expect(message(self.up(1), self.outlook(growth: 0.0083)) == message(self.up(1)), "half a client is none")
        #expect(message(self.up(1), self.outlook(growth: 0.0084)).contains("connections, 1 more a minute, need"))
        #expect(message(self.up(2, 2)) == "2 pods; 7000 connections need 2 at 70 % of 10000, and 1 spare")
        #expect(
            message(self.up(2, 3), self.outlook(work: 1.5))
                == "2 pods; loops busy to 75 % need 3 at 60 %, and 1 spare"
        )
        #expect(message(self.up(2, 3, fullest: 4)).contains("loops busy to 0 %"))
        let fullest = "2 pods; 7000 connections, 60 more a minute, need 5 to spare the fullest, which has 4000"
        #expect(message(self.up(2, 3, fullest: 5), self.outlook(growth: 1)) == fullest)
        #expect(message(self.up(3, 2, fullest: 5), self.outlook(growth: 1)) == fullest)
        var fleet = TestFleet([])
        fleet.replicas = 1
        #expect(
            self.draft(ScalingChoice(replicas: 1, direction: .none), self.up(0, 1), fleet, self.outlook(work: 0.5))
                .message == "1 pod; loops busy to 50 % need 1 at 60 %, and 1 spare"
        )
    }

    @Test(
        arguments: [
            (.justStarted, "none goes before 600 s were seen"), (.needed(3), "3 were needed within the last 600 s"),
            (.changing, "none goes while pods come and go"), (.starting("a"), "none goes while a starts"),
            (.unready("a"), "none goes while a is not ready and may hold clients"),
            (.noRoom("a"), "none goes while a has no room for more"),
        ] as [(ScaleDownObstacle, String)]
    )
    func `what is in the way is told, and who is silent`(obstacle: ScaleDownObstacle, words: String) {
        var fleet = TestFleet([4_000, 3_000, 100])
        let choice = ScalingChoice(replicas: 3, direction: .down(from: 4), obstacle: obstacle)
        let need = "from 4 to 3 pods; 7100 connections need 1 at 70 % of 10000, and 1 spare"
        #expect(self.draft(choice, self.up(1), fleet).message == "\(need); \(words)")
        fleet.change("c") { $0.reported = nil }
        let silent = "from 4 to 3 pods; 7000 connections need 1 at 70 % of 10000, and 1 spare; 1 pod silent; \(words)"
        #expect(self.draft(choice, self.up(1), fleet).message == silent)
    }

    @Test func `a window of a day is told in seconds`() {
        var fleet = TestFleet([4_000, 3_000])
        fleet.settings.scaleDownStabilization = .seconds(86_400)
        let choice = ScalingChoice(replicas: 2, direction: .none, obstacle: .justStarted)
        #expect(self.draft(choice, self.up(1), fleet).message.hasSuffix("none goes before 86400 s were seen"))
    }

    @Test func `a change says from where to where`() {
        let up = ScalingChoice(replicas: 1, direction: .up(from: 0))
        #expect(self.draft(up, self.up(1)).message.hasPrefix("from 0 to 1 pod; "))
    }

    @Test(
        arguments: [
            (60_000, 2, .steady, "none of 2 pods has reported for 60 s; kept at 2, fallbackReplicas is 4"),
            (
                60_001, 4, .figuresMissing,
                "none of 2 pods has reported for 60 s; raised from 2 to 4, fallbackReplicas is 4"
            ),
        ] as [(Int64, Int, ScalingReason, String)]
    )
    func `for a minute nobody has to report`(silence: Int64, replicas: Int, reason: ScalingReason, message: String) {
        var fleet = TestFleet([100, 100])
        fleet.plan()
        for name in ["a", "b"] { fleet.change(name) { $0.reported = nil } }
        // So that there is no gap.
        fleet.now += silence - 10_000 - 5_000
        fleet.plan()
        fleet.now += 10_000 - 5_000
        let decision = fleet.plan()
        #expect(decision.replicas == replicas && decision.reason == reason && decision.message == message)
    }

    @Test(arguments: [(Int.min, 0), (-1, 0), (0, 0), (1, 1), (100_000, 100_000), (.max, 100_000)])
    func `a fixed number may be none, and is no more than any fleet has`(fixed: Int, replicas: Int) {
        var fleet = TestFleet([100, 100])
        fleet.settings.fixedReplicas = fixed
        #expect(fleet.plan().replicas == replicas)
    }
}
