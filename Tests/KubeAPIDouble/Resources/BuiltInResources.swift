// The kinds that every API server has, and the groups that a test may switch on.

/// A group that a cluster may lack.
package enum OptionalAPIGroup: String, CaseIterable, Sendable {
    /// `cert-manager.io/v1`: certificates.
    case certManager
    /// `gateway.networking.k8s.io`: httproutes (v1) and tlsroutes (v1alpha3 and v1alpha2).
    case gatewayAPI
    /// `monitoring.coreos.com/v1`: podmonitors.
    case podMonitors
}

/// The kinds without a CustomResourceDefinition.
enum BuiltInResources {
    static let all: [ResourceType] = core + grouped

    private static func type(
        _ group: String,
        _ plural: String,
        _ kind: String,
        _ schema: SchemaNode,
        version: String = "v1",
        rules: ResourceRules = .none,
        isNamespaced: Bool = true,
        hasStatus: Bool = false,
        scale: ScalePaths? = nil
    ) -> ResourceType {
        let info = ResourceVersionInfo(name: version, schema: schema, hasStatus: hasStatus, scale: scale)
        return ResourceType(
            group: group,
            plural: plural,
            singular: kind.lowercased(),
            kind: kind,
            isNamespaced: isNamespaced,
            versions: [info],
            rules: rules
        )
    }

    private static let core: [ResourceType] = {
        var namespaces = type(
            "",
            "namespaces",
            "Namespace",
            BuiltInSchemas.namespace,
            rules: .namespace,
            isNamespaced: false,
            hasStatus: true
        )
        namespaces.shortNames = ["ns"]
        namespaces.returnsDeleted = true
        namespaces.selectableFields = ["status.phase"]
        var pods = type("", "pods", "Pod", BuiltInSchemas.pod, rules: .pod, hasStatus: true)
        pods.shortNames = ["po"]
        pods.categories = ["all"]
        pods.returnsDeleted = true
        pods.countsGeneration = true
        pods.selectableFields = [
            "spec.nodeName", "status.phase", "spec.restartPolicy", "spec.serviceAccountName", "status.podIP",
        ]
        var services = type("", "services", "Service", BuiltInSchemas.service, rules: .service, hasStatus: true)
        services.shortNames = ["svc"]
        services.categories = ["all"]
        services.returnsDeleted = true
        services.selectableFields = ["spec.clusterIP", "spec.type"]
        var accounts = type("", "serviceaccounts", "ServiceAccount", BuiltInSchemas.serviceAccount)
        accounts.shortNames = ["sa"]
        accounts.returnsDeleted = true
        var maps = type("", "configmaps", "ConfigMap", BuiltInSchemas.configMap, rules: .configMap)
        maps.shortNames = ["cm"]
        var secrets = type("", "secrets", "Secret", BuiltInSchemas.secret, rules: .secret)
        secrets.selectableFields = ["type"]
        let eventVersions = ["v1", EventConversion.version].map {
            ResourceVersionInfo(name: $0, schema: BuiltInSchemas.event, hasStatus: false, scale: nil)
        }
        var events = ResourceType(
            group: "",
            plural: "events",
            singular: "event",
            kind: "Event",
            isNamespaced: true,
            versions: eventVersions,
            rules: .event
        )
        events.shortNames = ["ev"]
        events.selectableFields = [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "reason",
            "type", "reportingComponent",
        ]
        return [namespaces, pods, services, accounts, maps, secrets, events]
    }()

    private static let grouped: [ResourceType] = {
        let scale = ScalePaths(
            specReplicas: ["spec", "replicas"],
            statusReplicas: ["status", "replicas"],
            selector: nil
        )
        var deployments = type(
            "apps",
            "deployments",
            "Deployment",
            BuiltInSchemas.deployment,
            rules: .deployment,
            hasStatus: true,
            scale: scale
        )
        deployments.shortNames = ["deploy"]
        deployments.categories = ["all"]
        deployments.countsGeneration = true
        var budgets = type(
            "policy",
            "poddisruptionbudgets",
            "PodDisruptionBudget",
            BuiltInSchemas.podDisruptionBudget,
            rules: .podDisruptionBudget,
            hasStatus: true
        )
        budgets.shortNames = ["pdb"]
        budgets.countsGeneration = true
        var policies = type(
            "networking.k8s.io",
            "networkpolicies",
            "NetworkPolicy",
            BuiltInSchemas.networkPolicy,
            rules: .networkPolicy
        )
        policies.shortNames = ["netpol"]
        policies.countsGeneration = true
        var leases = type("coordination.k8s.io", "leases", "Lease", BuiltInSchemas.lease, rules: .lease)
        leases.allowsUnconditionalUpdate = false
        leases.createsOnUpdate = true
        var definitions = type(
            "apiextensions.k8s.io",
            "customresourcedefinitions",
            "CustomResourceDefinition",
            BuiltInSchemas.customResourceDefinition,
            rules: .customResourceDefinition,
            isNamespaced: false,
            hasStatus: true
        )
        definitions.shortNames = ["crd", "crds"]
        definitions.countsGeneration = true
        definitions.allowsUnconditionalUpdate = false
        return [deployments, budgets, policies, leases, definitions] + access
    }()

    private static let access: [ResourceType] = [
        type("rbac.authorization.k8s.io", "roles", "Role", BuiltInSchemas.role),
        type("rbac.authorization.k8s.io", "rolebindings", "RoleBinding", BuiltInSchemas.roleBinding),
        type("rbac.authorization.k8s.io", "clusterroles", "ClusterRole", BuiltInSchemas.role, isNamespaced: false),
        type(
            "rbac.authorization.k8s.io",
            "clusterrolebindings",
            "ClusterRoleBinding",
            BuiltInSchemas.roleBinding,
            isNamespaced: false
        ),
    ]

    /// The kinds of a group that a cluster may lack.
    static func resources(of group: OptionalAPIGroup) -> [ResourceType] {
        switch group {
        case .certManager:
            [custom("cert-manager.io", ["v1"], "certificates", "Certificate", OptionalSchemas.certificate)]
        case .gatewayAPI:
            [
                custom("gateway.networking.k8s.io", ["v1"], "httproutes", "HTTPRoute", OptionalSchemas.httpRoute),
                custom(
                    "gateway.networking.k8s.io",
                    ["v1alpha3", "v1alpha2"],
                    "tlsroutes",
                    "TLSRoute",
                    OptionalSchemas.tlsRoute
                ),
            ]
        case .podMonitors:
            [custom("monitoring.coreos.com", ["v1"], "podmonitors", "PodMonitor", OptionalSchemas.podMonitor)]
        }
    }

    private static func custom(
        _ group: String,
        _ versions: [String],
        _ plural: String,
        _ kind: String,
        _ schema: SchemaNode
    ) -> ResourceType {
        ResourceType(
            group: group,
            plural: plural,
            singular: kind.lowercased(),
            kind: kind,
            isNamespaced: true,
            versions: versions.map { ResourceVersionInfo(name: $0, schema: schema, hasStatus: true, scale: nil) },
            rules: .customResource,
            countsGeneration: true,
            allowsUnconditionalUpdate: false
        )
    }
}
