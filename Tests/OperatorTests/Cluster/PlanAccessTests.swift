import KubeAPIDouble
import KubeClient
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// Who may be on a plan, and how much of it they may take.
@Suite(.serialized)
struct PlanAccessTests {
    private static func plan(_ spec: JSON) -> KubeObject { KubeObject(.plans, name: "free", ["spec": spec]) }

    private static func tenant(connections: Int64? = nil) -> KubeObject {
        var spec: JSON = ["planRef": ["name": "free"]]
        if let connections { spec["quotas"] = ["connections": .integer(connections)] }
        return ClusterRig.tenant("acme", spec)
    }

    private static func limit(_ rig: ClusterRig) async throws -> Int? {
        try await rig.projection().tenants.values.first?.hosted.quotas.connections.limit
    }

    @Test func `nobody takes more of a plan than it allows, and who was served is not cut off`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(Self.plan(["quotas": ["connections": 100]]), .plans)
                try await rig.apply(Self.tenant(connections: 5_000_000), .tenants)
                let refused = try await rig.waitReady("acme", reason: "QuotaAbovePlan")
                let message = refused.condition("Admitted")?["message"].string ?? ""
                #expect(message.contains("5000000 requested") && message.contains("gives 100"), "\(message)")
                #expect(try await rig.projection().tenants.isEmpty)

                // The platform lets tenants raise it: up to there and no further.
                let raised: JSON = ["quotas": ["connections": 100], "overrides": ["connections": 1000]]
                try await rig.apply(Self.plan(raised), .plans)
                try await rig.apply(Self.tenant(connections: 1000), .tenants)
                try await rig.waitReady("acme")
                #expect(try await Self.limit(rig) == 1000)
                try await rig.apply(Self.tenant(connections: 1001), .tenants)
                let kept = try await rig.waitReady("acme", reason: "QuotaAbovePlan")
                #expect(kept.status["hostnames"] == ["acme.chat.example.com"])
                #expect(try await Self.limit(rig) == 1000)

                // What is taken back binds at once, and nobody is cut off.
                try await rig.apply(
                    Self.plan(["quotas": ["connections": 100], "overrides": ["connections": 300]]),
                    .plans
                )
                try await until("less being served") { try await Self.limit(rig) == 300 }
                let lowered = try await rig.waitReady("acme", reason: "QuotaAbovePlan")
                #expect(lowered.status["hostnames"] == ["acme.chat.example.com"])
                try await rig.apply(Self.tenant(), .tenants)
                try await rig.waitReady("acme")
                #expect(try await Self.limit(rig) == 100)
            }
        }
    }

    /// Otherwise a team kept plans and cells from going by naming them.
    @Test func `who is refused holds up no plan and no cell`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(Self.plan(["allowedNamespaces": [:]]), .plans)
                try await rig.apply(Self.tenant(), .tenants)
                try await rig.waitReady("acme", reason: "PlanNotAllowed")
                try await rig.wait(for: .plans, "free", "nobody being on the plan") {
                    $0?.condition("InUse")?["reason"] == "Unused" && $0?.status["tenants"] == 0
                }
                try await rig.user.delete(.plans, "free")
                try await rig.wait(for: .plans, "free") { $0 == nil }
                try await rig.waitReady("acme", reason: "PlanNotFound")
                try await rig.user.delete(.cells, "default")
                try await rig.wait(for: .cells, "default") { $0 == nil }
            }
        }
    }

    @Test func `a plan is for the namespaces that it names or selects, as their labels are now`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                let selected: JSON = ["allowedNamespaces": ["selector": ["matchLabels": ["example.com/chat": "paid"]]]]
                try await rig.apply(Self.plan(selected), .plans)
                try await rig.apply(Self.tenant(), .tenants)
                let refused = try await rig.waitReady("acme", reason: "PlanNotAllowed")
                let message = refused.condition("Admitted")?["message"].string ?? ""
                #expect(message.contains("namespace chat") && message.contains("plan free"), "\(message)")

                let label: DoubleJSON = ["metadata": ["labels": ["example.com/chat": "paid"]]]
                try rig.server.patch("namespaces", name: "chat", label)
                try await rig.waitReady("acme")
                // Who loses it is told, and served on.
                let none: DoubleJSON = ["metadata": ["labels": ["example.com/chat": .null]]]
                try rig.server.patch("namespaces", name: "chat", none)
                let kept = try await rig.waitReady("acme", reason: "PlanNotAllowed")
                #expect(kept.status["hostnames"] == ["acme.chat.example.com"])
                #expect(try await rig.projection().tenants.count == 1)

                try await rig.apply(Self.plan(["allowedNamespaces": ["names": ["chat"]]]), .plans)
                try await rig.waitReady("acme")
            }
        }
    }
}
