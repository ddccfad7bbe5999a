import Foundation
import KubeClient
import Operator
import Testing

/// What a cell's edges consist of.
struct CellManifestsTests {
    private static let selector: JSON = [
        "app.kubernetes.io/name": "roost-edge", "app.kubernetes.io/instance": "default",
    ]

    private func ports(_ rule: JSON) -> [String] {
        (rule["ports"].elements ?? []).map { "\($0["protocol"].string ?? "?") \($0["port"].int ?? 0)" }
    }

    @Test func `edges reach names and their stores, and nothing else`() throws {
        let policy = try #require(CellSamples.objects(ports: [6380, 5432, 5433, 5432])[.networkPolicies]).spec
        #expect(policy["policyTypes"] == ["Ingress", "Egress"])
        #expect(policy["podSelector"]["matchLabels"] == Self.selector)
        let egress = try #require(policy["egress"].elements)
        // OpenShift's DNS listens at a port of its own, and policies are about that.
        let names = ["UDP 53", "UDP 5353", "TCP 53", "TCP 5353"]
        #expect(egress.map(self.ports) == [names, ["TCP 5432", "TCP 5433", "TCP 6380"]])
        let more: JSON = ["edge": ["networkPolicy": ["egressPorts": [6379, 16_379]]]]
        let wider = try #require(CellSamples.objects(more)[.networkPolicies]?.spec["egress"].elements)
        #expect(wider.map(self.ports) == [names, ["TCP 5432", "TCP 6379", "TCP 16379"]])
        #expect(try CellSamples.objects(["edge": ["networkPolicy": ["enabled": false]]])[.networkPolicies] == nil)
    }

