// One kind of object as the server serves it: names, scope, versions, what its subresources are, what its fields are.

/// The rules of a kind's own, beside those that all objects share.
enum ResourceRules: Sendable {
    case none, namespace, configMap, secret, service, pod, deployment, networkPolicy, podDisruptionBudget, lease, event
    case customResourceDefinition
    /// An object of a CustomResourceDefinition.
    case customResource
}

/// Where a scale subresource finds its fields.
struct ScalePaths: Sendable {
    let specReplicas: [String]
    let statusReplicas: [String]
    let selector: [String]?
}

/// One version of a kind.
struct ResourceVersionInfo: Sendable {
    /// `v1alpha1`.
    let name: String
    /// The schema of the whole object.
    let schema: SchemaNode
    let hasStatus: Bool
    let scale: ScalePaths?
}

/// A kind of object.
struct ResourceType: Sendable {
    let group: String
    let plural: String
    let singular: String
    let kind: String
    var shortNames: [String] = []
    var categories: [String] = []
    let isNamespaced: Bool
    /// The served versions, the preferred one first.
    let versions: [ResourceVersionInfo]
    let rules: ResourceRules
    /// Whether `metadata.generation` is counted.
    var countsGeneration = false
    /// Whether a PUT without `resourceVersion` is taken.
    var allowsUnconditionalUpdate = true
    /// Whether a PUT to a name that is not there creates.
    var createsOnUpdate = false
    /// Whether a delete answers with the object rather than with a Status.
    var returnsDeleted = false
    /// Fields beside the name and the namespace that a field selector may name.
    var selectableFields: [String] = []

    /// What objects are stored under, and requests are counted by: `tenants.roost.chat`, `pods`.
    var name: String { group.isEmpty ? plural : "\(plural).\(group)" }
    var listKind: String { kind + "List" }
    var isCustom: Bool { rules == .customResource }

    func version(_ name: String) -> ResourceVersionInfo? { versions.first { $0.name == name } }

    /// `apps/v1`, or `v1` in the core group; a version that names its group stands for itself.
    func apiVersion(_ version: String) -> String {
        group.isEmpty || version.contains("/") ? version : "\(group)/\(version)"
    }

    /// An object of the kind as a version shows it.
    func shown(_ object: DoubleJSON, version: String) -> DoubleJSON {
        var object = version == EventConversion.version ? EventConversion.shown(object) : object
        object["apiVersion"] = .string(apiVersion(version))
        return object
    }
}
