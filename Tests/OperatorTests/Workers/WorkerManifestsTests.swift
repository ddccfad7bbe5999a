import Foundation
import KubeClient
import Operator
import Tenant
import Testing

/// What a cell's workers consist of, and what its edges are told of them.
struct WorkerManifestsTests {
    private static let mail: JSON = [
        "server": "smtp://mail.example.com", "from": "chat@example.com", "username": "roost",
        "passwordSecretRef": ["name": "roost-mail", "key": "word"],
    ]
    private static let push: JSON = ["contact": "mailto:push@example.com"]

    private func manifests(_ spec: JSON, mailDigest: String? = nil) throws -> WorkerManifests {
        let parsed = Parsed<CellResource>(cell: ClusterRig.cell("default", spec))
        let spec = try #require(parsed.resource, "\(parsed.problems)").spec
        return WorkerManifests(
            .init(
                cell: "default",
                spec: spec,
                worker: try #require(spec.worker),
                namespace: "roost",
                image: "example/roost:1",
                storesDigest: "0123456789",
                storePorts: [6379, 5432],
                mailDigest: mailDigest,
                archiveDigest: "abcdef"
            )
        )
    }

    private func objects(_ spec: JSON) throws -> [KubeResource: KubeObject] {
        Dictionary(uniqueKeysWithValues: try self.manifests(spec).all)
    }

    private func configuration(_ objects: [KubeResource: KubeObject], _ file: String = "worker.yaml") throws -> JSON {
        try JSON(parsing: #require(objects[.configMaps]?.json["data"][file].string).utf8)
    }

    private func ports(_ rules: JSON) -> [Int64] {
        (rules.elements ?? []).flatMap { $0["ports"].elements ?? [] }.compactMap { $0["port"].int.map { Int64($0) } }
    }

    @Test func `a worker has no listener for clients, no certificates, and no secret that it does not need`() throws {
        let objects = try self.objects(["worker": [:]])
        #expect(objects[.services] == nil)
        let pod = try #require(objects[.deployments]).spec["template"]["spec"]
        #expect(pod["volumes"].elements?.compactMap { $0["name"].string } == ["configuration"])
        #expect(pod["automountServiceAccountToken"] == false)
        let container = pod["containers"][0]
        #expect(container["args"] == ["worker", "--config", "/etc/roost/worker.yaml"])
        #expect(container["ports"].elements?.count == 1 && container["ports"][0]["containerPort"] == 9090)
        #expect(container["resources"]["requests"] == ["cpu": "250m", "memory": "256Mi"])
        #expect(try self.configuration(objects)["secretFile"] == .null)
        let policy = try #require(objects[.networkPolicies]).spec
        #expect(self.ports(policy["ingress"]) == [9090])
        #expect(Set(self.ports(policy["egress"])) == [53, 5353, 5432, 6379])
    }

    @Test func `one that pushes and sends mail has the secret and the password, and never the key of certificates`()
        throws
    {
        let spec: JSON = ["worker": [:], "edge": ["mail": Self.mail, "push": Self.push]]
        let objects = try self.objects(spec)
        let told = try self.configuration(objects)
        #expect(told["secretFile"] == "/etc/roost/keys/secret" && told["push"] == Self.push)
        #expect(told["mail"]["username"] == "roost" && told["mail"]["passwordFile"] == "/etc/roost/mail/password")
        let volumes = try #require(objects[.deployments]?.spec["template"]["spec"]["volumes"].elements)
        let keys = try #require(volumes.first { $0["name"] == "keys" })["secret"]
        #expect(keys["secretName"] == "roost-default-keys" && keys["items"] == [["key": "secret", "path": "secret"]])
        #expect(volumes.contains { $0["secret"]["secretName"] == "roost-mail" })
        #expect(Set(self.ports(try #require(objects[.networkPolicies]).spec["egress"])).isSuperset(of: [443, 587]))
        // Another password makes other pods.
        let template = try #require(self.manifests(spec, mailDigest: "a").all.first { $0.0 == .deployments }).1
        #expect(template.spec["template"]["metadata"]["annotations"]["roost.chat/mail"] == "a")
    }

    @Test func `it is told apart from edges, and runs where they do`() throws {
        let spec: JSON = try #require(CellSamples.all.first { $0.name == "everything" }).spec
        let objects = try self.objects(spec.merging(["worker": ["resources": ["limits": ["memory": "1Gi"]]]]))
        let deployment = try #require(objects[.deployments])
        let selector: JSON = [
            "app.kubernetes.io/name": "roost-worker", "app.kubernetes.io/instance": "default",
        ]
        #expect(deployment.name == "roost-default-worker" && deployment.spec["selector"]["matchLabels"] == selector)
        #expect(deployment.spec["replicas"] == .null)
        for kind in [KubeResource.podDisruptionBudgets, .serviceAccounts, .networkPolicies] {
            #expect(
                objects[kind]?.name == "roost-default-worker" && objects[kind]?.labels["roost.chat/cell"] == "default"
            )
        }
        let pod = deployment.spec["template"]["spec"]
        #expect(pod["nodeSelector"] == ["example.com/pool": "chat"] && pod["priorityClassName"] == "chat")
        #expect(pod["containers"][0]["resources"]["limits"] == ["memory": "1Gi"])
        #expect(pod["containers"][0]["resources"]["requests"] == ["cpu": "250m"])
        #expect(try self.manifests(["worker": [:]]).podMonitor.spec["selector"]["matchLabels"] == selector)
    }

    @Test func `an edge that is told has less to do, and loses the rest once all of them know`() throws {
        let spec: JSON = ["worker": [:], "edge": ["mail": Self.mail, "push": Self.push]]
        for (work, isTold, reaches) in [
            (WorkHandover.edges, false, true), (.told, true, true), (.workers, true, false),
        ] {
            let edges = try CellSamples.objects(spec, work: work)
            let told = try self.configuration(edges, "edge.yaml")
            #expect(told["work"] == (isTold ? "Worker" : .null))
            // Clients are offered pushes and mail as before.
            #expect(told["push"] == Self.push && told["mail"]["from"] == "chat@example.com")
            #expect((told["mail"]["username"] == .null) == isTold && (told["mail"]["passwordFile"] == .null) == isTold)
            let template = try #require(edges[.deployments]).spec["template"]
            #expect(template["metadata"]["annotations"]["roost.chat/work"] == (isTold ? "Worker" : .null))
            let volumes = try #require(template["spec"]["volumes"].elements)
            #expect(volumes.contains { $0["name"] == "mail" } != isTold)
            let egress = Set(self.ports(try #require(edges[.networkPolicies]).spec["egress"]))
            #expect(egress.isSuperset(of: [443, 587]) == reaches && egress.isDisjoint(with: [443, 587]) != reaches)
        }
    }

    /// Tests/PackagingTests holds this file against the schemas of Kubernetes.
    @Test func `what was checked by the schemas of Kubernetes is what workers consist of`() throws {
        let spec = try #require(CellSamples.all.first { $0.name == "everything" }).spec
        let manifests = try self.manifests(spec.merging(["worker": [:]]))
        let objects = JSON.array(manifests.all.map(\.1.json) + [manifests.podMonitor.json])
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let file = root.appending(path: "Tests/PackagingTests/workers/everything.json")
        if ProcessInfo.processInfo.environment["ROOST_RECORD"] == "1" {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try (encoder.encode(objects) + Data("\n".utf8)).write(to: file)
        }
        let known = try JSON(parsing: Data(contentsOf: file))
        #expect(known == objects, "ROOST_RECORD=1 swift test --filter WorkerManifestsTests writes it; then make render")
    }
}
