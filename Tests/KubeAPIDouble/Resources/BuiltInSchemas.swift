// The built-in resources' fields, written from the API reference: types, list keys, atomic maps, defaults.
// https://kubernetes.io/docs/reference/kubernetes-api/

/// The schemas of the resources that every API server has.
enum BuiltInSchemas {
    /// `metadata` of any object.
    static let metadata = SchemaNotation.schema(
        """
        { name: str generateName: str namespace: str uid: str resourceVersion: str generation: int selfLink: str
          creationTimestamp: str deletionTimestamp: str deletionGracePeriodSeconds: int
          labels: map(str) annotations: map(str) finalizers: [str]<set> managedFields: [any]
          ownerReferences: [!{ apiVersion: str kind: str name: str uid: str controller: bool
            blockOwnerDeletion: bool }]<uid> }
        """
    )

    /// The schema of a whole object: what every object has, and the resource's own fields.
    static func object(_ text: String) -> SchemaNode {
        object(fields: SchemaNotation.schema(text, known: parts))
    }

    /// The schema of a whole object around its own fields.
    static func object(fields: SchemaNode) -> SchemaNode {
        fields.with(properties: [
            "apiVersion": SchemaNode(kind: .string), "kind": SchemaNode(kind: .string), "metadata": metadata,
        ])
    }

    private static let condition = """
        { type: str status: str reason: str message: str lastTransitionTime: str lastProbeTime: str
          lastUpdateTime: str observedGeneration: int }
        """

    /// What several resources share.
    static let parts: [String: SchemaNode] = {
        var parts: [String: SchemaNode] = [:]
        for (name, text) in partTexts { parts[name] = SchemaNotation.schema(text, known: parts) }
        parts["podTemplate"] = SchemaNode(
            kind: .object,
            properties: ["metadata": metadata, "spec": parts["podSpec"] ?? .anything]
        )
        return parts
    }()

