import Yams

/// The fleet of edges of a cell.
package struct CellEdge: Hashable, Sendable {
    /// How the number of pods follows the load.
    package struct Autoscaling: Hashable, Sendable {
        /// The fewest pods, by default 2.
        package let minReplicas: Int
        /// The most pods, by default 50.
        package let maxReplicas: Int
        /// Wanted connections a pod, in percent of ``CellEdge/connectionsPerPod``, by default 70.
        package let targetConnections: Int
        /// Wanted share of a shard's event-loop time, in percent, by default 60.
        package let targetLoopUtilization: Int
        /// Pods kept ready beyond what is needed, by default 1.
        package let bufferPods: Int
        /// For how long fewer pods must have sufficed before one goes, by default 10 minutes.
        package let scaleDownStabilization: Duration
        /// How many pods go at once, by default 1.
        package let scaleDownMaxPodsAtOnce: Int
        /// Pods while figures are missing, by default 4.
        package let fallbackReplicas: Int
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

        /// The type, by default ``Kind/loadBalancer``.
        package let type: Kind
        /// Annotations for the provider's load balancer.
        package let annotations: [String: String]
        /// Whether the load balancer speaks the PROXY protocol, by default not.
        package let proxyProtocol: Bool
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
            package let key: String?
            package let `operator`: Operator?
            package let value: String?
            /// `nil` means every effect.
            package let effect: Effect?
            /// For how long it puts up with `NoExecute`; `nil` means for ever.
            package let tolerationSeconds: Int?
        }

        /// Secrets for the image's registry, in the operator's namespace.
        package let imagePullSecrets: [ObjectReference]
        /// Labels that a node must have.
        package let nodeSelector: [String: String]
        package let tolerations: [Toleration]
        package let priorityClassName: String?
        /// Annotations of the pods.
        package let annotations: [String: String]

        static let byDefault = Pod(
            imagePullSecrets: [],
            nodeSelector: [:],
            tolerations: [],
            priorityClassName: nil,
            annotations: [:]
        )
    }

    /// The container image; `nil` means the operator's own.
    package let image: String?
    /// Kubernetes' requests by resource name, as quantities.
    package let requests: [String: String]
    /// Kubernetes' limits by resource name, as quantities.
    package let limits: [String: String]
    /// Event loops in a pod, by default 1.
    package let shards: Int
    /// Connections that a pod takes, by default 20,000.
    package let connectionsPerPod: Int
    /// A fixed number of pods, which turns ``autoscaling`` off: what `kubectl scale` sets.
    package let replicas: Int?
    /// How the number of pods follows the load.
    package let autoscaling: Autoscaling
    /// For how long a pod that goes serves on, so that load balancers notice, by default 30 seconds.
    package let drainAnnouncement: Duration
    /// Over how long a pod that goes spreads its goodbyes, by default 5 minutes.
    package let drainGracePeriod: Duration
    /// The Service that clients reach.
    package let service: Service
    /// What Kubernetes is to know of the pods.
    package let pod: Pod
    /// Labels of the PodMonitor, for a Prometheus that chooses by them.
    package let podMonitorLabels: [String: String]
}

extension CellEdge {
    static func read(_ cursor: FieldCursor) -> CellEdge {
        var image: String?
        var requests: [String: String]?
        var limits: [String: String]?
        var shards: Int?
        var connectionsPerPod: Int?
        var replicas: Int?
        var autoscaling: Autoscaling?
        var announcement: Duration?
        var drain: Duration?
        var service: Service?
        var pod: Pod?
        var monitorLabels: [String: String]?
        _ = cursor.object { fields in
            image = fields["image"].line()
            _ = fields["resources"].object { resources in
                requests = resources["requests"].quantities()
                limits = resources["limits"].quantities()
                return ()
            }
            shards = fields["shards"].integer(1...1024)
            connectionsPerPod = fields["connectionsPerPod"].integer(1...10_000_000)
            replicas = fields["replicas"].integer(0...10_000)
            autoscaling = fields["autoscaling"].object(Autoscaling.read)
            _ = fields["drain"].object { fields in
                announcement = fields["announce"].duration(Bounds.drainAnnouncement)
                drain = fields["gracePeriod"].duration(Bounds.drainGracePeriod)
                return ()
            }
            service = fields["service"].object(Service.read)
            pod = fields["pod"].object(Pod.read)
            _ = fields["podMonitor"].object { monitor in
                monitorLabels = monitor["labels"].strings()
                return ()
            }
            return ()
        }
        return CellEdge(
            image: image,
            requests: requests ?? [:],
            limits: limits ?? [:],
            shards: shards ?? 1,
            connectionsPerPod: connectionsPerPod ?? 20_000,
            replicas: replicas,
            autoscaling: autoscaling ?? .byDefault,
            drainAnnouncement: announcement ?? .seconds(30),
            drainGracePeriod: drain ?? .seconds(300),
            service: service ?? .byDefault,
            pod: pod ?? .byDefault,
            podMonitorLabels: monitorLabels ?? [:]
        )
    }
}

