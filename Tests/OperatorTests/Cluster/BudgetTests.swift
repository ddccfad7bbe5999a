import KubeAPIDouble
import KubeClient
import Observability
import Operator
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// What the tenants of a namespace have together.
@Suite(.serialized)
struct BudgetTests {
    private static func budget(_ spec: JSON) -> KubeObject {
        KubeObject(.tenantQuotas, name: "team", namespace: "chat", ["spec": spec])
    }

    private static func tenant(_ name: String, connections: Int, motd: String? = nil) -> KubeObject {
        ClusterRig.tenant(name, ["quotas": ["connections": .integer(Int64(connections))], "motd": JSON(motd)])
    }

    /// How many looks at tenants there were.
    private static func looks(_ running: ClusterRig.Running) async -> Int {
        await running.service.metrics.registry.render().split(separator: "\n")
            .filter { $0.hasPrefix("roost_operator_reconcile_total{") && $0.contains("kind=\"Tenant\"") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0) { $0 + Int($1) }
    }

    private static func wait(_ rig: ClusterRig, _ reason: String) async throws -> KubeObject? {
        try await rig.wait(for: .tenantQuotas, "team", in: "chat", "the budget being \(reason)") {
            $0?.condition("WithinBudget")?["reason"] == .string(reason)
        }
    }

    @Test func `a budget binds, is told with numbers, and lets in who waits as soon as there is room`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(Self.budget(["tenants": 3, "connections": 500]), .tenantQuotas)
                try await rig.apply(Self.tenant("acme", connections: 300), .tenants)
                let acme = try await rig.waitReady("acme")
                #expect(acme.status["reserved"]["connections"] == 300)
                try await rig.apply(Self.tenant("globex", connections: 250), .tenants)
                let refused = try await rig.waitReady("globex", reason: "BudgetExceeded")
                let message = refused.condition("Admitted")?["message"].string ?? ""
                #expect(message.contains("250 requested, 300 of 500 used by others, 200 left"), "\(message)")
                #expect(try await rig.projection().tenants.count == 1)
                let told = try await Self.wait(rig, "TenantsWait")
                #expect(told?.status["left"] == ["tenants": 2, "connections": 200])
                #expect(told?.condition("WithinBudget")?["message"].string?.contains("globex") == true)

