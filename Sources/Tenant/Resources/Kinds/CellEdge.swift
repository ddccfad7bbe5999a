/// The fleet of edges of a cell.
package struct CellEdge: Hashable, Sendable {
    /// How the number of pods follows the load.
    package struct Autoscaling: Hashable, Sendable {
        /// The fewest pods.
        package var minReplicas = 2
        /// What is said about ``maxReplicas``.
        package var askedMaximum: Int?
        /// Wanted connections a pod, in percent of ``CellEdge/connectionsPerPod``.
        package var targetConnections = 70
        /// Wanted share of a shard's event-loop time, in percent.
        package var targetLoopUtilization = 60
        /// Pods kept ready beyond what is needed.
        package var bufferPods = 1
        /// Whether those are as many as a zone has, if that is more.
        package var bufferZone = false
        /// How many pods may come in a minute, or ``scaleUpMaxPercentPerMinute`` of those there were, whichever are more.
        package var scaleUpMaxPodsPerMinute = 4
        /// See ``scaleUpMaxPodsPerMinute``, in percent.
        package var scaleUpMaxPercentPerMinute = 100
        /// For how long fewer pods must have sufficed before one goes.
        package var scaleDownStabilization: Duration = .seconds(600)
        /// How many pods go at once; `nil` means all that are not needed.
        package var scaleDownMaxPodsAtOnce: Int?
        /// Pods while figures are missing.
        package var fallbackReplicas = 4

        /// The most pods, by default 50, or ``minReplicas`` if that is more.
        package var maxReplicas: Int { self.askedMaximum ?? max(50, self.minReplicas) }
    }

    /// The Service that clients reach.
    package struct Service: Hashable, Sendable {
        /// Kubernetes' types of Service that make sense here.
        package enum Kind: String, Hashable, Sendable, CaseIterable {
            /// An address of the provider's load balancer.
            case loadBalancer = "LoadBalancer"
            /// A port on each node.
            case nodePort = "NodePort"
            /// Inside the cluster only.
            case clusterIP = "ClusterIP"
        }

        /// Kubernetes' policies of IPv4 and IPv6.
        package enum Families: String, Hashable, Sendable, CaseIterable {
            case single = "SingleStack"
            case preferDual = "PreferDualStack"
            case requireDual = "RequireDualStack"
        }

        /// The type.
        package var type: Kind = .loadBalancer
        /// Annotations for the provider's load balancer.
        package var annotations: [String: String] = [:]
        /// Whether the load balancer speaks the PROXY protocol.
        package var proxyProtocol = false
        /// Which kinds of addresses it has; `nil` means what the cluster gives.
        package var ipFamilyPolicy: Families?
        /// Which of the cluster's load balancers; `nil` means the default one.
        package var loadBalancerClass: String?
    }

    /// What Kubernetes is to know of the pods: fields of the same names in a PodSpec.
    package struct Pod: Hashable, Sendable {
        /// What a pod puts up with (Kubernetes' `Toleration`).
        package struct Toleration: Hashable, Sendable {
            /// Kubernetes' operators.
            package enum Operator: String, Hashable, Sendable, CaseIterable {
                case exists = "Exists"
                case equal = "Equal"
            }

            /// Kubernetes' effects of taints.
            package enum Effect: String, Hashable, Sendable, CaseIterable {
                case noSchedule = "NoSchedule"
                case preferNoSchedule = "PreferNoSchedule"
                case noExecute = "NoExecute"
            }

            /// The taint's key; `nil` means every key.
            package var key: String?
            package var `operator`: Operator?
            package var value: String?
            /// `nil` means every effect.
            package var effect: Effect?
            /// For how long it puts up with `NoExecute`; `nil` means for ever.
            package var tolerationSeconds: Int?
        }

        /// Secrets for the image's registry, in the operator's namespace.
        package var imagePullSecrets: [ObjectReference] = []
        /// Labels that a node must have.
        package var nodeSelector: [String: String] = [:]
        package var tolerations: [Toleration] = []
        package var priorityClassName: String?
        /// Annotations of the pods.
        package var annotations: [String: String] = [:]
        /// Whether the platform chooses the pods' user and groups, as OpenShift does.
        package var userFromPlatform = false
    }

    /// Which traffic of the edges is let through.
    package struct NetworkPolicy: Hashable, Sendable {
        /// Whether there is a policy at all.
        package var enabled = true
        /// Ports that they reach beside those of names and of their stores' addresses.
        package var egressPorts: [Int] = []
    }

    /// The container image; `nil` means the operator's own.
    package var image: String?
    /// Kubernetes' requests by resource name, as quantities.
    package var requests: [String: String] = [:]
    /// Kubernetes' limits by resource name, as quantities.
    package var limits: [String: String] = [:]
    /// Event loops in a pod.
    package var shards = 1
    /// Connections that a pod takes.
    package var connectionsPerPod = 20_000
    /// A fixed number of pods, which turns ``autoscaling`` off: what `kubectl scale` sets.
    package var replicas: Int?
    /// How the number of pods follows the load.
    package var autoscaling = Autoscaling()
    /// How many more pods there may be in a rollout, in percent.
    package var rolloutMaxSurge = 100
    /// For how long a pod that goes serves on, so that load balancers notice.
    package var drainAnnouncement: Duration = .seconds(30)
    /// Over how long a pod that goes spreads its goodbyes.
    package var drainGracePeriod: Duration = .seconds(300)
    /// How long that takes at most, however many pods go together.
    package var askedLongestDrain: Duration?
    /// The Service that clients reach.
    package var service = Service()
    /// What Kubernetes is to know of the pods.
    package var pod = Pod()
    /// Which traffic is let through.
    package var networkPolicy = NetworkPolicy()
    /// Labels of the PodMonitor, for a Prometheus that chooses by them.
    package var podMonitorLabels: [String: String] = [:]
    /// Whom push services may turn to; `nil` means that nothing is pushed to devices.
    package var pushContact: String?
    /// By which server they send mail; `nil` means that they send none.
    package var mail: CellMail?
    /// What they need for issuers of tokens; `nil` means that they are let out to none.
    package var oauth: CellOAuth?
    /// Which name servers they ask for lists of addresses; none for the system's.
    package var nameServers: [NameServerAddress] = []

    /// How long a pod spreads its goodbyes at most, however many go together: by default half an hour, or ``drainGracePeriod`` if that
    /// is more.
    package var longestDrain: Duration { max(self.askedLongestDrain ?? .seconds(1_800), self.drainGracePeriod) }
}

