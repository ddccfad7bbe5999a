// What a cell's edges consist of in Kubernetes, as a pure function of what the Cell says: everything is applied server-side, so
// what is written here is owned and what is not is left to others.

import Crypto
package import KubeClient
import Numbers
package import Tenant

/// The objects of a cell.
package struct CellManifests: Sendable {
    /// What the objects are made from.
    package struct Input: Sendable {
        package var cell: KubeObject
        package var spec: CellSpec
        /// Where the objects live.
        package var namespace: String
        /// The image that the edges are to run.
        package var image: String
        /// A digest of the stores' URLs: pods read them at their start, so they are replaced when it changes.
        package var storesDigest: String
        /// The ports that the edges reach their stores at.
        package var storePorts: [Int]
        /// A digest of the password for the mail server, which pods read at their start too; nil if there is none, or none is known.
        package var mailDigest: String?
        /// The same of the certificates that prove issuers of tokens.
        package var issuersDigest: String?
        /// The same of the keys of archives, and of what their store asks for; nil if nothing is archived.
        package var archiveDigest: String?
        /// Who does the cell's work.
        package var work: WorkHandover
        /// The Deployment that there is; nil if there is none yet.
        package var running: KubeObject?
        /// The pods that there are.
        package var pods: [KubeObject]
        /// For how long a new pod must have been ready before old ones go for it.
        package var proving: Duration
        /// Milliseconds since 1970.
        package var now: Int64

        package init(
            cell: KubeObject,
            spec: CellSpec,
            namespace: String,
            image: String,
            storesDigest: String,
            storePorts: [Int],
            mailDigest: String? = nil,
            issuersDigest: String? = nil,
            archiveDigest: String? = nil,
            work: WorkHandover = .edges,
            running: KubeObject? = nil,
            pods: [KubeObject] = [],
            proving: Duration,
            now: Int64
        ) {
            self.cell = cell
            self.spec = spec
            self.namespace = namespace
            self.image = image
            self.storesDigest = storesDigest
            self.storePorts = storePorts
            self.mailDigest = mailDigest
            self.issuersDigest = issuersDigest
            self.archiveDigest = archiveDigest
            self.work = work
            self.running = running
            self.pods = pods
            self.proving = proving
            self.now = now
        }
    }

    /// On the pods' template: the digest of the stores' addresses.
    static let storesAnnotation = "roost.chat/stores"
    /// On the pods' template: the digest of the password for the mail server.
    static let mailAnnotation = "roost.chat/mail"
    /// On the pods' template: the digest of the certificates that prove issuers of tokens.
    static let issuersAnnotation = "roost.chat/issuers"
    /// On the pods' template: the digest of the keys of archives, and of what their store asks for.
    static let archiveAnnotation = "roost.chat/archive"
    /// Where pods are asked for names: policies see the pod's port and not the Service's, and OpenShift's listens at another.
    static let namePorts = [53, 5353]
    /// What a pod has left after its drain.
    static let afterDrain = 30

    let input: Input
    package let configurationName: String
    private let configuration: String
    /// Where archives are, where edges put them there, or read there for clients.
    private let archive: CellArchive?

    package init(_ input: Input) {
        self.input = input
        let hasArchive = !input.work.isTold || input.spec.archive?.readByClients == true
        self.archive = input.archiveDigest == nil || !hasArchive ? nil : input.spec.archive
        self.configuration = Self.configuration(input.spec, input.work, self.archive).text
        let digest = SHA256.hash(data: Array(self.configuration.utf8)).prefix(5)
        self.configurationName = "\(OperatorNames.edge(input.cell.name))-\(digest.hexadecimal)"
    }

    private var name: String { self.input.cell.name }
    private var labels: JSON { JSON(OperatorNames.labels(self.name)) }
    private var selector: JSON { JSON(OperatorNames.selector(self.name)) }

    /// The objects in the order in which they are applied, each with its kind.
    package var all: [(KubeResource, KubeObject)] {
        let policy =
            self.input.spec.edge.networkPolicy.enabled ? [(KubeResource.networkPolicies, self.networkPolicy)] : []
        return [(.serviceAccounts, self.serviceAccount), (.configMaps, self.configMap)] + policy + [
            (.services, self.service), (.podDisruptionBudgets, self.budget), (.deployments, self.deployment),
        ]
    }

    private func object(_ resource: KubeResource, _ name: String, _ fields: JSON) -> KubeObject {
        var object = KubeObject(resource, name: name, namespace: self.input.namespace, fields)
        object.json["metadata"]["labels"] = self.labels
        return object
    }

    // MARK: Who and what

    /// Without a token: an edge has no business with the API server.
    private var serviceAccount: KubeObject {
        self.object(.serviceAccounts, OperatorNames.edge(self.name), ["automountServiceAccountToken": false])
    }

    /// Immutable and named by its contents, so that a rollback finds what it had.
    private var configMap: KubeObject {
        self.object(
            .configMaps,
            self.configurationName,
            ["immutable": true, "data": ["edge.yaml": .string(self.configuration)]]
        )
    }

    private static func configuration(_ spec: CellSpec, _ work: WorkHandover, _ archive: CellArchive?) -> JSON {
        let proxied = spec.edge.service.proxyProtocol
        var configuration: JSON = [
            "projection": true,
            "sealingKeyFile": "/etc/roost/keys/sealing",
            "secretFile": "/etc/roost/keys/secret",
            "shards": .integer(Int64(spec.edge.shards)),
            "capacity": ["connections": .integer(Int64(clamping: spec.edge.connectionsPerPod))],
            "listen": [
                "irc": "off", "ircs": "[::]:6697", "https": "[::]:8443",
                "http": spec.gateway == nil ? "off" : "[::]:8080", "metrics": "[::]:9090",
            ],
            // The load balancer's addresses are the provider's affair; every connection of this Service begins with a header.
            "trustedProxies": proxied ? ["0.0.0.0/0", "::/0"] : Self.list(spec.trustedProxies.map(JSON.string)),
            "http": ["proxyProtocol": .bool(proxied)],
            "webirc": spec.webirc.map { webirc in
                [
                    "networks": .array(webirc.networks.map(JSON.string)),
                    "passwordFile": .string("\(Self.webircFolder)/password"),
                ]
            } ?? .null,
            "drain": [
                "seconds": .integer(spec.edge.drainGracePeriod.components.seconds),
                "longest": .integer(spec.edge.longestDrain.components.seconds),
            ],
            "log": ["format": "json"],
        ]
        // An edge of an earlier version takes no key that it does not know.
        if let contact = spec.edge.pushContact { configuration["push"] = ["contact": .string(contact)] }
        if let mail = spec.edge.mail {
            configuration["mail"] = work.isTold ? mail.notice : mail.configuration
        }
        if work.isTold { configuration["work"] = .string(WorkHandover.value) }
        if let issuers = spec.edge.oauth?.configuration { configuration["oauth"] = issuers }
        if let names = CellOAuth.nameServers(spec.edge) { configuration["dns"] = names }
        if let archive {
            configuration["archive"] = archive.configuration
            if archive.readByClients { configuration["archive"]["readByClients"] = true }
        }
        return configuration
    }

    // MARK: Reaching them

    private var ports: [(name: String, port: Int, target: Int)] {
        [("ircs", 6697, 6697), ("https", 443, 8443)] + (self.input.spec.gateway == nil ? [] : [("http", 80, 8080)])
    }

    private var service: KubeObject {
        let service = self.input.spec.edge.service
        var object = self.object(
            .services,
            OperatorNames.service(self.name),
            [
                "spec": [
                    "type": .string(service.type.rawValue),
                    "ipFamilyPolicy": JSON(service.ipFamilyPolicy?.rawValue),
                    "loadBalancerClass": JSON(service.loadBalancerClass),
                    "selector": self.selector,
                    // The client's address stays its own, and no second hop is made between nodes.
                    "externalTrafficPolicy": service.type == .clusterIP ? .null : "Local",
                    "ports": .array(
                        self.ports.map { port in
                            [
                                "name": .string(port.name), "port": .integer(Int64(port.port)),
                                "targetPort": .integer(Int64(port.target)), "protocol": "TCP",
                            ]
                        }
                    ),
                ]
            ]
        )
        if !service.annotations.isEmpty { object.json["metadata"]["annotations"] = JSON(service.annotations) }
        return object
    }

    /// Whether edges push, those included that do not know yet that workers do.
    private var pushes: Bool { self.input.spec.edge.pushContact != nil && self.input.work != .workers }
    /// By which server they send mail, likewise.
    private var mails: CellMail? { self.input.work == .workers ? nil : self.input.spec.edge.mail }
    /// Where they put archives, likewise; or read them.
    private var archives: CellArchive? {
        self.input.archiveDigest == nil || self.input.work == .workers ? self.archive : self.input.spec.archive
    }

    private var networkPolicy: KubeObject {
        func ports(_ numbers: [Int], _ name: String = "TCP") -> [JSON] {
            numbers.map { ["port": .integer(Int64($0)), "protocol": .string(name)] }
        }
        let edge = self.input.spec.edge
        let more =
            edge.networkPolicy.egressPorts + (self.pushes || edge.oauth != nil ? [443] : [])
            + (self.mails.map { [$0.server.port] } ?? []) + (self.archives?.ports ?? [])
        let names = Set(Self.namePorts + edge.nameServers.compactMap(\.port)).sorted()
        return self.object(
            .networkPolicies,
            OperatorNames.edge(self.name),
            [
                "spec": [
                    "podSelector": ["matchLabels": self.selector],
                    "policyTypes": ["Ingress", "Egress"],
                    "ingress": [
                        ["ports": .array(ports(self.ports.map(\.target)))],
                        // Metrics are for the cluster only.
                        ["ports": .array(ports([9090])), "from": [["namespaceSelector": [:]]]],
                    ],
                    "egress": [
                        ["ports": .array(ports(names, "UDP") + ports(names))],
                        ["ports": .array(ports(Set(self.input.storePorts + more).sorted()))],
                    ],
                ]
            ]
        )
    }

    /// One at once if the cell says nothing else, those included that take their leave already: a budget by itself knows only who
    /// is ready, and lets the next node be drained as soon as another pod is, while the clients of the first are still moved.
    private var budget: KubeObject {
        let atOnce = self.input.spec.edge.autoscaling.scaleDownMaxPodsAtOnce ?? 1
        let leaving = self.input.pods.count { $0.deletionTimestamp != nil && !$0.hasPodEnded }
        return self.object(
            .podDisruptionBudgets,
            OperatorNames.edge(self.name),
            [
                "spec": [
                    "maxUnavailable": .integer(Int64(max(0, atOnce.minus(leaving)))),
                    "selector": ["matchLabels": self.selector],
                    // A pod that serves nobody does not keep its node from being drained.
                    "unhealthyPodEvictionPolicy": "AlwaysAllow",
                ]
            ]
        )
    }

    /// A PodMonitor of the Prometheus operator.
    package var podMonitor: KubeObject {
        var object = self.object(
            .podMonitors,
            OperatorNames.edge(self.name),
            [
                "spec": [
                    "selector": ["matchLabels": self.selector],
                    "podMetricsEndpoints": [["port": "metrics", "path": "/metrics"]],
                ]
            ]
        )
        let labels = self.input.spec.edge.podMonitorLabels
        object.json["metadata"]["labels"] = JSON(labels.merging(OperatorNames.labels(self.name)) { $1 })
        return object
    }

    // MARK: Running them

    /// How long a pod serves on after its end was announced.
    ///
    /// It stays ready meanwhile: what a load balancer still sends to its node is for it.
    private var announcement: Int { Int(clamping: self.input.spec.edge.drainAnnouncement.components.seconds) }

    /// How long a pod needs to go at most.
    private var farewell: Int {
        self.announcement.plus(Int(clamping: self.input.spec.edge.longestDrain.components.seconds))
    }

    /// Without the number of pods, which is the autoscaler's.
    private var deployment: KubeObject {
        let template = self.template
        let digest = SHA256.hash(data: template.data).prefix(5).hexadecimal
        let surge = self.input.spec.edge.rolloutMaxSurge
        let hold = RolloutHold(template: digest, surge: surge, proving: self.input.proving, now: self.input.now)
        let seconds = RolloutHold.seconds(surge: surge, farewell: self.farewell)
        var object = self.object(
            .deployments,
            OperatorNames.edge(self.name),
            [
                "spec": [
                    "selector": ["matchLabels": self.selector],
                    "strategy": [
                        "type": "RollingUpdate",
                        "rollingUpdate": ["maxUnavailable": 0, "maxSurge": .string("\(surge)%")],
                    ],
                    "minReadySeconds": .integer(hold.holds(self.input.running, self.input.pods) ? seconds : 0),
                    // Kubernetes wants it to be more than the seconds above.
                    "progressDeadlineSeconds": .integer(seconds.plus(300)),
                    "revisionHistoryLimit": 3,
                    "template": template,
                ]
            ]
        )
        object.json["spec"]["template"]["metadata"]["annotations"][RolloutHold.annotation] = .string(digest)
        return object
    }

    /// What pods are made from, but for the annotation with its digest.
    private var template: JSON {
        var digests = [Self.storesAnnotation: self.input.storesDigest]
        digests[Self.mailAnnotation] = self.input.work.isTold ? nil : self.input.mailDigest
        digests[WorkHandover.annotation] = self.input.work.isTold ? WorkHandover.value : nil
        digests[Self.issuersAnnotation] = self.input.issuersDigest
        digests[Self.archiveAnnotation] = self.archive == nil ? nil : self.input.archiveDigest
        return [
            "metadata": [
                "labels": self.labels,
                "annotations": JSON(self.input.spec.edge.pod.annotations.merging(digests) { $1 }),
            ],
            "spec": self.podSpec,
        ]
    }

    private var podSpec: JSON {
        let pod = self.input.spec.edge.pod
        // Of a range that the namespace has, where nobody may choose.
        let user: JSON = pod.userFromPlatform ? .null : 65532
        return [
            "serviceAccountName": .string(OperatorNames.edge(self.name)),
            "automountServiceAccountToken": false,
            "enableServiceLinks": false,
            "imagePullSecrets": Self.list(pod.imagePullSecrets.map { ["name": .string($0.name)] }),
            "nodeSelector": pod.nodeSelector.isEmpty ? .null : JSON(pod.nodeSelector),
            "tolerations": Self.list(pod.tolerations.map(Self.toleration)),
            "priorityClassName": JSON(pod.priorityClassName),
            "terminationGracePeriodSeconds": .integer(Int64(self.farewell.plus(Self.afterDrain))),
            "securityContext": [
                "runAsNonRoot": true, "runAsUser": user, "runAsGroup": user, "fsGroup": user,
                "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "topologySpreadConstraints": .array(
                ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map { key in
                    [
                        "maxSkew": 1, "topologyKey": .string(key), "whenUnsatisfiable": "ScheduleAnyway",
                        "labelSelector": ["matchLabels": self.selector],
                        // Those of one template among themselves: old ones that a rollout takes away do not count.
                        "matchLabelKeys": ["pod-template-hash"],
                    ]
                }
            ),
            "containers": [self.container],
            "volumes": .array(
                [
                    ["name": "configuration", "configMap": ["name": .string(self.configurationName)]],
                    [
                        "name": "keys",
                        "secret": ["secretName": .string(OperatorNames.keys(self.name)), "defaultMode": 0o440],
                    ],
                ] + self.secretVolumes
            ),
        ]
    }

    private static let webircFolder = "/etc/roost/webirc"

    /// The passwords, and certificates, that only some cells have.
    private var secretVolumes: [JSON] {
        let edge = self.input.spec.edge
        let mail = self.input.work.isTold ? nil : edge.mail
        let volumes: [JSON?] = [self.webircVolume, mail?.volume, edge.oauth?.volume]
        return volumes.compactMap { $0 } + (self.archive?.volumes ?? [])
    }

    private var secretMounts: [JSON] {
        let webirc: JSON = ["name": "webirc", "mountPath": .string(Self.webircFolder), "readOnly": true]
        let edge = self.input.spec.edge
        let mail = self.input.work.isTold ? nil : edge.mail
        let mounts: [JSON?] = [self.webircVolume.map { _ in webirc }, mail?.mount, edge.oauth?.mount]
        return mounts.compactMap { $0 } + (self.archive?.mounts ?? [])
    }

    /// The gateways' password.
    ///
    /// Edges start without it and read it once it is there: it concerns nobody else.
    private var webircVolume: JSON? {
        guard let reference = self.input.spec.webirc?.passwordSecretRef else { return nil }
        return [
            "name": "webirc",
            "secret": [
                "secretName": .string(reference.name), "optional": true, "defaultMode": 0o440,
                "items": [["key": .string(reference.key), "path": "password"]],
            ],
        ]
    }

    static func list(_ elements: [JSON]) -> JSON { elements.isEmpty ? .null : .array(elements) }

    static func toleration(_ toleration: CellEdge.Pod.Toleration) -> JSON {
        [
            "key": JSON(toleration.key), "operator": JSON(toleration.operator?.rawValue),
            "value": JSON(toleration.value), "effect": JSON(toleration.effect?.rawValue),
            "tolerationSeconds": JSON(toleration.tolerationSeconds),
        ]
    }

    /// What is requested, with what is needed of what nobody set: a pod without requests is the first to be evicted.
    ///
    /// An idle connection with TLS takes some 27 KiB, channels and what is on its way come on top of it; an event loop that is busy
    /// takes a core, and few are. Where only a limit is set, Kubernetes takes that for the request.
    private static func requests(of edge: CellEdge) -> [String: String] {
        let memory = edge.connectionsPerPod.times(32).plus(128 * 1024) / 1024
        let needs = ["cpu": "\(edge.shards.times(250))m", "memory": "\(memory)Mi"].filter { edge.limits[$0.key] == nil }
        return edge.requests.merging(needs) { set, _ in set }
    }

    private var container: JSON {
        let edge = self.input.spec.edge
        return [
            "name": "edge",
            "image": .string(self.input.image),
            "command": ["/usr/local/bin/roost"],
            "args": ["edge", "--config", "/etc/roost/edge.yaml"],
            "env": .array(Self.environment(self.input.spec)),
            "ports": .array(
                (self.ports.map { ($0.name, $0.target) } + [("metrics", 9090)]).map { name, port in
                    ["name": .string(name), "containerPort": .integer(Int64(port)), "protocol": "TCP"]
                }
            ),
            "resources": [
                "requests": JSON(Self.requests(of: edge)),
                "limits": edge.limits.isEmpty ? .null : JSON(edge.limits),
            ],
            "startupProbe": Self.probe("/livez", period: 2, failures: 30),
            "livenessProbe": Self.probe("/livez", period: 10, failures: 6),
            "readinessProbe": Self.probe("/readyz", period: 3, failures: 2),
            // So that why it ended can be told by who may see pods and no logs.
            "terminationMessagePolicy": "FallbackToLogsOnError",
            "lifecycle": self.lifecycle,
            "securityContext": [
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                "capabilities": ["drop": ["ALL"]],
            ],
            "volumeMounts": .array(
                [
                    [
                        "name": "configuration", "mountPath": "/etc/roost/edge.yaml", "subPath": "edge.yaml",
                        "readOnly": true,
                    ],
                    ["name": "keys", "mountPath": "/etc/roost/keys", "readOnly": true],
                ] + self.secretMounts
            ),
        ]
    }

    /// No shell is needed to wait (KEP-3960); no time at all is no action.
    private var lifecycle: JSON {
        guard self.announcement > 0 else { return .null }
        return ["preStop": ["sleep": ["seconds": .integer(Int64(self.announcement))]]]
    }
}
