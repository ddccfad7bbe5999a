import FoundationEssentials
import KubeClient
import Operator
import StateStore
import Tenant
import Testing

/// The rules by which a cell is judged, as tables.
struct CellRulesTests {
    @Test(
        arguments: [
            ("postgresql://u:p@h/db", [5432]),
            ("postgresql://u:p@h:6000/db", [6000]),
            ("postgresql://u@h1:5432,h2:5433/db", [5432, 5433]),
            ("postgresql://u@h1,h2:5433,[2001:db8::1]:5434/db?sslmode=require", [5432, 5433, 5434]),
            ("postgresql://u@h/db?port=6432", [6432]),
            ("postgresql:///db?host=h1,h2&port=6001,6002", [6001, 6002]),
            ("postgresql:///db?host=h1,h2&port=6001%2C6002&sslmode=require", [6001, 6002]),
            ("postgresql://u:p%40q@h:5999", [5999]),
            ("postgresql://[2001:db8::1]/db", [5432]),
            ("host=h port=6000", [5432]), ("postgresql://u@h:6000,h:6000/db", [6000]),
            // A slash ends the host for libpq, which connects: nobody gets anywhere with it.
            ("postgresql://u:p/w@h:6000/db", [5432]),
        ]
    )
    func `all ports of a database's URL are found`(url: String, ports: [Int]) {
        #expect(StorePlace(database: url).ports == ports)
    }

    @Test(
        arguments: [
            ("redis://h", [6379]), ("redis://h:6380/1", [6380]), ("rediss://u:p/w:d@h:6381", [6381]),
            ("redis://:secret@[2001:db8::1]:6382/0", [6382]), ("unix:///run/redis.sock", [6379]),
        ]
    )
    func `the port of a live store's URL is found`(url: String, ports: [Int]) {
        #expect(StorePlace(redis: url).ports == ports)
    }

    @Test func `a store is away when nothing was answered for longer than one is patient`() {
        var pulse = StorePulse()
        func trouble(_ second: Int) -> String? { pulse.trouble(at: .seconds(second), patience: .seconds(15)) }
        // Nobody asked, which is not its fault.
        #expect(trouble(1000) == nil)
        pulse.asked(at: .seconds(100))
        #expect(trouble(115) == nil)
        #expect(trouble(116) == "it does not answer")
        pulse.failed("refused")
        // One failure says nothing.
        #expect(trouble(110) == nil)
        pulse.asked(at: .seconds(115))
        #expect(trouble(116) == "refused")
        pulse.answered()
        pulse.asked(at: .seconds(120))
        #expect(trouble(135) == nil)
        #expect(trouble(136) == "it does not answer")
    }

    @Test func `of a pod that was started again only its latest process counts`() throws {
        let figures = [
            PodFigures(pod: "a", connections: 900, started: 1), PodFigures(pod: "a", connections: 3, started: 2),
            PodFigures(pod: "b", connections: 40, started: 1),
            // Outside Kubernetes nobody has a name.
            PodFigures(pod: "", connections: 5, started: 1), PodFigures(pod: "", connections: 6, started: 2),
        ]
        for order in [figures, figures.reversed()] {
            let carried = try order.map { try $0.json() } + [Array("nothing".utf8)]
            #expect(PodFigures.latest(of: carried).map(\.connections).sorted() == [3, 5, 6, 40])
        }
    }

    /// A Deployment with three pods of its first generation, as a case changes it.
    private static func deployment(generation: Int = 1, _ status: JSON = [:]) -> KubeObject {
        let steady: JSON = [
            "observedGeneration": 1, "replicas": 3, "updatedReplicas": 3, "readyReplicas": 3, "availableReplicas": 3,
        ]
        var object = KubeObject(
            .deployments,
            name: "roost-default-edge",
            namespace: "roost",
            ["spec": ["replicas": 3], "status": steady.merging(status)]
        )
        object.json["metadata"]["generation"] = .integer(Int64(generation))
        return object
    }

    private static let stuck: JSON = [
        ["type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"]
    ]

    @Test(
        arguments: [
            (deployment(), "True", "Available", true),
            // What was just applied, the controller has not seen yet.
            (deployment(generation: 2), "True", "Progressing", false),
            (deployment(["updatedReplicas": 1, "replicas": 4]), "True", "Progressing", false),
            (deployment(["replicas": 4]), "True", "Progressing", false),
            (deployment(["updatedReplicas": 2]), "True", "Progressing", false),
            // Up to date and ready, and not yet for long enough.
            (deployment(["availableReplicas": 2, "unavailableReplicas": 1]), "True", "Available", false),
            (deployment(["readyReplicas": 0, "availableReplicas": 0]), "False", "NoPodsReady", false),
            (deployment(["conditions": stuck, "updatedReplicas": 1]), "True", "RolloutStuck", false),
            (
                deployment(["conditions": stuck, "readyReplicas": 0, "availableReplicas": 0]), "False", "RolloutStuck",
                false
            ),
        ] as [(KubeObject, String, String, Bool)]
    )
    func `edges are as their Deployment says`(
        deployment: KubeObject,
        status: String,
        reason: String,
        isOver: Bool
    ) {
        let condition = EdgeRollout.condition(of: deployment, pods: [], now: Date())
        #expect(condition.type == "EdgeReady" && condition.status.rawValue == status && condition.reason == reason)
        #expect(EdgeRollout.isOver(deployment) == isOver)
    }

    @Test(
        arguments: [
            (3, [:], "NoPodsReady", false), (0, ["observedGeneration": 1], "Available", true),
            (1, ["observedGeneration": 1, "readyReplicas": 1], "Progressing", false),
            (0, [:], "Progressing", false),
            (0, ["observedGeneration": 1, "unavailableReplicas": 1], "Available", false),
        ] as [(Int64, JSON, String, Bool)]
    )
    func `what a status does not say is none`(wanted: Int64, status: JSON, reason: String, isOver: Bool) {
        var object = Self.deployment()
        object.json["spec"]["replicas"] = .integer(wanted)
        object.json["status"] = status
        #expect(EdgeRollout.condition(of: object, pods: [], now: Date()).reason == reason)
        #expect(EdgeRollout.isOver(object) == isOver)
    }

    @Test(arguments: [(0, "False"), (1, "True")] as [(Int64, String)])
    func `a rollout that is stuck leaves what is ready`(ready: Int64, status: String) {
        let object = Self.deployment(["conditions": Self.stuck, "readyReplicas": .integer(ready)])
        #expect(EdgeRollout.condition(of: object, pods: [], now: Date()).status.rawValue == status)
    }

    @Test func `a Deployment that says no number wants one pod`() {
        for (pods, reason, isOver) in [(0, "NoPodsReady", false), (1, "Available", true), (2, "Available", false)] {
            let number = JSON.integer(Int64(pods))
            var object = Self.deployment([
                "replicas": number, "updatedReplicas": number, "readyReplicas": number, "availableReplicas": number,
            ])
            object.json["spec"] = [:]
            #expect(EdgeRollout.condition(of: object, pods: [], now: Date()).reason == reason)
            #expect(EdgeRollout.isOver(object) == isOver)
        }
        var none = Self.deployment(["replicas": 0, "updatedReplicas": 0, "readyReplicas": 0, "availableReplicas": 0])
        none.json["spec"]["replicas"] = 0
        #expect(EdgeRollout.condition(of: none, pods: [], now: Date()).reason == "Available")
    }
}
