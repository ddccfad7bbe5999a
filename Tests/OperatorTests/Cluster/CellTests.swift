import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Logging
import NIOCore
import NIOPosix
import Observability
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// A cell's edges in Kubernetes.
@Suite(.serialized)
struct CellTests {
    private static let deployment = "roost-default-edge"

    private func deployment(_ rig: ClusterRig) async throws -> KubeObject {
        try await rig.user.get(.deployments, Self.deployment, in: "roost")
    }

    private func waitAvailable(_ rig: ClusterRig) async throws {
        try await rig.wait(for: .cells, "default", "the cell being available") {
            $0?.condition("EdgeReady")?["reason"] == "Available" && $0?.status["readyReplicas"] == 2
        }
    }

    @Test func `a cell gets what it consists of, and says how it is`() async throws {
        try await ClusterRig.with(groups: [.podMonitors]) { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell(["edge": ["service": ["proxyProtocol": true]]])
                try await self.waitAvailable(rig)
                for (resource, name) in [
                    (KubeResource.services, "roost-default"), (.serviceAccounts, Self.deployment),
                    (.podDisruptionBudgets, Self.deployment), (.networkPolicies, Self.deployment),
                    (.podMonitors, Self.deployment), (.secrets, "roost-default-keys"),
                ] {
                    let object = try await rig.user.get(resource, name, in: "roost")
                    #expect(object.labels[OperatorNames.cellLabel] == "default", "\(resource.plural)")
                }
                let deployment = try await self.deployment(rig)
                let pod = deployment.spec["template"]["spec"]
                let container = pod["containers"][0]
                // Restricted Pod Security, and no way to the API server.
                #expect(pod["securityContext"]["runAsNonRoot"] == true)
                #expect(pod["automountServiceAccountToken"] == false)
                #expect(container["securityContext"]["readOnlyRootFilesystem"] == true)
                #expect(container["securityContext"]["allowPrivilegeEscalation"] == false)
                #expect(container["securityContext"]["capabilities"]["drop"] == ["ALL"])
                // The pod outlives its drain.
                let farewell = 1_830
                #expect(try #require(pod["terminationGracePeriodSeconds"].int) > farewell)
                #expect(deployment.spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0)
                // Secrets by reference: no URL stands in the object.
                #expect(!deployment.json.text.contains(rig.redis.url))
                let map = try #require(pod["volumes"][0]["configMap"]["name"].string)
                let configuration = try await rig.user.get(.configMaps, map, in: "roost")
                #expect(configuration.json["immutable"] == true)
                #expect(configuration.json["data"]["edge.yaml"].string?.contains("\"proxyProtocol\":true") == true)
                let cell = try await rig.user.get(.cells, "default")
                #expect(cell.status["image"] == "example/roost:1")
                #expect(cell.status["wantedImage"] == "example/roost:1")
                #expect(cell.condition("Ready")?["reason"] == "Serving")
                #expect(cell.condition("ArchiveReady")?["reason"] == "Disabled")
                #expect(cell.condition("SettingsIgnored") == nil)
            }
        }
    }

    @Test func `drift is corrected and a deleted object comes back`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await self.waitAvailable(rig)
                try rig.server.patch(
                    "deployments.apps",
                    namespace: "roost",
                    name: Self.deployment,
                    ["spec": ["template": ["spec": ["terminationGracePeriodSeconds": 1]]]],
                    manager: "somebody"
                )
                try await rig.wait(for: .deployments, Self.deployment, in: "roost", "the drift being corrected") {
                    ($0?.spec["template"]["spec"]["terminationGracePeriodSeconds"].int ?? 0) > 300
                }
                try await rig.user.delete(.services, "roost-default", in: "roost")
                try await rig.wait(for: .services, "roost-default", in: "roost", "the Service coming back") {
                    $0 != nil
                }
                try await rig.user.delete(.deployments, Self.deployment, in: "roost")
                try await rig.wait(for: .deployments, Self.deployment, in: "roost", "the Deployment coming back") {
                    $0?.status["readyReplicas"] == 2
                }
            }
        }
    }

    @Test func `nothing is written when nothing changed, and another operator restarts no edge`() async throws {
        try await ClusterRig.with { rig in
            try await rig.apply(
                ClusterRig.secret("wildcard", TestCertificates.make(for: ["*.chat.example.com"]))
            )
            // Without an image: the operator's own at first, and then what runs.
            var cell = ClusterRig.cell([:])
            cell.json["spec"]["edge"]["image"] = .null
            try await rig.apply(cell, .cells)
            try await rig.withOperator { _ in try await self.waitAvailable(rig) }
            let before = try await self.deployment(rig)
            #expect(before.spec["template"]["spec"]["containers"][0]["image"] == "example/roost:own")
            rig.server.forgetCalls()
            let second = try rig.startOperator("two") { $0.image = "example/roost:newer" }
            // It has looked at everything once it has told that it did: its status is what it was, so a change is needed.
            try await rig.apply(ClusterRig.tenant("acme"), .tenants)
            try await rig.waitReady("acme")
            try await rig.wait(for: .cells, "default") { $0?.status["tenants"] == 1 }
            let after = try await self.deployment(rig)
            #expect(after.generation == before.generation)
            #expect(after.spec["template"] == before.spec["template"])
            let writes = rig.server.calls.filter {
                ["patch", "create", "update"].contains($0.verb)
                    && !["events", "tenants", "plans", "cells", "secrets"].contains($0.resource)
            }
            // Each was applied once by the one that came anew, and nothing came of it.
            #expect(Set(writes).count == writes.count, "\(writes)")
            await second.stop()
        }
    }

    @Test func `another operator finds nothing wrong with a tenant that is served`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await self.waitAvailable(rig)
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                try await rig.waitReady("acme")
            }
            let before = try await rig.user.get(.tenants, "acme", in: "chat")
            try await rig.withOperator { _ in
                try await rig.apply(ClusterRig.tenant("globex"), .tenants)
                try await rig.waitReady("globex")
                try await rig.apply(ClusterRig.tenant("acme", ["displayName": "Acme"]), .tenants)
                let after = try await rig.waitReady("acme")
                let times = [before, after].map { $0.condition("Ready")?["lastTransitionTime"] }
                #expect(times[0] == times[1])
            }
            let warnings = rig.server.calls.filter { $0.resource == "events" && $0.verb == "create" }
            let events = try await rig.user.list(.events, in: "chat").items
                .filter { $0.json["type"] == "Warning" && $0.json["regarding"]["name"] == "acme" }
            #expect(events.isEmpty && !warnings.isEmpty, "\(events.map(\.json.text))")
        }
    }

    @Test func `the fleet follows the figures that edges report`() async throws {
        try await ClusterRig.with { rig in
            let group = MultiThreadedEventLoopGroup.singleton
            try await rig.withOperator { running in
                try await rig.applyCell(["edge": ["connectionsPerPod": 1000]])
                try await self.waitAvailable(rig)
                let pods = try await rig.user.list(.pods, in: "roost").items.map(\.name).sorted()
                #expect(pods.count == 2)
                var stores: [RedisLiveStore] = []
                for pod in pods {
                    let store = try await RedisLiveStore.connect(url: rig.redis.url, group: group, logger: rig.logger)
                    let figures = PodFigures(pod: pod, connections: 900, capacity: 1000, shards: 1, utilization: [0.2])
                    _ = try await store.renewLease(for: .seconds(60), carrying: try figures.json())
                    stores.append(store)
                }
                // 1,800 connections at 70 % of 1,000 are three pods, and one spare.
                let cell = try await rig.wait(for: .cells, "default", "the cell being scaled") {
                    ($0?.status["desiredReplicas"].int ?? 0) >= 4
                }
                #expect(cell?.status["connections"] == 1800)
                #expect(try await self.deployment(rig).spec["replicas"].int ?? 0 >= 4)
                let metrics = await running.service.metrics.registry.render()
                #expect(metrics.contains("roost_cell_connections{cell=\"default\"} 1800"))
                #expect(metrics.contains("roost_cell_scalings_total{cell=\"default\",direction=\"up\"}"))
                for store in stores { await store.shutdown() }
            }
        }
    }

    @Test func `a fixed number of edges turns the autoscaler off`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell(["edge": ["replicas": 3]])
                let cell = try await rig.wait(for: .cells, "default") { $0?.status["readyReplicas"] == 3 }
                #expect(cell?.condition("Autoscaling")?["reason"] == "Fixed")
            }
        }
    }

    @Test func `a number of edges that somebody else sets is left alone`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await self.waitAvailable(rig)
                var cell = ClusterRig.cell([:])
                cell.json["metadata"]["annotations"] = [OperatorNames.autoscaling: "external"]
                try await rig.apply(cell, .cells)
                try await rig.wait(for: .cells, "default") { $0?.condition("Autoscaling")?["reason"] == "External" }
                try rig.server.patch(
                    "deployments.apps",
                    namespace: "roost",
                    name: Self.deployment,
                    ["spec": ["replicas": 5]],
                    manager: "hpa"
                )
                try await rig.wait(for: .cells, "default") { $0?.status["readyReplicas"] == 5 }
                #expect(try await self.deployment(rig).spec["replicas"] == 5)
            }
        }
    }

    @Test func `a pod that is asked to drain goes, and another takes its place`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await self.waitAvailable(rig)
                let pod = try #require(try await rig.user.list(.pods, in: "roost").items.first)
                _ = try await rig.user.patch(
                    .pods,
                    pod.name,
                    in: "roost",
                    manager: "kubectl",
                    ["metadata": ["annotations": [OperatorNames.drainAnnotation: "true"]]]
                )
                try await rig.wait(for: .pods, pod.name, in: "roost", "the pod being drained") { $0 == nil }
                try await self.waitAvailable(rig)
            }
        }
    }

    @Test func `edges have no policy of traffic where the Cell wants none`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                for enabled in [true, false, true] {
                    try await rig.applyCell(["edge": ["networkPolicy": ["enabled": .bool(enabled)]]])
                    try await rig.wait(for: .networkPolicies, Self.deployment, in: "roost", "enabled: \(enabled)") {
                        ($0 != nil) == enabled
                    }
                }
            }
        }
    }

    @Test func `a node is not drained while the edge of another still takes its leave`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await self.waitAvailable(rig)
                func budget(_ left: Int64) async throws {
                    try await rig.wait(for: .podDisruptionBudgets, Self.deployment, in: "roost", "\(left) may go") {
                        $0?.spec["maxUnavailable"] == .integer(left)
                    }
                }
                try await budget(1)
                let pod = try #require(try await rig.user.list(.pods, in: "roost").items.first)
                rig.server.terminatePods(.held)
                try await rig.user.delete(.pods, pod.name, in: "roost")
                // Another is ready in its place, and the budget by itself would let the next one go.
                try await rig.wait(for: .deployments, Self.deployment, in: "roost") { $0?.status["readyReplicas"] == 2 }
                try await budget(0)
                rig.server.finishTermination(pod: pod.name, namespace: "roost")
                try await budget(1)
            }
        }
    }

    @Test func `of the zone that has more edges one goes first`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell(["edge": ["replicas": 3]])
                try await rig.wait(for: .cells, "default") { $0?.status["readyReplicas"] == 3 }
            }
            let pods = try await rig.user.list(.pods, in: "roost").items.map(\.name).sorted()
            // By name the first one would go.
            for (pod, zone) in zip(pods, ["b", "a", "a"]) {
                let labels: DoubleJSON = ["topology.kubernetes.io/zone": .string(zone)]
                try rig.server.patch("pods", namespace: "roost", name: pod, ["metadata": ["labels": labels]])
            }
            try await rig.applyCell(["edge": ["replicas": 2]])
            // One that begins knows all of it before it looks.
            try await rig.withOperator { _ in
                try await rig.wait(for: .cells, "default") { $0?.status["readyReplicas"] == 2 }
                let left = try await rig.user.list(.pods, in: "roost").items
                #expect(Set(left.compactMap { $0.labels["topology.kubernetes.io/zone"] }) == ["a", "b"])
            }
        }
    }

    @Test func `a pod that was evicted stands in nobody's way`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell(["edge": ["replicas": 2]])
                try await self.waitAvailable(rig)
                let pods = try await rig.user.list(.pods, in: "roost").items
                let evicted: DoubleJSON = [
                    "status": [
                        "phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory.",
                        "conditions": [["type": "Ready", "status": "False"]],
                    ]
                ]
                try rig.server.patch("pods", namespace: "roost", name: pods[0].name, evicted, subresource: "status")
                try await until("another pod in its place") {
                    try await rig.user.list(.pods, in: "roost").items.count == 3
                }
                try await self.waitAvailable(rig)
                // Its annotation asks for nothing any more; the other one's does.
                for pod in pods {
                    try rig.server.patch(
                        "pods",
                        namespace: "roost",
                        name: pod.name,
                        ["metadata": ["annotations": [OperatorNames.drainAnnotation: "true"]]]
                    )
                }
                try await rig.wait(for: .pods, pods[1].name, in: "roost", "the other pod being drained") { $0 == nil }
                try await self.waitAvailable(rig)
                let cell = try await rig.user.get(.cells, "default")
                #expect(cell.condition("Ready")?["reason"] == "Serving")
            }
        }
    }

    @Test(
        arguments: [
            ("roost-redis", "SecretNotFound"), ("roost-postgres", "SecretNotFound"),
        ]
    )
    func `a cell without its Secrets says which is missing and serves once it is there`(
        missing: String,
        reason: String
    ) async throws {
        try await ClusterRig.with { rig in
            let secret = try await rig.user.get(.secrets, missing, in: "roost")
            try await rig.user.delete(.secrets, missing, in: "roost")
            try await rig.withOperator { _ in
                try await rig.applyCell()
                let cell = try await rig.wait(for: .cells, "default") {
                    $0?.condition("StoresReady")?["reason"] == .string(reason)
                }
                #expect(cell?.condition("StoresReady")?["message"].string?.contains(missing) == true)
                try await rig.apply(
                    KubeObject(.secrets, name: missing, namespace: "roost", ["data": secret.json["data"]])
                )
                try await self.waitAvailable(rig)
            }
        }
    }

    @Test func `a store that loses everything gets everything again`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                for name in ["acme", "globex"] { try await rig.apply(ClusterRig.tenant(name), .tenants) }
                for name in ["acme", "globex"] { try await rig.waitReady(name) }
                // One that cannot be read any more is served as it was, and is to be so after the loss.
                try await rig.apply(ClusterRig.tenant("globex", ["planRef": ["name": "nothing"]]), .tenants)
                try await rig.waitReady("globex", reason: "PlanNotFound")
                let group = MultiThreadedEventLoopGroup.singleton
                let live = try await RedisLiveStore.connect(url: rig.redis.url, group: group, logger: rig.logger)
                let shard = try await TestShard(live)
                _ = try await shard.follow(Projection.log)
                _ = try rig.redis.command("FLUSHALL")
                try await shard.receiver.wait(for: "the projection being whole again", within: .seconds(30)) { events in
                    events.contains { event in
                        guard case .reloaded(let snapshot) = event else { return false }
                        return ProjectionState(snapshot).isComplete
                    }
                        || TestReceiver.entries(of: Projection.log, in: events).contains {
                            ProjectionChange.read($0.payload)?.contains { change in
                                if case .set(Projection.complete, _) = change { return true }
                                return false
                            } ?? false
                        }
                }
                let state = try await rig.projection()
                #expect(state.isComplete)
                #expect(Set(state.tenants.keys.map(\.text)) == ["acme", "globex"])
                #expect(state.certificates[Projection.wildcard] != nil)
                await live.shutdown()
            }
        }
    }
}