extension CellEdge: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "image",
            \.image,
            .line,
            "The container image; by default the operator's own as of the time when the edges were made."
        ),
        Setting(
            "replicas",
            \.replicas,
            .integer(0...10_000),
            "A fixed number of pods, with which the autoscaler stays off; `kubectl scale` sets it."
        ),
        Setting.group(
            "resources",
            isOpen: true,
            "What a pod's container requests and is limited to.",
            [
                Setting(
                    "requests",
                    \.requests,
                    .quantities,
                    "What it requests, by resource. What is neither here nor in limits is, of cpu, 250m a shard, and of memory 128Mi and 32Ki for each of connectionsPerPod."
                ),
                Setting("limits", \.limits, .quantities, "What it is limited to, by resource."),
            ]
        ),
        Setting("shards", \.shards, .integer(1...1024), "Event loops in a pod."),
        Setting("connectionsPerPod", \.connectionsPerPod, .integer(1...10_000_000), "Connections that a pod takes."),
        Setting("autoscaling", \.autoscaling, .object, "How the number of pods follows the load."),
        Setting.group(
            "rollout",
            "How pods are replaced by others.",
            [
                Setting(
                    "maxSurge",
                    \.rolloutMaxSurge,
                    .integer(1...100),
                    "How many more pods there may be meanwhile, in percent. With 100 nobody moves more than once; with less, some do."
                )
            ]
        ),
        Setting.group(
            "drain",
            "How a pod goes.",
            [
                Setting(
                    "announce",
                    \.drainAnnouncement,
                    .duration(Bounds.drainAnnouncement),
                    "For how long a pod that goes serves on, so that load balancers stop sending to its node, such as 30s."
                ),
                Setting(
                    "gracePeriod",
                    \.drainGracePeriod,
                    .duration(Bounds.drainGracePeriod),
                    "Over how long a pod that goes spreads its goodbyes, such as 5m; those that go together take as much longer."
                ),
                Setting(
                    "longest",
                    \.askedLongestDrain,
                    .duration(Bounds.drainGracePeriod),
                    "How long that takes at most, however many go together; by default 30m, or gracePeriod if that is more."
                ),
            ]
        ),
        Setting("service", \.service, .object, "The Service that clients reach."),
        Setting("pod", \.pod, .object, "What Kubernetes is to know of the pods, as in a PodSpec."),
        Setting("networkPolicy", \.networkPolicy, .object, "Which traffic of the edges is let through."),
        Setting.group(
            "podMonitor",
            "The PodMonitor, where the Prometheus operator is installed.",
            [Setting("labels", \.podMonitorLabels, .texts, "Labels by which a Prometheus chooses it.")]
        ),
        Setting.group(
            "push",
            "Web Push: what concerns accounts is pushed to their devices.",
            [
                Setting(
                    "contact",
                    \.pushContact,
                    PushContact.setting,
                    "A mailto: or https: URL by which the people of push services reach you. With it edges push, and connect to port 443 anywhere; by default they do not."
                )
            ]
        ),
        Setting(
            "mail",
            \.mail,
            .object,
            "The server by which edges send mail: codes that prove addresses, passwords that were forgotten. By default they send none."
        ),
        Setting(
            "oauth",
            \.oauth,
            .object,
            "For tenants whose people log in by tokens (spec.accounts.oauth of a Tenant): with it, {} is enough, edges may connect to port 443 anywhere. By default they may not."
        ),
        Setting.group(
            "dns",
            "Whom edges ask for lists of addresses (spec.admission.dnsbl of a Tenant).",
            [
                Setting(
                    "servers",
                    \.nameServers,
                    .list(of: .nameServer, .ordered(), most: 8),
                    "Name servers: addresses with a port or without, such as 10.0.0.10 or 10.0.0.10:5353. Edges may connect to that port anywhere. By default the system's."
                )
            ]
        ),
    ]
}

