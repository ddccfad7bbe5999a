import FoundationEssentials
import KubeClient
import Operator
import Tenant
import Testing

/// Cells of which the objects are looked at without a cluster.
enum CellSamples {
    /// What their files are called in Tests/PackagingTests/cells.
    static let all: [(name: String, spec: JSON)] = [
        ("least", [:]),
        (
            "everything",
            [
                "edge": [
                    "image": "example/roost:2", "shards": 4, "rollout": ["maxSurge": 25],
                    "resources": ["requests": ["cpu": "4", "memory": "1Gi"], "limits": ["memory": "2Gi"]],
                    "drain": ["announce": "20s", "gracePeriod": "2m", "longest": "10m"],
                    "service": [
                        "type": "NodePort", "annotations": ["example.com/kind": "network"], "proxyProtocol": true,
                        "ipFamilyPolicy": "PreferDualStack",
                    ],
                    "pod": [
                        "imagePullSecrets": [["name": "registry"]], "nodeSelector": ["example.com/pool": "chat"],
                        "tolerations": [
                            ["key": "example.com/pool", "operator": "Exists", "effect": "NoExecute"],
                            ["key": "spot", "value": "yes", "tolerationSeconds": 60],
                        ],
                        "priorityClassName": "chat", "annotations": ["example.com/team": "chat"],
                        "userFromPlatform": true,
                    ],
                    "podMonitor": ["labels": ["release": "prometheus"]],
                    "mail": [
                        "server": "smtp://mail.example.com", "from": "chat@example.com", "username": "roost",
                        "passwordSecretRef": ["name": "roost-mail", "key": "word"],
                    ],
                    "oauth": [
                        "networks": ["10.20.0.0/16"], "authoritiesSecretRef": ["name": "issuers", "key": "ca.crt"],
                    ],
                    "dns": ["servers": ["10.0.0.10", "10.0.0.11:8053", "[2001:db8::53]:53"]],
                ],
                "archive": [
                    "keysSecretRef": ["name": "archive-keys"], "folder": ["persistentVolumeClaim": "archive"],
                ],
            ]
        ),
        (
            "gateway",
            [
                "edge": [
                    "service": ["type": "ClusterIP"], "drain": ["announce": "0s"],
                    "networkPolicy": ["egressPorts": [16_379]],
                ],
                "routes": [
                    "gateway": ["name": "edge", "namespace": "infra"], "trustedProxies": ["10.0.0.0/8"],
                    "webirc": ["networks": ["10.1.0.0/16"], "passwordSecretRef": ["name": "webirc", "key": "word"]],
                ],
            ]
        ),
    ]

    /// When they are looked at: 2026-01-01T00:01:00Z.
    static let now: Int64 = 1_767_225_660_000

    static func manifests(
        _ spec: JSON = [:],
        ports: [Int] = [6379, 5432],
        mailDigest: String? = nil,
        issuersDigest: String? = nil,
        archiveDigest: String? = "abcdef",
        work: WorkHandover = .edges,
        running: KubeObject? = nil,
        pods: [KubeObject] = []
    ) throws -> CellManifests {
        var cell = ClusterRig.cell("default", spec)
        cell.json["metadata"]["uid"] = "9f4a4c1e-6d0f-4b6e-8a52-0c6e1d7f3b90"
        let parsed = Parsed<CellResource>(cell: cell)
        let spec = try #require(parsed.resource, "\(parsed.problems)").spec
        return CellManifests(
            .init(
                cell: cell,
                spec: spec,
                namespace: "roost",
                image: spec.edge.image ?? "example/roost:own",
                storesDigest: "0123456789",
                storePorts: ports,
                mailDigest: mailDigest,
                issuersDigest: issuersDigest,
                archiveDigest: archiveDigest,
                work: work,
                running: running,
                pods: pods,
                proving: .seconds(10),
                now: self.now
            )
        )
    }

    /// The objects of a cell by kind.
    static func objects(
        _ spec: JSON = [:],
        ports: [Int] = [6379, 5432],
        work: WorkHandover = .edges,
        running: KubeObject? = nil,
        pods: [KubeObject] = []
    ) throws -> [KubeResource: KubeObject] {
        Dictionary(
            uniqueKeysWithValues: try self.manifests(spec, ports: ports, work: work, running: running, pods: pods).all
        )
    }
}