extension CellEdge.Autoscaling {
    fileprivate static let byDefault = CellEdge.Autoscaling(
        minReplicas: 2,
        maxReplicas: 50,
        targetConnections: 70,
        targetLoopUtilization: 60,
        bufferPods: 1,
        scaleDownStabilization: .seconds(600),
        scaleDownMaxPodsAtOnce: 1,
        fallbackReplicas: 4
    )

    fileprivate static func read(_ fields: ObjectFields) -> CellEdge.Autoscaling? {
        let standard = Self.byDefault
        var stabilization: Duration?
        var atOnce: Int?
        let fewest = fields["minReplicas"].integer(0...10_000) ?? standard.minReplicas
        let most = fields["maxReplicas"].integer(1...10_000) ?? max(standard.maxReplicas, fewest)
        if most < fewest {
            fields["maxReplicas"].report(.badValue, "\(most) is less than minReplicas, \(fewest): raise it")
        }
        _ = fields["scaleDown"].object { scaleDown in
            stabilization = scaleDown["stabilization"].duration(Bounds.stabilization)
            atOnce = scaleDown["maxPodsAtOnce"].integer(1...10_000)
            return ()
        }
        return CellEdge.Autoscaling(
            minReplicas: fewest,
            maxReplicas: most,
            targetConnections: fields["targetConnections"].integer(1...100) ?? standard.targetConnections,
            targetLoopUtilization: fields["targetLoopUtilization"].integer(1...100) ?? standard.targetLoopUtilization,
            bufferPods: fields["bufferPods"].integer(0...1_000) ?? standard.bufferPods,
            scaleDownStabilization: stabilization ?? standard.scaleDownStabilization,
            scaleDownMaxPodsAtOnce: atOnce ?? standard.scaleDownMaxPodsAtOnce,
            fallbackReplicas: fields["fallbackReplicas"].integer(1...10_000) ?? standard.fallbackReplicas
        )
    }
}

extension CellEdge.Service {
    fileprivate static let byDefault = CellEdge.Service(type: .loadBalancer, annotations: [:], proxyProtocol: false)

    fileprivate static func read(_ fields: ObjectFields) -> CellEdge.Service? {
        CellEdge.Service(
            type: fields["type"].choice(Kind.self) ?? Self.byDefault.type,
            annotations: fields["annotations"].strings() ?? [:],
            proxyProtocol: fields["proxyProtocol"].bool() ?? Self.byDefault.proxyProtocol
        )
    }
}

extension CellEdge.Pod {
    fileprivate static func read(_ fields: ObjectFields) -> CellEdge.Pod? {
        CellEdge.Pod(
            imagePullSecrets: fields["imagePullSecrets"].distinct(by: \.name, ObjectReference.read) ?? [],
            nodeSelector: fields["nodeSelector"].strings() ?? [:],
            tolerations: fields["tolerations"].list { $0.object(Toleration.read) } ?? [],
            priorityClassName: fields["priorityClassName"].parsed(ObjectMeta.nameRule) {
                DNSName.isSubdomain($0) ? $0 : nil
            },
            annotations: fields["annotations"].strings() ?? [:]
        )
    }
}

extension CellEdge.Pod.Toleration {
    fileprivate static func read(_ fields: ObjectFields) -> CellEdge.Pod.Toleration? {
        CellEdge.Pod.Toleration(
            key: fields["key"].string(),
            operator: fields["operator"].choice(),
            value: fields["value"].string(),
            effect: fields["effect"].choice(),
            tolerationSeconds: fields["tolerationSeconds"].integer(0...2_147_483_647)
        )
    }
}

extension FieldCursor {
    /// Reads a mapping from free names to strings.
    fileprivate func strings() -> [String: String]? {
        self.object { fields in
            Dictionary(
                uniqueKeysWithValues: fields.all().compactMap { name, field in field.string().map { (name, $0) } }
            )
        }
    }

    /// Reads a mapping from resource names to quantities, which may go without quotes; the API server checks them.
    fileprivate func quantities() -> [String: String]? {
        self.object { fields in
            let pairs = fields.all().compactMap { name, field -> (String, String)? in
                guard case .scalar(let scalar) = field.node else {
                    field.report(.wrongType, "is no quantity: write a number or text such as 512Mi")
                    return nil
                }
                return (name, scalar.string)
            }
            return Dictionary(uniqueKeysWithValues: pairs)
        }
    }
}
