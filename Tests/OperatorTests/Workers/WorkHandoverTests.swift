import KubeClient
import Operator
import Testing

/// Who does a cell's work while it goes from edges to workers, and back.
struct WorkHandoverTests {
    private func deployment(told: Bool = false, over: Bool = true, ready: Int64 = 2) -> KubeObject {
        let count: JSON = .integer(over ? 2 : 1)
        return KubeObject(
            .deployments,
            name: "edges",
            namespace: "roost",
            [
                "spec": [
                    "replicas": 2,
                    "template": ["metadata": ["annotations": told ? ["roost.chat/work": "Worker"] : [:]]],
                ],
                "status": [
                    "replicas": 2, "updatedReplicas": count, "availableReplicas": 2, "readyReplicas": .integer(ready),
                ],
            ]
        )
    }

    @Test func `edges go on until a worker is ready, and are told then`() {
        let edges = self.deployment()
        func state(_ workers: KubeObject?) -> WorkHandover {
            WorkHandover.state(isWanted: true, edges: edges, workers: workers)
        }
        #expect(state(nil) == .edges)
        #expect(state(self.deployment(ready: 0)) == .edges)
        #expect(state(self.deployment(ready: 1)) == .told)
    }

    @Test func `once they are told it stays so, whatever becomes of workers`() {
        let rolling = self.deployment(told: true, over: false)
        let over = self.deployment(told: true)
        for workers in [nil, self.deployment(ready: 0), self.deployment()] {
            #expect(WorkHandover.state(isWanted: true, edges: rolling, workers: workers) == .told)
            #expect(WorkHandover.state(isWanted: true, edges: over, workers: workers) == .workers)
        }
    }

    @Test func `where there are no edges yet they are told from the start`() {
        #expect(WorkHandover.state(isWanted: true, edges: nil, workers: nil) == .told)
    }

    @Test func `workers stay until every edge does the work again`() {
        #expect(WorkHandover.state(isWanted: false, edges: self.deployment(told: true), workers: nil) == .edges)
        #expect(!WorkHandover.isTakenBack(by: self.deployment(told: true)))
        #expect(!WorkHandover.isTakenBack(by: self.deployment(over: false)))
        #expect(WorkHandover.isTakenBack(by: self.deployment()))
        #expect(WorkHandover.isTakenBack(by: nil))
    }
}
