import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Observability
import Operator
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// What is refused, mistaken or changed by somebody else, in what a cell consists of.
@Suite(.serialized)
struct CellFaultTests {
    private static let edge = "roost-default-edge"

    private func waitEdge(_ rig: ClusterRig, _ reason: String, ready: Int = 2) async throws -> KubeObject {
        let cell = try await rig.wait(for: .cells, "default", "the edges being \(reason)") {
            $0?.condition("EdgeReady")?["reason"] == .string(reason) && $0?.status["readyReplicas"].int == ready
        }
        return try #require(cell)
    }

    // MARK: Refusals

    @Test func `what the API server refuses is told in its words, and scaling goes on`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                _ = try await self.waitEdge(rig, "Available")
                let words = "admission webhook \"policy\" denied the request: no ClusterIP"
                rig.server.fail(
                    KubeAPIMatch(verb: "patch", resource: "services"),
                    with: .init(code: 403, reason: "Forbidden", message: words),
                    times: nil
                )
                let change: DoubleJSON = ["spec": ["edge": ["replicas": 3, "service": ["type": "ClusterIP"]]]]
                try rig.server.patch("cells.roost.chat", name: "default", change)
                let cell = try await self.waitEdge(rig, "ApplyRejected", ready: 3)
                let message = cell.condition("EdgeReady")?["message"].string ?? ""
                #expect(message.contains(words) && message.contains("Service roost-default"), "\(message)")
                // Who is connected is served, and it is not all well.
                #expect(cell.condition("Ready")?["status"] == "True")
                #expect(cell.condition("Ready")?["reason"] == "ApplyRejected")
                #expect(try await rig.waitTold("ApplyRejected").json["type"] == "Warning")
                rig.server.disarmAll()
                _ = try await self.waitEdge(rig, "Available", ready: 3)
                let service = try await rig.user.get(.services, "roost-default", in: "roost")
                #expect(service.spec["type"] == "ClusterIP")
            }
        }
    }

    @Test func `edges that were never taken make the cell say so`() async throws {
        try await ClusterRig.with { rig in
            let words = "Deployment.apps \"roost-default-edge\" is invalid: must be less than or equal to memory limit"
            rig.server.fail(
                KubeAPIMatch(verb: "patch", resource: "deployments"),
                with: .init(code: 422, reason: "Invalid", message: words),
                times: nil
            )
            try await rig.withOperator { _ in
                try await rig.applyCell()
                let cell = try await self.waitEdge(rig, "ApplyRejected", ready: 0)
                #expect(cell.condition("Ready")?["status"] == "False")
                #expect(cell.condition("Ready")?["message"].string?.contains(words) == true)
                #expect(cell.condition("StoresReady")?["status"] == "True")
                rig.server.disarmAll()
                _ = try await self.waitEdge(rig, "Available")
            }
        }
    }

    @Test func `a cell that becomes invalid goes on as it was`() async throws {
        try await ClusterRig.with { rig in
            func set(gracePeriod: String) throws {
                let change: DoubleJSON = ["spec": ["edge": ["drain": ["gracePeriod": .string(gracePeriod)]]]]
                try rig.server.patch("cells.roost.chat", name: "default", change)
            }
            func waitInvalid() async throws -> KubeObject {
                let cell = try await rig.wait(for: .cells, "default", "the mistake being told") {
                    $0?.condition("Ready")?["reason"] == "InvalidSpec"
                        && $0?.status["observedGeneration"].int == $0?.generation
                }
                return try #require(cell)
            }
            try await rig.withOperator { _ in
                try await rig.applyCell()
                _ = try await self.waitEdge(rig, "Available")
                try set(gracePeriod: "999999d")
                let cell = try await waitInvalid()
                #expect(cell.condition("Ready")?["message"].string?.contains("gracePeriod") == true)
                #expect(cell.condition("StoresReady")?["reason"] == "Connected")
                #expect(cell.condition("EdgeReady")?["reason"] == "Available")
                #expect(cell.status["readyReplicas"] == 2 && cell.status["wantedImage"] == "example/roost:1")
                try await rig.user.delete(.services, "roost-default", in: "roost")
                try await rig.wait(for: .services, "roost-default", in: "roost", "upkeep") { $0 != nil }
            }
            // One that begins now never knew better; it says what it sees.
            try await rig.withOperator { _ in
                try await rig.wait(for: .cells, "default", "the stores being left alone") {
                    $0?.condition("StoresReady")?["reason"] == "InvalidSpec"
                }
                let cell = try await waitInvalid()
                #expect(cell.condition("EdgeReady")?["reason"] == "Available")
                #expect(cell.status["readyReplicas"] == 2 && cell.status["wantedImage"] == "example/roost:1")
                try set(gracePeriod: "4m")
                try await rig.wait(for: .cells, "default") { $0?.condition("Ready")?["reason"] == "Serving" }
            }
        }
    }

    @Test func `an edge that does not start is told with its pod's reason, and the cell serves on`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                _ = try await self.waitEdge(rig, "Available")
                let pod = try #require(try await rig.user.list(.pods, in: "roost").items.first)
                let words = "Back-off pulling image \"example/roost:1\""
                let waiting: DoubleJSON = ["waiting": ["reason": "ImagePullBackOff", "message": .string(words)]]
                let broken: DoubleJSON = [
                    "status": [
                        "conditions": [["type": "Ready", "status": "False"]],
                        "containerStatuses": [["name": "edge", "ready": false, "state": waiting, "lastState": [:]]],
                    ]
                ]
                try rig.server.patch("pods", namespace: "roost", name: pod.name, broken, subresource: "status")
                let cell = try await self.waitEdge(rig, "Degraded", ready: 1)
                let message = "1 of 2 edges are ready; pod \(pod.name) does not start: ImagePullBackOff: \(words)"
                #expect(cell.condition("EdgeReady")?["message"] == .string(message))
                for type in ["EdgeReady", "Ready"] {
                    #expect(cell.condition(type)?["status"] == "True" && cell.condition(type)?["reason"] == "Degraded")
                }
                let event = try await rig.waitTold("Degraded")
                #expect(event.json["type"] == "Warning")
                #expect(event.json["note"] == .string(message))
                rig.server.makeAllPodsReady()
                _ = try await self.waitEdge(rig, "Available")
                try await rig.wait(for: .cells, "default") { $0?.condition("Ready")?["reason"] == "Serving" }
            }
        }
    }

    // MARK: Rollouts and drift

    @Test func `a rollout keeps what old edges start with until nobody needs it`() async throws {
        try await ClusterRig.with { rig in
            func configuration() async throws -> String {
                let pod = try await rig.user.get(.deployments, Self.edge, in: "roost").spec["template"]["spec"]
                return try #require(pod["volumes"][0]["configMap"]["name"].string)
            }
            try await rig.withOperator { _ in
                try await rig.applyCell()
                _ = try await self.waitEdge(rig, "Available")
                let old = try await configuration()
                rig.server.runDeploymentController(.readyOnCall)
                try rig.server.patch("cells.roost.chat", name: "default", ["spec": ["edge": ["shards": 2]]])
                let cell = try await self.waitEdge(rig, "Progressing")
                // One look more, so that whatever deletes had its chance.
                try rig.server.patch("cells.roost.chat", name: "default", ["metadata": ["annotations": ["a": "b"]]])
                try await rig.wait(for: .cells, "default") {
                    $0?.condition("EdgeReady")?["reason"] == "Progressing" && $0?.annotations["a"] == "b"
                }
                #expect(cell.status["observedGeneration"].int == cell.generation)
                #expect(try await configuration() != old)
                _ = try await rig.user.get(.configMaps, old, in: "roost")
                rig.server.makeAllPodsReady()
                try await rig.wait(for: .configMaps, old, in: "roost", "the old one going") { $0 == nil }
                _ = try await rig.user.get(.configMaps, configuration(), in: "roost")
            }
        }
    }

    @Test func `an image that a hand sets is not taken for what is wanted`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.apply(ClusterRig.secret("wildcard", TestCertificates.make(for: ["*.chat.example.com"])))
                var cell = ClusterRig.cell([:])
                cell.json["spec"]["edge"]["image"] = .null
                try await rig.apply(cell, .cells)
                _ = try await self.waitEdge(rig, "Available")
                let deployment = try await rig.user.get(.deployments, Self.edge, in: "roost")
                guard case .object(var container) = deployment.spec["template"]["spec"]["containers"][0] else {
                    throw TooLate(description: "no container")
                }
                #expect(container["image"] == "example/roost:own")
                container["image"] = "example/roost:other"
                let containers = try DoubleJSON(parsing: JSON.array([.object(container)]).data)
                try rig.server.patch(
                    "deployments.apps",
                    namespace: "roost",
                    name: Self.edge,
                    ["spec": ["template": ["spec": ["containers": containers]]]],
                    manager: "somebody"
                )
                try await rig.wait(for: .deployments, Self.edge, in: "roost", "the image being set back") {
                    $0?.spec["template"]["spec"]["containers"][0]["image"] == "example/roost:own"
                }
                #expect(try await rig.user.get(.cells, "default").status["wantedImage"] == "example/roost:own")
            }
        }
    }

    @Test(
        arguments: [
            ("serviceaccounts", edge, ["automountServiceAccountToken": true], "automountServiceAccountToken"),
            ("deployments.apps", edge, ["spec": ["progressDeadlineSeconds": 7]], "progressDeadlineSeconds"),
            ("services", "roost-default", ["spec": ["externalTrafficPolicy": "Cluster"]], "externalTrafficPolicy"),
            ("podmonitors.monitoring.coreos.com", edge, ["spec": ["podMetricsEndpoints": []]], "podMetricsEndpoints"),
        ] as [(String, String, DoubleJSON, String)]
    )
    func `whatever somebody changes is set back`(
        resource: String,
        name: String,
        patch: DoubleJSON,
        field: String
    ) async throws {
        try await ClusterRig.with(groups: [.podMonitors]) { rig in
            @Sendable func value(_ object: DoubleJSON?) -> DoubleJSON? {
                object?[at: field] ?? object?[at: "spec.\(field)"] ?? object?[at: "metadata.\(field)"]
            }
            try await rig.withOperator(change: { $0.reapplyPeriod = .milliseconds(300) }) { _ in
                try await rig.applyCell()
                _ = try await self.waitEdge(rig, "Available")
                let before = try #require(value(rig.server.object(resource, namespace: "roost", name: name)))
                let changed = try rig.server.patch(resource, namespace: "roost", name: name, patch, manager: "somebody")
                #expect(value(changed) != before)
                try await until("\(field) being set back") {
                    value(rig.server.object(resource, namespace: "roost", name: name)) == before
                }
            }
        }
    }

    // MARK: What is told

    @Test func `edges that tell nothing are said to, and are more for that`() async throws {
        try await ClusterRig.with { rig in
            // Ten seconds pass from look to look.
            let time = Mutex(WallClock.system())
            let change: (inout OperatorSettings) -> Void = { settings in
                settings.now = {
                    time.withLock { time in
                        time += 10_000
                        return time
                    }
                }
            }
            try await rig.withOperator(change: change) { _ in
                try await rig.applyCell(["edge": ["autoscaling": ["fallbackReplicas": 5]]])
                let cell = try await rig.wait(for: .cells, "default", "silence being told") {
                    $0?.condition("Autoscaling")?["reason"] == "FiguresMissing" && $0?.status["readyReplicas"] == 5
                }
                #expect(cell?.condition("Autoscaling")?["status"] == "Unknown")
                #expect(cell?.condition("Autoscaling")?["message"].string?.contains("fallbackReplicas") == true)
                // Nobody is unserved for that.
                #expect(cell?.condition("Ready")?["reason"] == "Serving")
            }
        }
    }

    @Test func `who sets a number of edges, and takes it back, is told what was before`() async throws {
        try await ClusterRig.with { rig in
            @Sendable func replicas(_ value: DoubleJSON, by manager: String) throws {
                let change: DoubleJSON = ["spec": ["edge": ["replicas": value]]]
                try rig.server.patch("cells.roost.chat", name: "default", change, manager: manager)
            }
            try await rig.withOperator { _ in
                try await rig.applyCell()
                _ = try await self.waitEdge(rig, "Available")
                for (value, by, words) in [
                    (5, "kubectl", "spec.edge.replicas is 5 now, and was not set: the autoscaler stays off"),
                    (3, "helm", "spec.edge.replicas is 3 now, and was 5"),
                    (.null, "helm", "spec.edge.replicas is not set any more, and was 3: the autoscaler goes on"),
                ] as [(DoubleJSON, String, String)] {
                    try replicas(value, by: by)
                    try await until("being told: \(words)") {
                        try await rig.user.list(.events, in: "default").items.contains {
                            $0.json["reason"] == "ReplicasChanged" && $0.json["note"].string == words
                        }
                    }
                }
            }
        }
    }

    @Test func `changes of the number of edges and drains are events`() async throws {
        try await ClusterRig.with { rig in
            func set(replicas: Int) throws {
                let change: DoubleJSON = ["spec": ["edge": ["replicas": .int(replicas)]]]
                try rig.server.patch("cells.roost.chat", name: "default", change)
            }
            try await rig.withOperator { _ in
                try await rig.applyCell()
                _ = try await self.waitEdge(rig, "Available")
                try set(replicas: 4)
                _ = try await self.waitEdge(rig, "Available", ready: 4)
                try set(replicas: 3)
                _ = try await self.waitEdge(rig, "Available", ready: 3)
                let pod = try #require(
                    rig.server.objects("pods", namespace: "roost").first?[at: "metadata.name"]?.string
                )
                let asked: DoubleJSON = ["metadata": ["annotations": [.init(OperatorNames.drainAnnotation): "true"]]]
                try rig.server.patch("pods", namespace: "roost", name: pod, asked)
                for reason in ["ScaledUp", "ScaledDown", "Drained"] {
                    let event = try await rig.waitTold(reason)
                    #expect(event.json["type"] == "Normal" && event.json["regarding"]["kind"] == "Cell")
                    if reason == "Drained" { #expect(event.json["note"].string?.contains(pod) == true) }
                }
            }
        }
    }
}
