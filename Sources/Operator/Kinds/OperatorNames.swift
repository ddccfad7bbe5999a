// The kinds that people apply, and what everything that the operator makes is called.

package import KubeClient

extension KubeResource {
    package static let group = "roost.chat"
    package static let plans = KubeResource(group, "v1alpha1", "plans", kind: "Plan", isNamespaced: false)
    package static let cells = KubeResource(group, "v1alpha1", "cells", kind: "Cell", isNamespaced: false)
    package static let tenants = KubeResource(group, "v1alpha1", "tenants", kind: "Tenant")

    package static let tenantGrants = KubeResource(group, "v1alpha1", "tenantgrants", kind: "TenantGrant")
    package static let tenantQuotas = KubeResource(group, "v1alpha1", "tenantquotas", kind: "TenantQuota")

    /// cert-manager's, where it is installed.
    package static let certificates = KubeResource("cert-manager.io", "v1", "certificates", kind: "Certificate")
    /// The Gateway API's, where it is installed: the newest version first, since its releases drop the older ones.
    package static let tlsRoutes = ["v1", "v1alpha3", "v1alpha2"].map {
        KubeResource("gateway.networking.k8s.io", $0, "tlsroutes", kind: "TLSRoute")
    }
    package static let httpRoutes = KubeResource("gateway.networking.k8s.io", "v1", "httproutes", kind: "HTTPRoute")
    /// The Prometheus operator's, where it is installed.
    package static let podMonitors = KubeResource("monitoring.coreos.com", "v1", "podmonitors", kind: "PodMonitor")
}

/// Names that are the same everywhere: in what the operator makes, in the chart and in the documents.
package enum OperatorNames {
    /// Who we are among those who apply fields.
    package static let manager = "roost-operator"
    /// Who sets the number of pods: apart from the rest, so that somebody else can take over.
    package static let scaleManager = "roost-autoscaler"
    /// What keeps an object until the operator has cleared up behind it.
    package static let finalizer = "roost.chat/operator"
    /// The Lease of the leader.
    package static let lease = "roost-operator"
    /// What tells events.
    package static let controller = "roost.chat/operator"
    /// On a pod: somebody wants it to go.
    package static let drainAnnotation = "roost.chat/drain"
    /// On a pod: which one goes first (KEP-2255).
    package static let deletionCost = "controller.kubernetes.io/pod-deletion-cost"
    /// On a Cell: `external` leaves the number of pods to somebody else, such as a HorizontalPodAutoscaler.
    package static let autoscaling = "roost.chat/autoscaling"
    /// On a Cell: it may go although deleted tenants' data is still kept in its database.
    package static let abandonRetained = "roost.chat/abandon-retained"
    /// On a Cell: its stores are lost for good, and nobody waits for what they held.
    package static let storesLost = "roost.chat/stores-lost"
    /// On a Cell: data of deleted tenants that is to be erased now, see ``ErasureRequests``.
    package static let erase = "roost.chat/erase"
    /// On a Tenant: its archive is to be verified as a whole, once for each value.
    package static let verifyArchive = "roost.chat/verify-archive"
    /// On a list of what is kept: of how many it says nothing.
    package static let leftOut = "roost.chat/left-out"
    /// On a list of what is kept.
    package static let retainedLabel = "roost.chat/retained"
    package static let cellLabel = "roost.chat/cell"
    package static let tenantLabel = "roost.chat/tenant"

    /// The Deployment, ServiceAccount, budget, policy and monitor of a cell's edges.
    package static func edge(_ cell: String) -> String { "roost-\(cell)-edge" }
    /// The Service that a cell's clients reach.
    package static func service(_ cell: String) -> String { "roost-\(cell)" }
    /// The Secret with a cell's own keys.
    package static func keys(_ cell: String) -> String { "roost-\(cell)-keys" }

    /// What a Deployment selects its pods by.
    package static func selector(_ cell: String) -> [String: String] {
        ["app.kubernetes.io/name": "roost-edge", "app.kubernetes.io/instance": cell]
    }

    /// What everything of a cell carries.
    package static func labels(_ cell: String) -> [String: String] {
        Self.selector(cell).merging([
            "app.kubernetes.io/component": "edge", "app.kubernetes.io/part-of": "roost",
            "app.kubernetes.io/managed-by": "roost-operator", Self.cellLabel: cell,
        ]) { first, _ in first }
    }
}
