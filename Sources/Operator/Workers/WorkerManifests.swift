// What a cell's workers consist of in Kubernetes, as a pure function of what the Cell says: as the edges, with less of everything.

import Crypto
package import KubeClient
package import Tenant

/// The objects of a cell's workers.
package struct WorkerManifests: Sendable {
    /// What the objects are made from.
    package struct Input: Sendable {
        package var cell: String
        package var spec: CellSpec
        package var worker: CellWorker
        /// Where the objects live.
        package var namespace: String
        /// The image that they run: the edges'.
        package var image: String
        /// A digest of the stores' URLs.
        package var storesDigest: String
        /// The ports that the stores are reached at.
        package var storePorts: [Int]
        /// A digest of the password for the mail server; nil if there is none, or none is known.
        package var mailDigest: String?
        /// A digest of the keys of archives, and of what their store asks for; nil if nothing is archived.
        package var archiveDigest: String?

        package init(
            cell: String,
            spec: CellSpec,
            worker: CellWorker,
            namespace: String,
            image: String,
            storesDigest: String,
            storePorts: [Int],
            mailDigest: String? = nil,
            archiveDigest: String? = nil
        ) {
            self.cell = cell
            self.spec = spec
            self.worker = worker
            self.namespace = namespace
            self.image = image
            self.storesDigest = storesDigest
            self.storePorts = storePorts
            self.mailDigest = mailDigest
            self.archiveDigest = archiveDigest
        }
    }

    let input: Input
    package let configurationName: String
    private let configuration: String
    /// Where archives go, if anywhere.
    private let archive: CellArchive?

    /// What a worker needs to finish what it has in hand.
    private static let farewell: Int64 = 30

    package init(_ input: Input) {
        self.input = input
        self.archive = input.archiveDigest == nil ? nil : input.spec.archive
        self.configuration = Self.configuration(input.spec, self.archive).text
        let digest = SHA256.hash(data: Array(self.configuration.utf8)).prefix(5)
        self.configurationName = "\(OperatorNames.worker(input.cell))-\(digest.hexadecimal)"
    }

    private var name: String { OperatorNames.worker(self.input.cell) }
    private var selector: JSON { JSON(OperatorNames.workerSelector(self.input.cell)) }
    private var edge: CellEdge { self.input.spec.edge }

    /// The objects in the order in which they are applied, each with its kind.
    package var all: [(KubeResource, KubeObject)] {
        let policy = self.edge.networkPolicy.enabled ? [(KubeResource.networkPolicies, self.networkPolicy)] : []
        return [(.serviceAccounts, self.serviceAccount), (.configMaps, self.configMap)] + policy + [
            (.podDisruptionBudgets, self.budget), (.deployments, self.deployment),
        ]
    }

    private func object(_ resource: KubeResource, _ name: String, _ fields: JSON) -> KubeObject {
        var object = KubeObject(resource, name: name, namespace: self.input.namespace, fields)
        object.json["metadata"]["labels"] = JSON(OperatorNames.workerLabels(self.input.cell))
        return object
    }

    // MARK: Who and what

    private var serviceAccount: KubeObject {
        var object = self.object(.serviceAccounts, self.name, ["automountServiceAccountToken": false])
        let annotations = self.input.worker.serviceAccountAnnotations
        if !annotations.isEmpty { object.json["metadata"]["annotations"] = JSON(annotations) }
        return object
    }

    private var configMap: KubeObject {
        self.object(
            .configMaps,
            self.configurationName,
            ["immutable": true, "data": ["worker.yaml": .string(self.configuration)]]
        )
    }

    /// Whether anything is derived from the installation's secret.
    private static func needsSecret(_ spec: CellSpec) -> Bool { spec.edge.pushContact != nil || spec.edge.mail != nil }

    private static func configuration(_ spec: CellSpec, _ archive: CellArchive?) -> JSON {
        var configuration: JSON = [
            "projection": true, "listen": ["metrics": "[::]:9090"], "log": ["format": "json"],
        ]
        if self.needsSecret(spec) { configuration["secretFile"] = "/etc/roost/keys/secret" }
        if let contact = spec.edge.pushContact { configuration["push"] = ["contact": .string(contact)] }
        if let mail = spec.edge.mail { configuration["mail"] = mail.configuration }
        if let archive { configuration["archive"] = archive.configuration }
        return configuration
    }

    // MARK: Reaching them

    private var networkPolicy: KubeObject {
        func ports(_ numbers: [Int], _ name: String = "TCP") -> [JSON] {
            numbers.map { ["port": .integer(Int64($0)), "protocol": .string(name)] }
        }
        let more =
            self.edge.networkPolicy.egressPorts + (self.edge.pushContact == nil ? [] : [443])
            + (self.edge.mail.map { [$0.server.port] } ?? []) + (self.archive?.ports ?? [])
        return self.object(
            .networkPolicies,
            self.name,
            [
                "spec": [
                    "podSelector": ["matchLabels": self.selector],
                    "policyTypes": ["Ingress", "Egress"],
                    // Metrics are for the cluster only, and nobody else has any business with it.
                    "ingress": [["ports": .array(ports([9090])), "from": [["namespaceSelector": [:]]]]],
                    "egress": [
                        ["ports": .array(ports(CellManifests.namePorts, "UDP") + ports(CellManifests.namePorts))],
                        ["ports": .array(ports(Set(self.input.storePorts + more).sorted()))],
                    ],
                ]
            ]
        )
    }

    private var budget: KubeObject {
        self.object(
            .podDisruptionBudgets,
            self.name,
            [
                "spec": [
                    "maxUnavailable": 1,
                    "selector": ["matchLabels": self.selector],
                    "unhealthyPodEvictionPolicy": "AlwaysAllow",
                ]
            ]
        )
    }

    /// A PodMonitor of the Prometheus operator.
    package var podMonitor: KubeObject {
        var object = self.object(
            .podMonitors,
            self.name,
            [
                "spec": [
                    "selector": ["matchLabels": self.selector],
                    "podMetricsEndpoints": [["port": "metrics", "path": "/metrics"]],
                ]
            ]
        )
        let labels = self.edge.podMonitorLabels
        object.json["metadata"]["labels"] = JSON(labels.merging(OperatorNames.workerLabels(self.input.cell)) { $1 })
        return object
    }

    // MARK: Running them

    /// Without the number of pods, which follows the feed.
    private var deployment: KubeObject {
        var digests = [CellManifests.storesAnnotation: self.input.storesDigest]
        digests[CellManifests.mailAnnotation] = self.input.mailDigest
        digests[CellManifests.archiveAnnotation] = self.archive == nil ? nil : self.input.archiveDigest
        return self.object(
            .deployments,
            self.name,
            [
                "spec": [
                    "selector": ["matchLabels": self.selector],
                    "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": 0, "maxSurge": 1]],
                    "revisionHistoryLimit": 3,
                    "template": [
                        "metadata": [
                            "labels": JSON(OperatorNames.workerLabels(self.input.cell)),
                            "annotations": JSON(self.edge.pod.annotations.merging(digests) { $1 }),
                        ],
                        "spec": self.podSpec,
                    ],
                ]
            ]
        )
    }

    /// What Kubernetes is to know of the pods is what it is to know of the edges'.
    private var podSpec: JSON {
        let pod = self.edge.pod
        let user: JSON = pod.userFromPlatform ? .null : 65532
        return [
            "serviceAccountName": .string(self.name),
            "automountServiceAccountToken": false,
            "enableServiceLinks": false,
            "imagePullSecrets": CellManifests.list(pod.imagePullSecrets.map { ["name": .string($0.name)] }),
            "nodeSelector": pod.nodeSelector.isEmpty ? .null : JSON(pod.nodeSelector),
            "tolerations": CellManifests.list(pod.tolerations.map(CellManifests.toleration)),
            "priorityClassName": JSON(pod.priorityClassName),
            "terminationGracePeriodSeconds": .integer(Self.farewell),
            "securityContext": [
                "runAsNonRoot": true, "runAsUser": user, "runAsGroup": user, "fsGroup": user,
                "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "topologySpreadConstraints": .array(
                ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map { key in
                    [
                        "maxSkew": 1, "topologyKey": .string(key), "whenUnsatisfiable": "ScheduleAnyway",
                        "labelSelector": ["matchLabels": self.selector],
                        "matchLabelKeys": ["pod-template-hash"],
                    ]
                }
            ),
            "containers": [self.container],
            "volumes": .array(
                [["name": "configuration", "configMap": ["name": .string(self.configurationName)]]]
                    + [self.keys?.volume, self.edge.mail?.volume].compactMap { $0 } + (self.archive?.volumes ?? [])
            ),
        ]
    }

    /// Of the cell's keys the secret alone, where anything is derived from it; never that of certificates.
    private var keys: (volume: JSON, mount: JSON)? {
        guard Self.needsSecret(self.input.spec) else { return nil }
        return (
            [
                "name": "keys",
                "secret": [
                    "secretName": .string(OperatorNames.keys(self.input.cell)), "defaultMode": 0o440,
                    "items": [["key": "secret", "path": "secret"]],
                ],
            ],
            ["name": "keys", "mountPath": "/etc/roost/keys", "readOnly": true]
        )
    }

    /// What is requested, with what is needed of what nobody set.
    private var requests: [String: String] {
        let needs = ["cpu": "250m", "memory": "256Mi"].filter { self.input.worker.limits[$0.key] == nil }
        return self.input.worker.requests.merging(needs) { set, _ in set }
    }

    private var container: JSON {
        let worker = self.input.worker
        let configuration: JSON = [
            "name": "configuration", "mountPath": "/etc/roost/worker.yaml", "subPath": "worker.yaml", "readOnly": true,
        ]
        return [
            "name": "worker",
            "image": .string(self.input.image),
            "command": ["/usr/local/bin/roost"],
            "args": ["worker", "--config", "/etc/roost/worker.yaml"],
            "env": .array(CellManifests.environment(self.input.spec)),
            "ports": [["name": "metrics", "containerPort": 9090, "protocol": "TCP"]],
            "resources": [
                "requests": JSON(self.requests), "limits": worker.limits.isEmpty ? .null : JSON(worker.limits),
            ],
            "startupProbe": CellManifests.probe("/livez", period: 2, failures: 30),
            "livenessProbe": CellManifests.probe("/livez", period: 10, failures: 6),
            "readinessProbe": CellManifests.probe("/readyz", period: 3, failures: 2),
            "terminationMessagePolicy": "FallbackToLogsOnError",
            "securityContext": [
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                "capabilities": ["drop": ["ALL"]],
            ],
            "volumeMounts": .array(
                [configuration] + [self.keys?.mount, self.edge.mail?.mount].compactMap { $0 }
                    + (self.archive?.mounts ?? [])
            ),
        ]
    }
}
