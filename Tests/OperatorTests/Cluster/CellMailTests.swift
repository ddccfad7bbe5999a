import KubeAPIDouble
import KubeClient
import Operator
import TestSupport
import Testing

/// The password with which a cell's edges send mail.
@Suite(.serialized)
struct CellMailTests {
    private static let cell: JSON = [
        "edge": [
            "mail": [
                "server": "smtp://mail.example.com", "from": "chat@example.com", "username": "roost",
                "passwordSecretRef": ["name": "roost-mail", "key": "password"],
            ]
        ]
    ]

    /// What the edges' template says of the password: another makes other pods.
    private static func digest(_ rig: ClusterRig) -> String? {
        let deployment = rig.server.object("deployments.apps", namespace: "roost", name: "roost-default-edge")
        return deployment?[path: ["spec", "template", "metadata", "annotations", "roost.chat/mail"]]?.string
    }

    @Test func `another password makes other edges, a Secret that is gone does not`() async throws {
        try await ClusterRig.with { rig in
            func use(_ password: String) async throws {
                try await rig.apply(ClusterRig.secret("roost-mail", ["password": password]))
            }
            try await use("hunter2")
            try await rig.withOperator { _ in
                try await rig.applyCell(Self.cell)
                try await until("the edges") { Self.digest(rig) != nil }
                let first = try #require(Self.digest(rig))
                #expect(!first.contains("hunter2"))
                try await use("hunter3")
                try await until("the edges being replaced") { Self.digest(rig) != first }
                let second = try #require(Self.digest(rig))
                try await rig.user.delete(.secrets, "roost-mail", in: "roost")
                try rig.server.patch("cells.roost.chat", name: "default", ["spec": ["edge": ["replicas": 3]]])
                // It concerns nobody but mail.
                _ = try await rig.wait(for: .cells, "default") {
                    $0?.status["readyReplicas"] == 3 && $0?.condition("StoresReady")?["reason"] == "Connected"
                }
                #expect(Self.digest(rig) == second)
            }
        }
    }

    @Test func `a cell serves before there is a password, and its edges get it once there is`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell(Self.cell)
                _ = try await rig.wait(for: .cells, "default") {
                    $0?.condition("EdgeReady")?["reason"] == "Available"
                        && $0?.condition("StoresReady")?["reason"] == "Connected"
                }
                #expect(Self.digest(rig) == nil)
                try await rig.apply(ClusterRig.secret("roost-mail", ["password": "hunter2"]))
                try await until("the edges being replaced") { Self.digest(rig) != nil }
            }
        }
    }
}
