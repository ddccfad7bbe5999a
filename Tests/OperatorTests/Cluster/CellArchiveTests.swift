import KubeAPIDouble
import KubeClient
import Logging
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// What a cluster says of archives, and who is told of them.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct CellArchiveTests {
    private static let archive: JSON = [
        "keysSecretRef": ["name": "roost-archive-keys"], "folder": ["persistentVolumeClaim": "roost-archive"],
    ]

    private static func reason(_ object: KubeObject?) -> String? {
        object?.condition("ArchiveReady")?["reason"].string
    }

    /// The cell's database, as a worker has it.
    private static func durable<Answer>(
        _ rig: ClusterRig,
        _ body: (DurableStore) async throws -> Answer
    ) async throws -> Answer {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try DurableStore.open(rig.database("default"), logger: quiet)
        do {
            let answer = try await body(store)
            await store.close()
            return answer
        } catch {
            await store.close()
            throw error
        }
    }

    private static func isTold(_ reason: String, _ rig: ClusterRig) async throws -> Bool {
        try await rig.user.list(.events, in: "chat").items.contains {
            $0.json["reason"].string == reason && $0.json["regarding"]["name"] == "acme"
        }
    }

    private static func applyTenant(_ rig: ClusterRig, enabled: Bool) async throws {
        let spec: JSON = ["archive": ["enabled": .bool(enabled)]]
        try await rig.apply(ClusterRig.tenant("acme", spec), .tenants)
    }

    @Test func `a tenant is told that its cell has no archive, and how its archive is once there is one`() async throws
    {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await Self.applyTenant(rig, enabled: true)
                try await rig.wait(for: .tenants, "acme", in: "chat", "no archive") {
                    Self.reason($0) == "NotConfigured"
                }
                try await rig.wait(for: .cells, "default") {
                    Self.reason($0) == "Disabled" && $0?.condition("Ready")?["reason"] == "Serving"
                }
                try await rig.apply(ClusterRig.secret("roost-archive-keys", ["1": String(repeating: "7", count: 64)]))
                try await rig.applyCell(["archive": Self.archive])
                let well = try await rig.wait(for: .tenants, "acme", in: "chat", "an archive") {
                    Self.reason($0) == "Running"
                }
                #expect(well?.condition("Ready")?["reason"] == "Serving")
                let acme = try #require(TenantID("acme"))
                try await Self.durable(rig) { store in
                    let lease = try #require(try await store.archives.lease(acme, as: "worker", for: 60_000))
                    try await store.archives.note("AccessDenied", "access denied: who are you", by: lease)
                    let cell = try #require(try await store.archives.lease(.cell, as: "worker", for: 60_000))
                    try await store.archives.note("BucketMissing", "there is no bucket", by: cell)
                }
                let denied = try await rig.wait(for: .tenants, "acme", in: "chat", "the failure") {
                    Self.reason($0) == "AccessDenied"
                }
                // It is served all the same.
                #expect(denied?.condition("Ready")?["reason"] == "Serving")
                #expect(denied?.status["archive"]["pendingRecords"] == 0)
                try await until("the event") { try await Self.isTold("AccessDenied", rig) }
                let cell = try await rig.wait(for: .cells, "default", "the bucket") {
                    Self.reason($0) == "BucketMissing"
                }
                #expect(cell?.condition("Ready")?["status"] == "True")
                try await Self.durable(rig) { store in
                    let lease = try #require(try await store.archives.lease(acme, as: "worker", for: 60_000))
                    try await store.archives.note(nil, nil, by: lease)
                }
                try await rig.wait(for: .tenants, "acme", in: "chat", "well again") { Self.reason($0) == "Running" }
                try await until("the other event") { try await Self.isTold("Running", rig) }
            }
        }
    }

    /// What the edges' template says of keys and credentials: others make other pods.
    private static func digest(_ rig: ClusterRig) -> String? {
        let deployment = rig.server.object("deployments.apps", namespace: "roost", name: "roost-default-edge")
        return deployment?[path: ["spec", "template", "metadata", "annotations", "roost.chat/archive"]]?.string
    }

    @Test func `a cell serves before there are keys, says what is missing, and another key makes other edges`()
        async throws
    {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell(["archive": Self.archive])
                let cell = try await rig.wait(for: .cells, "default", "edges without keys") {
                    $0?.condition("EdgeReady")?["reason"] == "Available" && Self.reason($0) == "Misconfigured"
                }
                let message = cell?.condition("ArchiveReady")?["message"].string ?? ""
                #expect(message.contains("there is no Secret roost-archive-keys in namespace roost"))
                #expect(Self.digest(rig) == nil)
                try await rig.apply(ClusterRig.secret("roost-archive-keys", ["1": "first"]))
                try await until("edges with keys") { Self.digest(rig) != nil }
                let first = try #require(Self.digest(rig))
                try await rig.apply(ClusterRig.secret("roost-archive-keys", ["1": "first", "2": "second"]))
                try await until("edges with another key") { Self.digest(rig) != first }
            }
        }
    }
}