extension CellEdge.Autoscaling: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("minReplicas", \.minReplicas, .integer(0...10_000), "The fewest pods."),
        Setting(
            "maxReplicas",
            \.askedMaximum,
            .integer(1...10_000),
            "The most pods; by default 50, or minReplicas if that is more."
        ),
        Setting(
            "targetConnections",
            \.targetConnections,
            .integer(1...100),
            "Wanted connections of a pod, in percent of connectionsPerPod."
        ),
        Setting(
            "targetLoopUtilization",
            \.targetLoopUtilization,
            .integer(1...100),
            "Wanted share of a shard's event-loop time, in percent."
        ),
        Setting("bufferPods", \.bufferPods, .integer(0...1000), "Pods kept ready beyond what is needed."),
        Setting(
            "bufferZone",
            \.bufferZone,
            .flag,
            "Whether as many are kept beyond what is needed as a zone has, if that is more than bufferPods."
        ),
        Setting.group(
            "scaleUp",
            "How pods become more, beyond what the clients who are connected need: the larger of both.",
            [
                Setting(
                    "maxPodsPerMinute",
                    \.scaleUpMaxPodsPerMinute,
                    .integer(1...10_000),
                    "How many pods come in a minute."
                ),
                Setting(
                    "maxPercentPerMinute",
                    \.scaleUpMaxPercentPerMinute,
                    .integer(0...10_000),
                    "How many come in a minute, in percent of those there were."
                ),
            ]
        ),
        Setting.group(
            "scaleDown",
            "How pods become fewer.",
            [
                Setting(
                    "stabilization",
                    \.scaleDownStabilization,
                    .duration(Bounds.stabilization),
                    "For how long fewer pods must have sufficed before one goes, such as 10m."
                ),
                Setting(
                    "maxPodsAtOnce",
                    \.scaleDownMaxPodsAtOnce,
                    .integer(1...10_000),
                    "How many pods go at once; by default all that are not needed, so that nobody moves twice. Of those whose nodes are drained one goes at once by default."
                ),
            ]
        ),
        Setting("fallbackReplicas", \.fallbackReplicas, .integer(1...10_000), "Pods while figures are missing."),
    ]

    static let rules = [
        Schema.Rule(
            "!has(self.maxReplicas) || self.maxReplicas >= self.minReplicas",
            "maxReplicas is less than minReplicas"
        )
    ]

    static func check(_ value: Self, _ fields: ObjectFields) {
        guard value.maxReplicas < value.minReplicas else { return }
        let text = "\(value.maxReplicas) is less than minReplicas, \(value.minReplicas): raise it"
        fields["maxReplicas"].report(.badValue, text)
    }
}

