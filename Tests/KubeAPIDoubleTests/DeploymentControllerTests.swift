// Pods for Deployments, as many as wanted, of the newest template, and a status that says so.

import Foundation
import KubeAPIDouble
import Synchronization
import Testing

@Suite struct DeploymentControllerTests {
    /// Runs a test with a Deployment.
    private func withDeployment(
        _ mode: DeploymentControllerMode,
        replicas: Int,
        _ body: (KubeAPIDouble, TestServer) async throws -> Void
    ) async throws {
        try await withDouble { server async throws in
            let double = try #require(server.double)
            double.runDeploymentController(mode)
            try double.put([
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "d", "namespace": "test"],
                "spec": [
                    "replicas": .int(replicas), "selector": ["matchLabels": ["a": "b"]],
                    "strategy": ["rollingUpdate": ["maxSurge": 1, "maxUnavailable": 0]],
                    "template": [
                        "metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "i:1"]]],
                    ],
                ],
            ])
            try await body(double, server)
        }
    }

    private func names(_ double: KubeAPIDouble) -> [String] {
        double.objects("pods", namespace: "test").compactMap { $0[at: "metadata.name"]?.string }
    }

    private func status(_ double: KubeAPIDouble) -> DoubleJSON {
        double.object("deployments.apps", namespace: "test", name: "d")?["status"] ?? [:]
    }

    private func image(_ image: DoubleJSON) -> DoubleJSON {
        ["spec": ["template": ["spec": ["containers": [["name": "c", "image": image]]]]]]
    }

    @Test func `pods are made, and are ready`() async throws {
        try await withDeployment(.readyAtOnce, replicas: 3) { double, _ async throws in
            let pods = double.objects("pods", namespace: "test")
            #expect(pods.count == 3)
            #expect(pods.allSatisfy { $0[at: "metadata.labels.a"] == "b" })
            #expect(pods.allSatisfy { $0[at: "status.phase"] == "Running" })
            let status = status(double)
            #expect(status["readyReplicas"] == 3)
            #expect(status["updatedReplicas"] == 3)
            #expect(status["observedGeneration"] == 1)
            #expect(status["conditions"]?.array?.map { $0["status"] } == ["True", "True"])
        }
    }

    @Test func `pods are ready when the test says so`() async throws {
        try await withDeployment(.readyOnCall, replicas: 2) { double, _ async throws in
            #expect(status(double)["readyReplicas"] == nil)
            #expect(status(double)["unavailableReplicas"] == 2)
            double.setReady(pod: names(double)[0], namespace: "test")
            #expect(status(double)["readyReplicas"] == 1)
            double.makeAllPodsReady()
            #expect(status(double)["readyReplicas"] == 2)
        }
    }

    @Test func `the cheapest pod goes first, then the youngest`() async throws {
        try await withDeployment(.readyAtOnce, replicas: 4) { double, server async throws in
            let oldest = double.objects("pods", namespace: "test").min {
                Int($0[at: "metadata.resourceVersion"]?.string ?? "") ?? 0
                    < Int($1[at: "metadata.resourceVersion"]?.string ?? "") ?? 0
            }
            let name = oldest?[at: "metadata.name"]?.string ?? ""
            let cost: DoubleJSON = ["controller.kubernetes.io/pod-deletion-cost": "-5"]
            try double.patch("pods", namespace: "test", name: name, ["metadata": ["annotations": cost]])
            let path = server.path("apps/v1", "deployments/d/scale")
            try await server.client.send(.PATCH, path, ["spec": ["replicas": 3]], .merge)
            #expect(!names(double).contains(name))
            #expect(names(double).count == 3)
            #expect(status(double)["replicas"] == 3)
        }
    }

    @Test func `a deleted pod is replaced`() async throws {
        try await withDeployment(.readyAtOnce, replicas: 2) { double, server async throws in
            let before = names(double)
            try await server.client.send(.DELETE, server.path("v1", "pods/\(before[0])"))
            #expect(names(double).count == 2)
            #expect(!names(double).contains(before[0]))
        }
    }

    @Test func `a new template replaces pods one by one`() async throws {
        try await withDeployment(.readyOnCall, replicas: 3) { double, _ async throws in
            double.makeAllPodsReady()
            let old = Set(names(double))
            try double.patch("deployments.apps", namespace: "test", name: "d", image("i:2"))
            for step in 1...3 {
                // One more than wanted, and not yet ready: nobody old goes before it serves.
                #expect(names(double).count == 4)
                let fresh = names(double).filter { !old.contains($0) }
                #expect(fresh.count == step)
                #expect(status(double)["updatedReplicas"]?.int == step)
                for name in fresh { double.setReady(pod: name, namespace: "test") }
            }
            #expect(old.isDisjoint(with: names(double)))
            #expect(names(double).count == 3)
            #expect(status(double)["observedGeneration"] == 2)
            let pods = double.objects("pods", namespace: "test")
            #expect(pods.allSatisfy { $0[at: "spec.containers"]?[0]?["image"] == "i:2" })
        }
    }

    @Test func `old pods stay until new ones have been ready for as long as the Deployment says`() async throws {
        let time = Mutex(Date(timeIntervalSince1970: 1_767_225_600))
        let double = try await KubeAPIDouble.start(namespaces: ["test"], now: { time.withLock { $0 } })
        double.runDeploymentController(.readyAtOnce)
        try double.put([
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "d", "namespace": "test"],
            "spec": [
                "replicas": 3, "minReadySeconds": 0, "selector": ["matchLabels": ["a": "b"]],
                "strategy": ["rollingUpdate": ["maxSurge": "100%", "maxUnavailable": 0]],
                "template": [
                    "metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "i:1"]]],
                ],
            ],
        ])
        let old = Set(names(double))
        var change = image("i:2")
        change[path: ["spec", "minReadySeconds"]] = 60
        try double.patch("deployments.apps", namespace: "test", name: "d", change)
        func wait(_ seconds: Double) {
            time.withLock { $0 += seconds }
            double.checkDeployments()
        }
        // New ones for all, and none of the old ones is gone: they were available by what was said when they were new.
        #expect(names(double).count == 6)
        #expect(status(double)["availableReplicas"] == 3)
        wait(59)
        #expect(old.isSubset(of: names(double)))
        // Whoever says that they have been ready for long enough has all old ones go.
        try double.patch("deployments.apps", namespace: "test", name: "d", ["spec": ["minReadySeconds": 0]])
        #expect(names(double).count == 3 && old.isDisjoint(with: names(double)))
        #expect(status(double)["availableReplicas"] == 3)

        try double.patch("deployments.apps", namespace: "test", name: "d", ["spec": ["minReadySeconds": 60]])
        try double.patch("deployments.apps", namespace: "test", name: "d", image("i:3"))
        let second = Set(names(double)).subtracting(old)
        wait(59)
        #expect(second.count == 6)
        wait(1)
        #expect(names(double).count == 3)
        await double.shutdown()
    }

    @Test func `a pod that ends slowly is still there, and no longer counted`() async throws {
        try await withDeployment(.readyAtOnce, replicas: 2) { double, server async throws in
            double.terminatePods(.held)
            let name = names(double)[0]
            try await server.client.send(.DELETE, server.path("v1", "pods/\(name)"))
            let going = double.object("pods", namespace: "test", name: name)
            #expect(going?[at: "metadata.deletionTimestamp"]?.string != nil)
            #expect(going?[at: "metadata.deletionGracePeriodSeconds"] == 30)
            #expect(names(double).count == 3)
            #expect(status(double)["replicas"] == 2)
            double.finishTermination(pod: name, namespace: "test")
            #expect(names(double).count == 2)
        }
    }

    @Test func `pods go with their Deployment`() async throws {
        try await withDeployment(.readyAtOnce, replicas: 2) { double, server async throws in
            try await server.client.send(.DELETE, server.path("apps/v1", "deployments/d"))
            #expect(names(double).isEmpty)
        }
    }
}
