import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// More for one tenant, by who may give it.
@Suite(.serialized)
struct GrantTests {
    private static func grant(_ spec: JSON) -> KubeObject {
        KubeObject(.tenantGrants, name: "acme", namespace: "chat", ["spec": spec])
    }

    private static func limit(_ rig: ClusterRig) async throws -> Int? {
        try await rig.projection().tenants.values.first?.hosted.quotas.connections.limit
    }

    private static func wait(_ rig: ClusterRig, _ reason: String) async throws {
        try await rig.wait(for: .tenantGrants, "acme", in: "chat", "the grant being \(reason)") {
            $0?.condition("Ready")?["reason"] == .string(reason)
        }
    }

    @Test func `a grant raises one tenant at once, bounds what it writes, and can be taken back`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(
                    Self.grant(["quotas": ["connections": 2000], "reason": "a conference"]),
                    .tenantGrants
                )
                try await Self.wait(rig, "NoTenant")
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                try await rig.apply(ClusterRig.tenant("globex", ["quotas": ["connections": 2000]]), .tenants)
                try await rig.waitReady("acme")
                try await Self.wait(rig, "InEffect")
                #expect(try await Self.limit(rig) == 2000)
                // Nobody else has it.
                try await rig.waitReady("globex", reason: "QuotaAbovePlan")

                try await rig.apply(ClusterRig.tenant("acme", ["quotas": ["connections": 2001]]), .tenants)
                try await rig.waitReady("acme", reason: "QuotaAbovePlan")
                try await rig.apply(ClusterRig.tenant("acme", ["quotas": ["connections": 1999]]), .tenants)
                try await rig.waitReady("acme")
                #expect(try await Self.limit(rig) == 1999)

                try await rig.user.delete(.tenantGrants, "acme", in: "chat")
                let kept = try await rig.waitReady("acme", reason: "QuotaAbovePlan")
                #expect(kept.status["hostnames"] == ["acme.chat.example.com"])
                try await until("the plan's limit holding") { try await Self.limit(rig) == 500 }
            }
        }
    }

    @Test func `a grant opens a plan to one tenant`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                let closed: JSON = ["spec": ["allowedNamespaces": [:]]]
                try await rig.apply(KubeObject(.plans, name: "gold", closed), .plans)
                for name in ["acme", "globex"] {
                    try await rig.apply(ClusterRig.tenant(name, ["planRef": ["name": "gold"]]), .tenants)
                    try await rig.waitReady(name, reason: "PlanNotAllowed")
                }
                try await rig.apply(Self.grant(["plans": ["gold"]]), .tenantGrants)
                try await rig.waitReady("acme")
                #expect(try await rig.projection().tenants.count == 1)
            }
        }
    }

    @Test func `a grant that cannot be read gives nothing, and says why`() {
        let grant = Parsed<TenantGrantResource>(tenantGrant: Self.grant(["quotas": ["connections": -1]]))
        let status = GrantPlanner.status(of: grant, hasTenant: true, now: Date(timeIntervalSince1970: 0))
        #expect(status["conditions"][0]["reason"] == "InvalidSpec")
        #expect(status["conditions"][0]["message"].string?.contains("spec.quotas.connections") == true)
    }
}