extension CellEdge.Service: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("type", \.type, .choice, "How it is reached, as in a Service."),
        Setting("annotations", \.annotations, .texts, "Annotations for the provider's load balancer."),
        Setting("proxyProtocol", \.proxyProtocol, .flag, "Whether the load balancer speaks the PROXY protocol."),
        Setting(
            "ipFamilyPolicy",
            \.ipFamilyPolicy,
            .choice,
            "Whether it has addresses of IPv4 and IPv6, as in a Service; by default what the cluster gives."
        ),
        Setting(
            "loadBalancerClass",
            \.loadBalancerClass,
            .className,
            "Which of the cluster's load balancers, as in a Service, where it cannot be changed any more; by default the cluster's."
        ),
    ]

    static let rules = [
        Schema.Rule(
            "!has(self.loadBalancerClass) || !has(self.type) || self.type == 'LoadBalancer'",
            "loadBalancerClass is for type LoadBalancer"
        )
    ]

    static func check(_ value: Self, _ fields: ObjectFields) {
        guard value.loadBalancerClass != nil, value.type != .loadBalancer else { return }
        let text = "a Service of type \(value.type.rawValue) has no load balancer: leave it out"
        fields["loadBalancerClass"].report(.badValue, text)
    }
}

extension SettingType where Value == String {
    /// The name of a class, with or without a domain before it: a label's name.
    fileprivate static var className: SettingType {
        .text(
            "name",
            "name of a class: write one like example.com/internal",
            pattern: "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
            { text in
                let parts = text.split(separator: "/", omittingEmptySubsequences: false)
                guard let name = parts.last, parts.count <= 2, Self.isName(name, most: 63, upper: true, "-_.") else {
                    return nil
                }
                let domain = parts.count == 2 ? parts[0] : "a"
                return Self.isName(domain, most: 253, upper: false, "-.") ? text : nil
            }
        )
    }

    /// Whether a text is of letters and digits, with others between.
    private static func isName(_ text: Substring, most: Int, upper: Bool, _ between: String) -> Bool {
        func isAlphanumeric(_ character: Character) -> Bool {
            character.isASCII && (character.isNumber || character.isLetter && (upper || character.isLowercase))
        }
        guard let first = text.first, let last = text.last, text.utf8.count <= most else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.allSatisfy { isAlphanumeric($0) || between.contains($0) }
    }
}

extension CellEdge.Pod: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "imagePullSecrets",
            \.imagePullSecrets,
            .list(of: .object, .objects(by: "name", \.name)),
            "Secrets for the image's registry, in the operator's namespace."
        ),
        Setting("nodeSelector", \.nodeSelector, .texts, "Labels that a node must have."),
        Setting("tolerations", \.tolerations, .list(of: .object, .plain), "Taints that the pods put up with."),
        Setting("priorityClassName", \.priorityClassName, .objectName, "The PriorityClass of the pods."),
        Setting("annotations", \.annotations, .texts, "Annotations of the pods."),
        Setting(
            "userFromPlatform",
            \.userFromPlatform,
            .flag,
            "Whether the platform chooses the pods' user and groups, as OpenShift does; else these are 65532."
        ),
    ]
}

extension CellEdge.NetworkPolicy: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "enabled",
            \.enabled,
            .flag,
            "Whether there is a NetworkPolicy; without it, what is let through is the cluster's."
        ),
        Setting(
            "egressPorts",
            \.egressPorts,
            .list(of: .integer(1...65535), .set, most: 100),
            "Ports that edges reach beside those of names and of the stores' addresses, such as a store's targetPort."
        ),
    ]
}

extension CellEdge.Pod.Toleration: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("key", \.key, .text, "The taint's key; by default every one."),
        Setting("operator", \.operator, .choice, "Exists, or Equal to the value."),
        Setting("value", \.value, .text, "The taint's value."),
        Setting("effect", \.effect, .choice, "The taint's effect; by default every one."),
        Setting(
            "tolerationSeconds",
            \.tolerationSeconds,
            .integer(0...2_147_483_647),
            "For how long NoExecute is put up with; by default for ever."
        ),
    ]
}