    private static let partTexts: [(String, String)] = [
        ("condition", condition),
        ("selector", "!{ matchLabels: map(str) matchExpressions: [{ key: str operator: str values: [str] }] }"),
        ("keyPath", "{ key: str path: str mode: int }"),
        (
            "probe",
            """
            { exec: { command: [str] } httpGet: { path: str port: ios host: str scheme: str = HTTP
              httpHeaders: [{ name: str value: str }] } tcpSocket: { port: ios host: str } grpc: { port: int service: str }
              initialDelaySeconds: int timeoutSeconds: int = 1 periodSeconds: int = 10 successThreshold: int = 1
              failureThreshold: int = 3 terminationGracePeriodSeconds: int }
            """
        ),
        (
            "handler",
            """
            { exec: { command: [str] } httpGet: { path: str port: ios host: str scheme: str = HTTP
              httpHeaders: [{ name: str value: str }] } tcpSocket: { port: ios host: str } sleep: { seconds: int } }
            """
        ),
        (
            "env",
            """
            [{ name: str value: str valueFrom: { fieldRef: !{ apiVersion: str = v1 fieldPath: str }
              secretKeyRef: !{ name: str key: str optional: bool } configMapKeyRef: !{ name: str key: str optional: bool }
              resourceFieldRef: !{ containerName: str resource: str divisor: qty } } }]<name>
            """
        ),
        (
            "securityContext",
            """
            { allowPrivilegeEscalation: bool capabilities: { add: [str] drop: [str] } privileged: bool procMount: str
              readOnlyRootFilesystem: bool runAsGroup: int runAsNonRoot: bool runAsUser: int
              appArmorProfile: any seLinuxOptions: any seccompProfile: { type: str localhostProfile: str }
              windowsOptions: any }
            """
        ),
        (
            "container",
            """
            { name: str image: str command: [str] args: [str] workingDir: str env: @env imagePullPolicy: str
              envFrom: [{ prefix: str configMapRef: { name: str optional: bool } secretRef: { name: str optional: bool } }]
              ports: [{ name: str containerPort: int hostPort: int hostIP: str protocol: str = TCP }]<containerPort,protocol>
              resources: { limits: map(qty) requests: map(qty) claims: [{ name: str request: str }]<name> } = {}
              resizePolicy: [{ resourceName: str restartPolicy: str }] restartPolicy: str
              volumeMounts: [{ name: str mountPath: str subPath: str subPathExpr: str readOnly: bool
                mountPropagation: str recursiveReadOnly: str }]<mountPath>
              volumeDevices: [{ name: str devicePath: str }]<devicePath>
              livenessProbe: @probe readinessProbe: @probe startupProbe: @probe
              lifecycle: { preStop: @handler postStart: @handler stopSignal: str } securityContext: @securityContext
              terminationMessagePath: str = /dev/termination-log terminationMessagePolicy: str = File
              stdin: bool stdinOnce: bool tty: bool }
            """
        ),
        (
            "volume",
            """
            { name: str configMap: { name: str optional: bool defaultMode: int = 420 items: [@keyPath] }
              secret: { secretName: str optional: bool defaultMode: int = 420 items: [@keyPath] }
              emptyDir: { medium: str sizeLimit: qty } hostPath: { path: str type: str }
              projected: { defaultMode: int = 420 sources: [any] }
              downwardAPI: { defaultMode: int = 420 items: [any] }
              persistentVolumeClaim: { claimName: str readOnly: bool } csi: any ephemeral: any image: any nfs: any }
            """
        ),
        (
            "podSpec",
            """
            { containers: [@container]<name> initContainers: [@container]<name> ephemeralContainers: [any]<name>
              volumes: [@volume]<name> serviceAccountName: str serviceAccount: str automountServiceAccountToken: bool
              nodeName: str nodeSelector: !map(str) hostname: str subdomain: str hostNetwork: bool hostPID: bool
              hostIPC: bool hostUsers: bool shareProcessNamespace: bool setHostnameAsFQDN: bool
              activeDeadlineSeconds: int terminationGracePeriodSeconds: int = 30 restartPolicy: str = Always
              dnsPolicy: str = ClusterFirst schedulerName: str = default-scheduler priority: int priorityClassName: str
              preemptionPolicy: str runtimeClassName: str overhead: map(qty) enableServiceLinks: bool
              dnsConfig: { nameservers: [str] searches: [str] options: [{ name: str value: str }] }
              hostAliases: [{ ip: str hostnames: [str] }]<ip> imagePullSecrets: [{ name: str }]<name>
              readinessGates: [{ conditionType: str }] schedulingGates: [{ name: str }]<name>
              os: { name: str } resources: any resourceClaims: [any]<name>
              securityContext: { fsGroup: int fsGroupChangePolicy: str runAsGroup: int runAsNonRoot: bool runAsUser: int
                supplementalGroups: [int] supplementalGroupsPolicy: str sysctls: [{ name: str value: str }]
                seccompProfile: { type: str localhostProfile: str } seLinuxOptions: any appArmorProfile: any
                seLinuxChangePolicy: str windowsOptions: any } = {}
              affinity: { nodeAffinity: any podAffinity: any podAntiAffinity: any }
              tolerations: [{ key: str operator: str value: str effect: str tolerationSeconds: int }]
              topologySpreadConstraints: [{ topologyKey: str whenUnsatisfiable: str maxSkew: int minDomains: int
                labelSelector: @selector matchLabelKeys: [str] nodeAffinityPolicy: str
                nodeTaintsPolicy: str }]<topologyKey,whenUnsatisfiable> }
            """
        ),
    ]