    @Test func `edges that push are told for whom, and reach push services`() throws {
        let contact = "mailto:push@example.com"
        for spec: JSON in [["edge": ["push": ["contact": .string(contact)]]], [:]] {
            let objects = try CellSamples.objects(spec)
            let map = try #require(objects[.configMaps])
            let configuration = try JSON(parsing: #require(map.json["data"]["edge.yaml"].string).utf8)
            let isOn = spec["edge"] != .null
            #expect(configuration["push"]["contact"].string == (isOn ? contact : nil))
            let egress = try #require(objects[.networkPolicies]?.spec["egress"].elements)
            #expect(egress.flatMap(self.ports).contains("TCP 443") == isOn)
        }
    }

    @Test func `who runs an edge is ours to say, or the platform's`() throws {
        for isPlatforms in [false, true] {
            let spec: JSON = ["edge": ["pod": ["userFromPlatform": .bool(isPlatforms)]]]
            let pod = try #require(CellSamples.objects(spec)[.deployments]).spec["template"]["spec"]
            let security = pod["securityContext"]
            for field in ["runAsUser", "runAsGroup", "fsGroup"] {
                #expect(security[field] == (isPlatforms ? .null : 65_532))
            }
            #expect(security["runAsNonRoot"] == true)
        }
    }

    @Test func `clients reach an edge from everywhere, and metrics only the cluster`() throws {
        let ingress = try #require(CellSamples.objects()[.networkPolicies]?.spec["ingress"].elements)
        #expect(ingress.map(self.ports) == [["TCP 6697", "TCP 8443"], ["TCP 9090"]])
        #expect(ingress.map { $0["from"] } == [.null, [["namespaceSelector": [:]]]])
        // Only a gateway brings HTTP that is not encrypted.
        let routed = try #require(CellSamples.objects(["routes": ["gateway": ["name": "edge"]]])[.networkPolicies])
        #expect(self.ports(routed.spec["ingress"][0]) == ["TCP 6697", "TCP 8443", "TCP 8080"])
    }

    @Test func `the Service leads to the ports that edges listen at, and keeps clients' addresses`() throws {
        let service = try #require(CellSamples.objects()[.services])
        #expect(service.name == "roost-default" && service.spec["selector"] == Self.selector)
        #expect(service.spec["type"] == "LoadBalancer" && service.spec["externalTrafficPolicy"] == "Local")
        let ports = try #require(service.spec["ports"].elements)
        #expect(ports.map { [$0["port"].int, $0["targetPort"].int] } == [[6697, 6697], [443, 8443]])
        let inside = try #require(CellSamples.objects(["edge": ["service": ["type": "ClusterIP"]]])[.services])
        #expect(inside.spec["externalTrafficPolicy"] == .null)
        let annotated: JSON = ["edge": ["service": ["annotations": ["example.com/kind": "network"]]]]
        let annotations = try #require(CellSamples.objects(annotated)[.services]).annotations
        #expect(annotations == ["example.com/kind": "network"])
    }

    @Test func `a Service has the addresses and the load balancer that the Cell asks for`() throws {
        let asked: JSON = ["ipFamilyPolicy": "PreferDualStack", "loadBalancerClass": "example.com/internal"]
        let service = try #require(CellSamples.objects(["edge": ["service": asked]])[.services]).spec
        #expect(service["ipFamilyPolicy"] == "PreferDualStack")
        #expect(service["loadBalancerClass"] == "example.com/internal")
        let plain = try #require(CellSamples.objects()[.services]).spec
        #expect(plain["ipFamilyPolicy"] == .null && plain["loadBalancerClass"] == .null)
    }

    @Test func `nodes are drained one edge at a time, and a sick edge is in nobody's way`() throws {
        let budget = try #require(CellSamples.objects()[.podDisruptionBudgets]).spec
        #expect(budget["maxUnavailable"] == 1 && budget["minAvailable"] == .null)
        // Who takes leave already counts.
        for (most, leaving, left) in [(1, 1, 0), (1, 3, 0), (3, 1, 2), (3, 0, 3)] as [(Int64, Int, Int64)] {
            let spec: JSON = ["edge": ["autoscaling": ["scaleDown": ["maxPodsAtOnce": .integer(most)]]]]
            let pods = (0..<leaving).map { index in
                let metadata: JSON = ["deletionTimestamp": "2026-01-01T00:02:00Z"]
                return KubeObject(.pods, name: "edge-\(index)", namespace: "roost", ["metadata": metadata])
            }
            let busy = try #require(CellSamples.objects(spec, pods: pods)[.podDisruptionBudgets]).spec
            #expect(busy["maxUnavailable"] == .integer(left))
        }
        #expect(budget["selector"]["matchLabels"] == Self.selector)
        #expect(budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow")
    }

    @Test func `pods are what the Cell says of them, and keep what is ours`() throws {
        let spec: JSON = try #require(CellSamples.all.first { $0.name == "everything" }).spec
        let template = try #require(CellSamples.objects(spec)[.deployments]).spec["template"]
        let pod = template["spec"]
        #expect(pod["imagePullSecrets"] == [["name": "registry"]])
        #expect(pod["nodeSelector"] == ["example.com/pool": "chat"])
        #expect(pod["tolerations"][0]["effect"] == "NoExecute" && pod["tolerations"][1]["tolerationSeconds"] == 60)
        #expect(pod["priorityClassName"] == "chat")
        #expect(template["metadata"]["annotations"]["example.com/team"] == "chat")
        #expect(template["metadata"]["annotations"]["roost.chat/stores"] == "0123456789")
        let monitor = try CellSamples.manifests(spec).podMonitor
        #expect(monitor.labels["release"] == "prometheus")
        #expect(monitor.labels["app.kubernetes.io/name"] == "roost-edge")
        // Who says nothing changes nothing.
        let plain = try #require(CellSamples.objects()[.deployments]).spec["template"]["spec"]
        for field in ["imagePullSecrets", "nodeSelector", "tolerations", "priorityClassName"] {
            #expect(plain[field] == .null)
        }
    }

    @Test(
        arguments: [
            ([:], ["cpu": "250m", "memory": "753Mi"]),
            (["shards": 4, "connectionsPerPod": 1000], ["cpu": "1000m", "memory": "159Mi"]),
            (["resources": ["requests": ["cpu": "2"]]], ["cpu": "2", "memory": "753Mi"]),
            // Kubernetes takes the limit for the request then.
            (["resources": ["limits": ["memory": "64Mi"]]], ["cpu": "250m"]),
        ] as [(JSON, JSON)]
    )
    func `edges request what they need of what nobody set`(edge: JSON, requests: JSON) throws {
        let pod = try #require(CellSamples.objects(["edge": edge])[.deployments]).spec["template"]["spec"]
        #expect(pod["containers"][0]["resources"]["requests"] == requests)
    }

    @Test func `edges are spread over nodes and zones, and start where they cannot be`() throws {
        let pod = try #require(CellSamples.objects()[.deployments]).spec["template"]["spec"]
        let spread = try #require(pod["topologySpreadConstraints"].elements)
        #expect(spread.map { $0["topologyKey"] } == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"])
        #expect(spread.allSatisfy { $0["whenUnsatisfiable"] == "ScheduleAnyway" && $0["maxSkew"] == 1 })
        #expect(spread.allSatisfy { $0["labelSelector"]["matchLabels"] == Self.selector })
        // The new pods of a rollout among themselves: the old ones, which go, do not count.
        #expect(spread.allSatisfy { $0["matchLabelKeys"] == ["pod-template-hash"] })
    }

    @Test(
        arguments: [
            ([:], 30, 1_800), (["announce": "12s", "gracePeriod": "1m", "longest": "2m"], 12, 120),
            (["announce": "0s", "gracePeriod": "1h"], 0, 3_600), (["gracePeriod": "3m", "longest": "1m"], 30, 180),
        ] as [(JSON, Int, Int)]
    )
    func `an edge that goes serves on until load balancers know, then drains, and is not killed before`(
        drain: JSON,
        announcement: Int,
        longest: Int
    ) throws {
        let deployment = try #require(CellSamples.objects(["edge": ["drain": drain]])[.deployments])
        let pod = deployment.spec["template"]["spec"]
        let wait = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"].int
        #expect(wait == (announcement == 0 ? nil : announcement))
        #expect(try #require(pod["terminationGracePeriodSeconds"].int) >= announcement + longest + 10)
    }

    @Test(
        arguments: [
            ([:], .null, false),
            (["edge": ["service": ["proxyProtocol": true]]], ["0.0.0.0/0", "::/0"], true),
            (["routes": ["gateway": ["name": "edge"]]], .null, false),
            (["routes": ["gateway": ["name": "edge"], "trustedProxies": ["10.1.0.0/16"]]], ["10.1.0.0/16"], false),
        ] as [(JSON, JSON, Bool)]
    )
    func `edges believe those whom the cell names`(spec: JSON, networks: JSON, httpToo: Bool) throws {
        let map = try #require(CellSamples.objects(spec)[.configMaps])
        let configuration = try JSON(parsing: #require(map.json["data"]["edge.yaml"].string).utf8)
        #expect(configuration["trustedProxies"] == networks)
        #expect(configuration["http"]["proxyProtocol"].bool == httpToo)
    }

    @Test func `edges know the gateways' password as soon as there is one`() throws {
        let webirc: JSON = ["networks": ["10.1.0.0/16"], "passwordSecretRef": ["name": "webirc", "key": "word"]]
        let objects = try CellSamples.objects(["routes": ["webirc": webirc]])
        let map = try #require(objects[.configMaps]?.json["data"]["edge.yaml"].string)
        let configuration = try JSON(parsing: map.utf8)["webirc"]
        #expect(configuration["networks"] == ["10.1.0.0/16"])
        let pod = try #require(objects[.deployments]).spec["template"]["spec"]
        let volume = try #require(pod["volumes"].elements?.last)
        #expect(volume["secret"]["secretName"] == "webirc" && volume["secret"]["optional"] == true)
        let item = try #require(volume["secret"]["items"].elements?.first)
        let mount = try #require(pod["containers"][0]["volumeMounts"].elements?.last)
        #expect(item["key"] == "word" && mount["name"] == volume["name"])
        let path = try #require(mount["mountPath"].string) + "/" + #require(item["path"].string)
        #expect(configuration["passwordFile"].string == path)
    }

    @Test func `edges that send mail are told by whom and as whom, and reach the server`() throws {
        let objects = try CellSamples.objects(
            ["edge": ["mail": ["server": "smtps://Mail.example.com", "from": "a@b.example"]]]
        )
        let map = try #require(objects[.configMaps]?.json["data"]["edge.yaml"].string)
        let told: JSON = ["server": "smtps://Mail.example.com:465", "from": "a@b.example", "tls": "Required"]
        #expect(try JSON(parsing: map.utf8)["mail"] == told)
        let egress = try #require(objects[.networkPolicies]?.spec["egress"].elements)
        #expect(egress.flatMap(self.ports).contains("TCP 465"))
        let pod = try #require(objects[.deployments]).spec["template"]["spec"]
        #expect(pod["volumes"].elements?.count == 2 && pod["containers"][0]["volumeMounts"].elements?.count == 2)
        // An edge of an earlier version takes no key that it does not know.
        let plain = try #require(CellSamples.objects()[.configMaps]?.json["data"]["edge.yaml"].string)
        #expect(try JSON(parsing: plain.utf8)["mail"] == .null)
    }

    @Test func `edges find the password for the mail server where they are told, beside that of gateways`() throws {
        let mail: JSON = [
            "server": "smtp://mail:2525", "from": "a@b.example", "username": "roost",
            "passwordSecretRef": ["name": "roost-mail", "key": "word"],
        ]
        let webirc: JSON = ["networks": ["10.1.0.0/16"], "passwordSecretRef": ["name": "webirc", "key": "word"]]
        let objects = try CellSamples.objects(["edge": ["mail": mail], "routes": ["webirc": webirc]])
        let map = try #require(objects[.configMaps]?.json["data"]["edge.yaml"].string)
        let configuration = try JSON(parsing: map.utf8)
        #expect(configuration["mail"]["username"] == "roost" && configuration["mail"]["tls"] == "Required")
        let pod = try #require(objects[.deployments]).spec["template"]["spec"]
        for (secret, told) in [("roost-mail", configuration["mail"]), ("webirc", configuration["webirc"])] {
            let volume = try #require(
                pod["volumes"].elements?.first { $0["secret"]["secretName"] == .string(secret) }
            )
            let mount = try #require(
                pod["containers"][0]["volumeMounts"].elements?.first { $0["name"] == volume["name"] }
            )
            let item = try #require(volume["secret"]["items"].elements?.first)
            #expect(item["key"] == "word" && volume["secret"]["optional"] == true && mount["readOnly"] == true)
            let path = try #require(mount["mountPath"].string) + "/" + #require(item["path"].string)
            #expect(told["passwordFile"].string == path)
        }
    }

