import FoundationEssentials
import KubeClient
import Operator
import Tenant
import Testing

/// What a pod's status says of why it is not ready, as kubelets and schedulers write it.
@Suite struct PodTroubleTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    static func pod(_ status: JSON, name: String = "edge-1") -> KubeObject {
        KubeObject(["metadata": ["name": .string(name), "namespace": "roost"], "status": status])
    }

    private static func container(_ state: JSON, last: JSON = [:], ready: Bool = false) -> JSON {
        ["containerStatuses": [["name": "edge", "ready": .bool(ready), "state": state, "lastState": last]]]
    }

    private static func running(for seconds: Double) -> JSON {
        ["running": ["startedAt": .string(KubeTime.text(Self.now.addingTimeInterval(-seconds)))]]
    }

    private static func condition(_ type: String, _ status: String, _ reason: String, _ message: String) -> JSON {
        [
            "conditions": [
                [
                    "type": .string(type), "status": .string(status), "reason": .string(reason),
                    "message": .string(message),
                ]
            ]
        ]
    }

    @Test(
        arguments: [
            (
                container(["waiting": ["reason": "ImagePullBackOff", "message": "Back-off pulling image \"roost:9\""]]),
                "does not start: ImagePullBackOff: Back-off pulling image \"roost:9\""
            ),
            (
                container(["waiting": ["reason": "CreateContainerConfigError", "message": "secret \"x\" not found"]]),
                "does not start: CreateContainerConfigError: secret \"x\" not found"
            ),
            (
                container(
                    ["waiting": ["reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"]],
                    last: [
                        "terminated": [
                            "exitCode": 78, "reason": "Error", "message": "starting\nROOST_X is no number\n",
                        ]
                    ]
                ),
                "ends again and again, the last time with exit code 78: ROOST_X is no number"
            ),
            (
                container(
                    ["waiting": ["reason": "CrashLoopBackOff"]],
                    last: ["terminated": ["exitCode": 137, "reason": "OOMKilled"]]
                ),
                "ends again and again, the last time by using more memory than its limit (OOMKilled)"
            ),
            (
                container(running(for: 1), last: ["terminated": ["exitCode": 137, "reason": "OOMKilled"]]),
                "was started again, the last time by using more memory than its limit (OOMKilled)"
            ),
            (
                condition("PodScheduled", "False", "Unschedulable", "0/3 nodes are available: 3 Insufficient memory."),
                "cannot be scheduled: 0/3 nodes are available: 3 Insufficient memory."
            ),
            (
                ["phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."],
                "has failed: Evicted: The node was low on resource: memory."
            ),
            (
                container(running(for: 30)),
                "runs since 2027-01-15T07:59:30Z and does not become ready: its readiness probe fails"
            ),
            (
                ["initContainerStatuses": [["name": "a", "state": ["waiting": ["reason": "ErrImagePull"]]]]],
                "does not start: ErrImagePull"
            ),
        ] as [(JSON, String)]
    )
    func `is told in a sentence`(status: JSON, sentence: String) {
        #expect(PodTrouble.sentence(of: Self.pod(status), now: Self.now) == "pod edge-1 \(sentence)")
    }

    @Test(
        arguments: [
            [:], container(["waiting": ["reason": "ContainerCreating"]]), container(running(for: 19)),
            container(running(for: 500), ready: true), ["phase": "Pending"],
            condition("Ready", "True", "", "").merging(
                container(running(for: 500), last: ["terminated": ["reason": "OOMKilled"]])
            ),
        ] as [JSON]
    )
    func `is none while a pod is on its way or ready`(status: JSON) {
        #expect(PodTrouble.sentence(of: Self.pod(status), now: Self.now) == nil)
    }

    @Test func `is none of a pod that goes`() {
        var pod = Self.pod(["phase": "Failed"])
        pod.json["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(PodTrouble.sentence(of: pod, now: Self.now) == nil)
    }

    // MARK: In the condition of a cell

    private static func deployment(ready: Int64, updated: Int64 = 2, _ conditions: JSON = []) -> KubeObject {
        KubeObject([
            "metadata": ["generation": 1], "spec": ["replicas": 2],
            "status": [
                "observedGeneration": 1, "replicas": .integer(updated), "updatedReplicas": .integer(updated),
                "readyReplicas": .integer(ready), "conditions": conditions,
            ],
        ])
    }

    private static let broken = pod(container(["waiting": ["reason": "ErrImagePull"]]))

    @Test func `makes a cell degraded, with how many are missing and why`() {
        let condition = EdgeRollout.condition(of: Self.deployment(ready: 1), pods: [Self.broken], now: Self.now)
        #expect(condition.status == .yes && condition.reason == "Degraded" && condition.severity == .complaint)
        #expect(condition.message == "1 of 2 edges are ready; pod edge-1 does not start: ErrImagePull")
    }

    @Test func `leaves a cell alone that has all its edges`() {
        let evicted = Self.pod(["phase": "Failed", "reason": "Evicted"])
        let condition = EdgeRollout.condition(of: Self.deployment(ready: 2), pods: [evicted], now: Self.now)
        #expect(condition.reason == "Available" && condition.message == "2 of 2 edges are ready")
    }

    @Test func `leaves a cell progressing while what is missing only starts`() {
        let starting = Self.pod(Self.container(Self.running(for: 5)))
        let condition = EdgeRollout.condition(of: Self.deployment(ready: 1), pods: [starting], now: Self.now)
        #expect(condition.status == .yes && condition.reason == "Progressing")
    }

    @Test func `says why nobody is served`() {
        let condition = EdgeRollout.condition(of: Self.deployment(ready: 0), pods: [Self.broken], now: Self.now)
        #expect(condition.status == .no && condition.reason == "NoPodsReady")
        #expect(condition.message == "0 of 2 edges are ready; pod edge-1 does not start: ErrImagePull")
    }

    @Test func `is the server's if pods cannot be made, and three of many`() {
        let failure: JSON = [
            ["type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota: pods=2"]
        ]
        let deployment = Self.deployment(ready: 1, updated: 1, failure)
        let pods = (1...4).map { Self.pod(["phase": "Failed"], name: "edge-\($0)") }
        let condition = EdgeRollout.condition(of: deployment, pods: pods, now: Self.now)
        #expect(
            condition.message
                == "1 of 2 edges are ready; pods cannot be made: exceeded quota: pods=2; pod edge-1 has failed; "
                + "pod edge-2 has failed; and 2 more"
        )
    }

    @Test func `is none of a Deployment whose pods could not be made before and can be now`() {
        let over: JSON = [["type": "ReplicaFailure", "status": "False", "message": "exceeded quota: pods=2"]]
        let condition = EdgeRollout.condition(of: Self.deployment(ready: 1, over), pods: [], now: Self.now)
        #expect(condition.reason == "Progressing" && !condition.message.contains("quota"))
    }
}

extension JSON {
    fileprivate func merging(_ other: JSON) -> JSON {
        var result = self
        for (key, value) in other.fields ?? [:] { result[key] = value }
        return result
    }
}
