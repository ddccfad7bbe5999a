import FoundationEssentials
import KubeClient
import Operator
import Testing

/// What a Cell says of its workers.
struct WorkerRolloutTests {
    private func condition(
        wanted: Int64 = 2,
        ready: Int64 = 2,
        updated: Int64 = 2,
        waiting: Int? = 7,
        stuck: Bool = false,
        _ handover: WorkHandover = .workers
    ) -> Condition {
        let progress: JSON = ["type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"]
        let deployment = KubeObject(
            .deployments,
            name: "roost-default-worker",
            namespace: "roost",
            [
                "spec": ["replicas": .integer(wanted)],
                "status": [
                    "readyReplicas": .integer(ready), "updatedReplicas": .integer(updated),
                    "conditions": stuck ? [progress] : [],
                ],
            ]
        )
        return WorkerRollout.condition(of: deployment, pods: [], waiting: waiting, handover, now: Date())
    }

    @Test func `it says how many are ready, and how far behind they are`() {
        let condition = self.condition()
        #expect(condition.status == .yes && condition.reason == "Available")
        #expect(condition.message == "2 of 2 workers are ready; 7 items wait in the feed")
        let one = self.condition(wanted: 1, ready: 1, updated: 1, waiting: 1)
        #expect(one.message == "1 of 1 worker is ready; 1 item waits in the feed")
        #expect(self.condition(waiting: nil).message == "2 of 2 workers are ready")
    }

    @Test(
        arguments: [
            (2, 2, 2, 19_999, false, .yes, "Available"), (2, 2, 2, 20_000, false, .yes, "Behind"),
            (2, 0, 2, 0, false, .no, "NoWorkersReady"), (2, 0, 2, 90_000, false, .no, "NoWorkersReady"),
            (2, 1, 2, 0, false, .yes, "Progressing"), (2, 2, 1, 0, false, .yes, "Progressing"),
            (2, 1, 1, 0, true, .yes, "RolloutStuck"), (2, 0, 1, 0, true, .no, "RolloutStuck"),
        ] as [(Int64, Int64, Int64, Int, Bool, Condition.Status, String)]
    )
    func `each state has its reason`(
        wanted: Int64,
        ready: Int64,
        updated: Int64,
        waiting: Int,
        stuck: Bool,
        status: Condition.Status,
        reason: String
    ) {
        let condition = self.condition(wanted: wanted, ready: ready, updated: updated, waiting: waiting, stuck: stuck)
        #expect(condition.status == status && condition.reason == reason, "\(condition)")
    }

    @Test func `as long as edges do the work too it is on its way`() {
        for (handover, text) in [
            (WorkHandover.edges, "edges do the work until a worker is ready"),
            (.told, "edges that are being replaced may do the work too"),
        ] {
            let condition = self.condition(handover)
            #expect(condition.reason == "Progressing" && condition.message.hasSuffix(text))
        }
    }

    @Test func `before there are any, it says what they wait for`() {
        let condition = WorkerRollout.condition(of: nil, pods: [], waiting: nil, .edges, now: Date())
        #expect(condition.status == .no && condition.reason == "NoWorkersReady")
        #expect(condition.message.contains("they are made when the stores answer"))
    }
}