    @Test func `another password for the mail server makes other pods`() throws {
        func template(_ digest: String?) throws -> JSON {
            let manifests = try CellSamples.manifests(mailDigest: digest)
            return try #require(manifests.all.first { $0.0 == .deployments }).1.spec["template"]["metadata"]
        }
        #expect(try template("a")["annotations"]["roost.chat/mail"] == "a")
        #expect(try template(nil)["annotations"]["roost.chat/mail"] == .null)
    }

    /// Tests/PackagingTests holds these files against the schemas of Kubernetes.
    @Test(arguments: CellSamples.all.map(\.name))
    func `what was checked by the schemas of Kubernetes is what cells consist of`(name: String) throws {
        let spec = try #require(CellSamples.all.first { $0.name == name }).spec
        let manifests = try CellSamples.manifests(spec)
        let objects = JSON.array(manifests.all.map(\.1.json) + [manifests.podMonitor.json])
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let file = root.appending(path: "Tests/PackagingTests/cells/\(name).json")
        if ProcessInfo.processInfo.environment["ROOST_RECORD"] == "1" {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try (encoder.encode(objects) + Data("\n".utf8)).write(to: file)
        }
        let known = try JSON(parsing: Data(contentsOf: file))
        #expect(known == objects, "ROOST_RECORD=1 swift test --filter CellManifestsTests writes it; then make render")
    }
}
