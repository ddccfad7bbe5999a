import KubeAPIDouble
import KubeClient
import Logging
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// Who annotates a Tenant has its archive verified, once for each value, and is told what that found.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ArchiveVerificationTests {
    private static let archive: JSON = [
        "keysSecretRef": ["name": "roost-archive-keys"], "folder": ["persistentVolumeClaim": "roost-archive"],
    ]

    private static func apply(_ rig: ClusterRig, asking value: String) async throws {
        var tenant = ClusterRig.tenant("acme", ["archive": ["enabled": true]])
        tenant.json["metadata"]["annotations"] = [OperatorNames.verifyArchive: .string(value)]
        try await rig.apply(tenant, .tenants)
    }

    private static func waitAsked(_ value: String, _ rig: ClusterRig) async throws {
        try await rig.wait(for: .tenants, "acme", in: "chat", "the request") {
            $0?.status["archive"]["verifyRequested"].string == value
        }
    }

    @Test func `each value asks for a job once, and its result comes into status and condition`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.apply(ClusterRig.secret("roost-archive-keys", ["1": String(repeating: "7", count: 64)]))
                try await rig.applyCell(["archive": Self.archive])
                try await Self.apply(rig, asking: "today")
                _ = try await rig.waitReady("acme")
                let acme = try #require(TenantID("acme"))
                let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let store = try DurableStore.open(rig.database("default"), logger: quiet)
                // There is something to verify once a worker has begun.
                let lease = try #require(try await store.archives.lease(acme, as: "worker", for: 60_000))
                try await store.archives.release(lease)
                try await Self.waitAsked("today", rig)
                try await until("the event") {
                    try await rig.user.list(.events, in: "chat").items.contains {
                        $0.json["reason"].string == "VerificationRequested" && $0.json["regarding"]["name"] == "acme"
                    }
                }
                let first = try await store.archiveJobs.list(of: acme)
                #expect(first.map(\.kind) == ["verify"] && first.first?.parameters == "{\"depth\":\"lines\"}")
                let text = "1 finding, the first: 3.rsg: is missing"
                try await store.archives.noteVerification(text, findings: 1, of: acme)
                let damaged = try await rig.wait(for: .tenants, "acme", in: "chat", "the result") {
                    $0?.condition("ArchiveReady")?["reason"].string == "Damaged"
                }
                #expect(damaged?.condition("ArchiveReady")?["message"].string?.hasSuffix(text) == true)
                #expect(damaged?.condition("Ready")?["reason"] == "Serving")
                #expect(damaged?.status["archive"]["findings"] == 1)
                #expect(damaged?.status["archive"]["verification"].string == text)
                // It is known that it was asked for; another value asks once more.
                try await Self.apply(rig, asking: "tomorrow")
                try await Self.waitAsked("tomorrow", rig)
                #expect(try await store.archiveJobs.list(of: acme).count == 2)
                try await store.archives.noteVerification("all is well", of: acme)
                try await rig.wait(for: .tenants, "acme", in: "chat", "well again") {
                    $0?.condition("ArchiveReady")?["reason"].string == "Running"
                        && $0?.status["archive"]["verification"] == "all is well"
                }
                await store.close()
            }
        }
    }
}