    static let namespace = object(
        "{ spec: { finalizers: [str] } status: { phase: str conditions: [@condition]<type> } }"
    )
    static let configMap = object("{ data: map(str) binaryData: map(str) immutable: bool }")
    static let secret = object("{ data: map(str) stringData: map(str) type: str = Opaque immutable: bool }")
    static let serviceAccount = object(
        """
        { automountServiceAccountToken: bool imagePullSecrets: [{ name: str }]
          secrets: [{ name: str namespace: str kind: str apiVersion: str uid: str fieldPath: str
            resourceVersion: str }]<name> }
        """
    )
    static let pod = object(
        """
        { spec: @podSpec status: { phase: str reason: str message: str startTime: str hostIP: str podIP: str
            nominatedNodeName: str qosClass: str resize: str observedGeneration: int hostIPs: [{ ip: str }]
            podIPs: [{ ip: str }]<ip> conditions: [@condition]<type> containerStatuses: [any]
            initContainerStatuses: [any] ephemeralContainerStatuses: [any] resourceClaimStatuses: [any] } }
        """
    )
    static let service = object(
        """
        { spec: { type: str = ClusterIP clusterIP: str clusterIPs: [str] selector: !map(str)
            ports: [{ name: str protocol: str = TCP port: int targetPort: ios nodePort: int
              appProtocol: str }]<port,protocol>
            externalIPs: [str] externalName: str externalTrafficPolicy: str internalTrafficPolicy: str
            ipFamilies: [str] ipFamilyPolicy: str loadBalancerClass: str loadBalancerIP: str
            loadBalancerSourceRanges: [str] allocateLoadBalancerNodePorts: bool healthCheckNodePort: int
            publishNotReadyAddresses: bool sessionAffinity: str = None sessionAffinityConfig: any
            trafficDistribution: str }
          status: { conditions: [@condition]<type> loadBalancer: { ingress: [{ ip: str hostname: str ipMode: str
            ports: [{ port: int protocol: str error: str }] }] } } }
        """
    )
    static let deployment = object(
        """
        { spec: { replicas: int = 1 selector: @selector template: @podTemplate minReadySeconds: int paused: bool
            progressDeadlineSeconds: int = 600 revisionHistoryLimit: int = 10
            strategy: { type: str rollingUpdate: { maxSurge: ios maxUnavailable: ios } } }
          status: { observedGeneration: int replicas: int updatedReplicas: int readyReplicas: int
            availableReplicas: int unavailableReplicas: int terminatingReplicas: int collisionCount: int
            conditions: [@condition]<type> } }
        """
    )
    static let podDisruptionBudget = object(
        """
        { spec: { minAvailable: ios maxUnavailable: ios selector: @selector unhealthyPodEvictionPolicy: str }
          status: { observedGeneration: int disruptionsAllowed: int currentHealthy: int desiredHealthy: int
            expectedPods: int disruptedPods: map(str) conditions: [@condition]<type> } }
        """
    )
    static let networkPolicy: SchemaNode = {
        let ports = "ports: [{ port: ios endPort: int protocol: str = TCP }]"
        let peer = "{ podSelector: @selector namespaceSelector: @selector ipBlock: { cidr: str except: [str] } }"
        return object(
            """
            { spec: { podSelector: @selector policyTypes: [str] ingress: [{ \(ports) from: [\(peer)] }]
                egress: [{ \(ports) to: [\(peer)] }] } }
            """
        )
    }()
    static let lease = object(
        """
        { spec: { holderIdentity: str leaseDurationSeconds: int acquireTime: str renewTime: str leaseTransitions: int
            preferredHolder: str strategy: str } }
        """
    )
    static let event: SchemaNode = {
        let reference =
            "{ apiVersion: str kind: str name: str namespace: str uid: str resourceVersion: str fieldPath: str }"
        return object(
            """
            { action: str count: int eventTime: str firstTimestamp: str lastTimestamp: str involvedObject: !\(reference)
              message: str reason: str related: !\(reference) reportingComponent: str reportingInstance: str
              series: { count: int lastObservedTime: str } source: { component: str host: str } type: str }
            """
        )
    }()
    static let scale = object(
        "{ spec: { replicas: int } status: { replicas: int selector: str } }"
    )
    static let role = object(
        """
        { rules: [{ verbs: [str] apiGroups: [str] resources: [str] resourceNames: [str] nonResourceURLs: [str] }]
          aggregationRule: any }
        """
    )
    static let roleBinding = object(
        """
        { subjects: [{ kind: str apiGroup: str name: str namespace: str }]
          roleRef: { apiGroup: str kind: str name: str } }
        """
    )
    static let customResourceDefinition = object("{ spec: any status: any }")
}
