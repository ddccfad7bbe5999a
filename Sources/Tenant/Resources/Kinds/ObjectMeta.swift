/// The part of a Kubernetes object's metadata that Roost uses.
///
/// Labels, annotations and what the API server writes (`uid`, `resourceVersion`, `managedFields` and so on) are accepted
/// and not kept.
package struct ObjectMeta: Hashable, Sendable {
    /// The object's name, unique within kind and namespace.
    package let name: String
    /// The namespace, `default` if the file names none; without meaning for `Plan` and `Cell`.
    package let namespace: String
    /// When the cluster took the object (RFC 3339, UTC), which files do not say; the older one keeps a hostname.
    package let creationTimestamp: String?

    /// Names an object.
    package init(name: String, namespace: String = "default", creationTimestamp: String? = nil) {
        self.name = name
        self.namespace = namespace
        self.creationTimestamp = creationTimestamp
    }
}

extension ObjectMeta {
    /// Namespace and name.
    var path: String { "\(self.namespace)/\(self.name)" }

    static func read(_ cursor: FieldCursor) -> ObjectMeta? {
        cursor.required("write metadata: {name: …}").object { fields in
            fields.ignore(
                "labels",
                "annotations",
                "uid",
                "resourceVersion",
                "generation",
                "managedFields",
                "finalizers",
                "ownerReferences",
                "deletionTimestamp",
                "deletionGracePeriodSeconds",
                "selfLink",
                "generateName"
            )
            let name = fields["name"].required("name the object").parsed(Self.nameRule) {
                DNSName.isSubdomain($0) ? $0 : nil
            }
            let namespace = fields["namespace"].parsed(Self.labelRule) { TenantID($0)?.text }
            let created = fields["creationTimestamp"].string()
            return name.map { ObjectMeta(name: $0, namespace: namespace ?? "default", creationTimestamp: created) }
        }
    }

    static let nameRule = "object name: use a-z, 0-9, `-` and `.`, a letter or digit at both ends"
    static let labelRule = "label: use 1 to 63 of a-z, 0-9 and `-`, a letter or digit at both ends"
}