                // Who asks for less gives the rest to others, and so does who is gone.
                try await rig.apply(Self.tenant("acme", connections: 250), .tenants)
                try await rig.waitReady("globex")
                try await rig.apply(Self.tenant("initech", connections: 1), .tenants)
                try await rig.waitReady("initech", reason: "BudgetExceeded")
                try await rig.user.delete(.tenants, "acme", in: "chat")
                try await rig.waitReady("initech")
                try await rig.wait(for: .tenantQuotas, "team", in: "chat", "all of it being told") {
                    $0?.status["used"]["connections"] == 251
                        && $0?.condition("WithinBudget")?["reason"] == "WithinBudget"
                }
                try await until("what happened to the budget being told") {
                    let told = try await rig.user.list(.events, in: "chat").items
                        .filter { $0.json["regarding"]["kind"] == "TenantQuota" }.compactMap {
                            $0.json["reason"].string
                        }
                    return Set(told) == ["TenantsWait", "WithinBudget"]
                }
                // Without a budget there is room for all.
                try await rig.apply(Self.tenant("hooli", connections: 250), .tenants)
                try await rig.waitReady("hooli", reason: "BudgetExceeded")
                try await rig.user.delete(.tenantQuotas, "team", in: "chat")
                try await rig.waitReady("hooli")
            }
        }
    }

    /// The copy of the budget is old meanwhile, and has what is right again.
    @Test func `what is told follows what is given out, back and forth, while the watch lags`() async throws {
        try await ClusterRig.with { rig in
            @Sendable func used() -> Int? {
                rig.server.objects("tenantquotas.roost.chat", namespace: "chat").first?[at: "status.used.connections"]?
                    .int
            }
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(Self.budget(["connections": 500]), .tenantQuotas)
                try await rig.apply(Self.tenant("acme", connections: 100), .tenants)
                try await rig.waitReady("acme")
                try await rig.wait(for: .tenantQuotas, "team", in: "chat", "100 being told") {
                    $0?.status["used"]["connections"] == 100
                }
                let gate = rig.server.hold(.init(verb: "watch", resource: "tenantquotas"), times: nil)
                defer { gate.open() }
                rig.server.cutWatches("tenantquotas.roost.chat")
                await gate.arrival()
                for connections in [200, 100] {
                    try await rig.apply(Self.tenant("acme", connections: connections), .tenants)
                    try await until("\(connections) being told") { used() == connections }
                }
            }
        }
    }

    /// Otherwise a team that may have nothing could keep everybody from their names.
    @Test func `who is refused keeps names and hostnames from nobody, and does not get them later`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(Self.budget(["tenants": 0]), .tenantQuotas)
                try await rig.apply(Self.tenant("acme", connections: 1), .tenants)
                try await rig.waitReady("acme", reason: "BudgetExceeded")
                try await rig.apply(ClusterRig.tenant("acme", in: "roost"), .tenants)
                try await rig.waitReady("acme", in: "roost")
                try await rig.apply(Self.budget(["tenants": 1]), .tenantQuotas)
                let refused = try await rig.waitReady("acme", reason: "NameTaken")
                #expect(refused.status["reserved"] == .null)
                #expect(try await rig.projection().tenants.count == 1)
            }
        }
    }

    @Test func `a lowered budget cuts nobody off, says so, and gives nothing more, also after another operator`()
        async throws
    {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                for name in ["acme", "globex"] { try await rig.apply(Self.tenant(name, connections: 200), .tenants) }
                for name in ["acme", "globex"] { try await rig.waitReady(name) }
                try await rig.apply(Self.budget(["tenants": 1, "connections": 100]), .tenantQuotas)
                let told = try await Self.wait(rig, "Overcommitted")
                let message = told?.condition("WithinBudget")?["message"].string ?? ""
                #expect(
                    message.contains("tenants: 2 of 1") && message.contains("connections: 400 of 100"),
                    "\(message)"
                )
            }
            try await rig.withOperator { _ in
                // Whatever asks for no more is carried out.
                try await rig.apply(Self.tenant("acme", connections: 200, motd: "hello"), .tenants)
                try await rig.waitReady("acme")
                try await until("the change being served") {
                    try await rig.projection().tenants.values.contains { $0.hosted.motd == ["hello"] }
                }
                try await rig.apply(Self.tenant("globex", connections: 201), .tenants)
                let refused = try await rig.waitReady("globex", reason: "BudgetExceeded")
                #expect(refused.status["hostnames"] == ["globex.chat.example.com"])
                #expect(refused.status["reserved"]["connections"] == 200)
                try await rig.apply(Self.tenant("initech", connections: 0), .tenants)
                try await rig.waitReady("initech", reason: "BudgetExceeded")
                #expect(try await rig.projection().tenants.count == 2)
            }
        }
    }

    @Test func `of many who come at once as many are accepted as there is room for`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { running in
                try await rig.applyCell()
                try await rig.apply(Self.budget(["tenants": 40]), .tenantQuotas)
                try await rig.wait(for: .tenantQuotas, "team", in: "chat") { $0?.condition("Ready") != nil }
                let names = (0..<120).map { "t\($0)" }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for name in names { group.addTask { try await rig.apply(ClusterRig.tenant(name), .tenants) } }
                    try await group.waitForAll()
                }
                @Sendable func reasons() async throws -> [String: Int] {
                    let all = try await rig.user.list(.tenants, in: "chat").items
                    return Dictionary(grouping: all) { $0.condition("Ready")?["reason"].string ?? "" }.mapValues(
                        \.count
                    )
                }
                try await until("everybody being judged") {
                    try await reasons() == ["Serving": 40, "BudgetExceeded": 80]
                }
                #expect(try await rig.projection().tenants.count == 40)
                // More room: those who fit are looked at, and the others are not.
                try await rig.wait(for: .tenantQuotas, "team", in: "chat", "all that wait being told") {
                    $0?.condition("WithinBudget")?["message"].string?.hasPrefix("80 tenants") == true
                }
                let before = await Self.looks(running)
                try await rig.apply(Self.budget(["tenants": 50]), .tenantQuotas)
                try await until("ten more being served") {
                    try await reasons() == ["Serving": 50, "BudgetExceeded": 70]
                }
                #expect(await Self.looks(running) - before <= 70)
            }
        }
    }
}
