import KubeAPIDouble
import KubeClient
import Operator
import TestSupport
import Testing

/// The certificates by which issuers of tokens prove who they are to a cell's edges.
@Suite(.serialized)
struct CellIssuersTests {
    private static let cell: JSON = [
        "edge": ["oauth": ["authoritiesSecretRef": ["name": "issuers", "key": "ca.crt"]]]
    ]

    /// What the edges' template says of the certificates: others make other pods.
    private static func digest(_ rig: ClusterRig) -> String? {
        let deployment = rig.server.object("deployments.apps", namespace: "roost", name: "roost-default-edge")
        return deployment?[path: ["spec", "template", "metadata", "annotations", "roost.chat/issuers"]]?.string
    }

    @Test func `a cell serves before there are certificates, and others make other edges`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell(Self.cell)
                _ = try await rig.wait(for: .cells, "default") {
                    $0?.condition("EdgeReady")?["reason"] == "Available"
                        && $0?.condition("StoresReady")?["reason"] == "Connected"
                }
                #expect(Self.digest(rig) == nil)
                try await rig.apply(ClusterRig.secret("issuers", ["ca.crt": "one"]))
                try await until("the edges being replaced") { Self.digest(rig) != nil }
                let first = try #require(Self.digest(rig))
                try await rig.apply(ClusterRig.secret("issuers", ["ca.crt": "two"]))
                try await until("the edges being replaced again") { Self.digest(rig) != first }
                let second = try #require(Self.digest(rig))
                try await rig.user.delete(.secrets, "issuers", in: "roost")
                try rig.server.patch("cells.roost.chat", name: "default", ["spec": ["edge": ["replicas": 3]]])
                // It concerns nobody but who logs in by a token.
                _ = try await rig.wait(for: .cells, "default") { $0?.status["readyReplicas"] == 3 }
                #expect(Self.digest(rig) == second)
            }
        }
    }
}
