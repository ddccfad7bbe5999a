// RBAC (rbac.authorization.k8s.io/v1): who may do what, from the roles and bindings that are stored.
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/
//
// What it does not do: aggregated ClusterRoles, paths that are no resources (discovery is everybody's), the ban on giving away
// rights that one lacks, and impersonation.

extension APIServerState {
    private static let group = "rbac.authorization.k8s.io"

    /// Whether a user may do something: some binding gives a role with some rule that allows it.
    func isAllowed(_ call: KubeAPICall, to user: KubeAPIUser) -> Bool {
        let everywhere = bindings("clusterrolebindings", namespace: nil)
        let here = call.namespace.map { bindings("rolebindings", namespace: $0) } ?? []
        return (everywhere + here).contains { binding in
            (binding["subjects"]?.array ?? []).contains { Self.names(user, $0) }
                && rules(of: binding).contains { Self.allows($0, call) }
        }
    }

    private func bindings(_ plural: String, namespace: String?) -> [DoubleJSON] {
        (stores["\(plural).\(Self.group)"]?.ordered(namespace: namespace) ?? []).map(\.object)
    }

    /// The rules that a binding gives: of a Role only in its own namespace, of a ClusterRole wherever the binding holds.
    private func rules(of binding: DoubleJSON) -> [DoubleJSON] {
        let isClusterRole = binding[at: "roleRef.kind"]?.string == "ClusterRole"
        let plural = isClusterRole ? "clusterroles" : "roles"
        let namespace = isClusterRole ? nil : binding[at: "metadata.namespace"]?.string
        let key = ResourceStore.key(namespace: namespace, name: binding[at: "roleRef.name"]?.string ?? "")
        return stores["\(plural).\(Self.group)"]?.objects[key]?.object["rules"]?.array ?? []
    }

    private static func names(_ user: KubeAPIUser, _ subject: DoubleJSON) -> Bool {
        let name = subject["name"]?.string ?? ""
        return switch subject["kind"]?.string {
        case "User": name == user.name
        case "Group": user.groups.contains(name)
        case "ServiceAccount":
            user.name == "system:serviceaccount:\(subject["namespace"]?.string ?? ""):\(name)"
        default: false
        }
    }

    private static func allows(_ rule: DoubleJSON, _ call: KubeAPICall) -> Bool {
        func has(_ field: String, _ values: String...) -> Bool {
            let listed = (rule[field]?.array ?? []).compactMap(\.string)
            return listed.contains { $0 == "*" || values.contains($0) }
        }
        let names = (rule["resourceNames"]?.array ?? []).compactMap(\.string)
        let resource = call.subresource.isEmpty ? call.resource : "\(call.resource)/\(call.subresource)"
        let wildcard = call.subresource.isEmpty ? resource : "*/\(call.subresource)"
        return has("verbs", call.verb) && has("apiGroups", call.group) && has("resources", resource, wildcard)
            && (names.isEmpty || !call.name.isEmpty && names.contains(call.name))
    }
}
