/// A kind of object and where the API server serves it.
package struct KubeResource: Hashable, Sendable {
    /// The API group, empty for the core one.
    package let group: String
    /// The version, such as `v1`.
    package let version: String
    /// The name in paths: lower case, plural.
    package let plural: String
    /// The name in objects.
    package let kind: String
    /// Whether its objects live in namespaces.
    package let isNamespaced: Bool

    /// Describes a kind.
    package init(_ group: String, _ version: String, _ plural: String, kind: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.plural = plural
        self.kind = kind
        self.isNamespaced = isNamespaced
    }

    /// What objects say: `group/version`, or the version alone for the core group.
    package var apiVersion: String { self.group.isEmpty ? self.version : "\(self.group)/\(self.version)" }

    /// The path of the group and version.
    var root: String { self.group.isEmpty ? "/api/\(self.version)" : "/apis/\(self.apiVersion)" }

    /// The path of a collection (without a name), or of one object or its subresource.
    func path(namespace: String?, name: String? = nil, subresource: String? = nil) -> String {
        var path = self.root
        if self.isNamespaced, let namespace { path += "/namespaces/\(Self.escaped(namespace))" }
        path += "/\(self.plural)"
        if let name { path += "/\(Self.escaped(name))" }
        if let subresource { path += "/\(subresource)" }
        return path
    }

    /// Percent-encodes all but RFC 3986's unreserved characters, so that no name leads elsewhere.
    static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"),
                UInt8(ascii: "."):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        // A path of dots would be taken for a way up.
        return result == "." || result == ".." ? result.replacing(".", with: "%2E") : result
    }
}

extension KubeResource {
    package static let pods = KubeResource("", "v1", "pods", kind: "Pod")
    package static let services = KubeResource("", "v1", "services", kind: "Service")
    package static let secrets = KubeResource("", "v1", "secrets", kind: "Secret")
    package static let configMaps = KubeResource("", "v1", "configmaps", kind: "ConfigMap")
    package static let serviceAccounts = KubeResource("", "v1", "serviceaccounts", kind: "ServiceAccount")
    package static let namespaces = KubeResource("", "v1", "namespaces", kind: "Namespace", isNamespaced: false)
    package static let deployments = KubeResource("apps", "v1", "deployments", kind: "Deployment")
    package static let podDisruptionBudgets =
        KubeResource("policy", "v1", "poddisruptionbudgets", kind: "PodDisruptionBudget")
    package static let networkPolicies =
        KubeResource("networking.k8s.io", "v1", "networkpolicies", kind: "NetworkPolicy")
    package static let leases = KubeResource("coordination.k8s.io", "v1", "leases", kind: "Lease")
    package static let events = KubeResource("events.k8s.io", "v1", "events", kind: "Event")
}
