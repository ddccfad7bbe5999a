import KubeAPIDouble
import KubeClient
import Operator
import Tenant
import TestSupport
import Testing

/// How a cell goes: after its tenants, with all that it consists of.
@Suite(.serialized)
struct CellGoingTests {
    /// What a cell consists of, by kind and name; configurations have a name by their contents.
    private static let parts: [(resource: String, name: String?)] = [
        ("deployments.apps", "roost-default-edge"), ("services", "roost-default"), ("configmaps", nil),
        ("serviceaccounts", "roost-default-edge"), ("poddisruptionbudgets.policy", "roost-default-edge"),
        ("networkpolicies.networking.k8s.io", "roost-default-edge"),
        ("podmonitors.monitoring.coreos.com", "roost-default-edge"),
    ]

    private static func uids(_ rig: ClusterRig) -> [String] {
        (Self.parts.map(\.resource) + ["pods"]).flatMap { rig.server.objects($0, namespace: "roost") }
            .compactMap { $0[at: "metadata.uid"]?.string }
    }

    /// With `kubectl delete --cascade`: what GitOps tools do is `foreground`.
    @Test(arguments: ["Foreground", "Background", "Orphan"])
    func `a cell's edges go with it, and only after its tenants, however it is deleted`(
        propagation: String
    ) async throws {
        try await ClusterRig.with(groups: [.podMonitors]) { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.wait(for: .cells, "default") {
                    $0?.condition("EdgeReady")?["reason"] == "Available" && $0?.status["readyReplicas"] == 2
                }
                try await rig.apply(ClusterRig.tenant("acme", ["deletionPolicy": "Delete"]), .tenants)
                try await rig.waitReady("acme")
                // For the cell's pods, and not the operator's.
                var others = KubeObject(
                    .networkPolicies,
                    name: "others",
                    namespace: "roost",
                    ["spec": ["podSelector": [:]]]
                )
                others.json["metadata"]["labels"] = [OperatorNames.cellLabel: "default"]
                let before = Self.uids(rig)
                try await rig.apply(others, .networkPolicies)
                #expect(before.count == Self.parts.count + 2)
                try rig.server.delete("cells.roost.chat", name: "default", propagation: propagation)
                try await rig.wait(for: .cells, "default", "the cell waiting") {
                    $0?.condition("Deleting")?["message"].string?.contains("chat/acme") == true
                }
                #expect(Set(Self.uids(rig)).isSuperset(of: before))
                #expect(try await rig.user.get(.tenants, "acme", in: "chat").condition("Ready")?["reason"] == "Serving")
                try await rig.user.delete(.tenants, "acme", in: "chat")
                try await rig.wait(for: .cells, "default", "the cell being gone") { $0 == nil }
                #expect(Self.uids(rig).count == 1)
                #expect(
                    rig.server.object("networkpolicies.networking.k8s.io", namespace: "roost", name: "others") != nil
                )
                // Cloaks are what they were when it is made again.
                #expect(rig.server.object("secrets", namespace: "roost", name: "roost-default-keys") != nil)
            }
        }
    }
}
