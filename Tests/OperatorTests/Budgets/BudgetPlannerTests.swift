import FoundationEssentials
import KubeClient
import Operator
import Tenant
import Testing

/// What is told of budgets.
struct BudgetPlannerTests {
    private static func status(
        _ spec: JSON,
        _ charges: [BudgetCharge],
        waiting: [String] = []
    ) -> JSON {
        let object = KubeObject(.tenantQuotas, name: "team", namespace: "chat", ["spec": spec])
        var use = BudgetUse()
        for charge in charges { use.add(charge) }
        let budget = Parsed<TenantQuotaResource>(tenantQuota: object)
        let keys = waiting.map { ObjectKey(namespace: "chat", name: $0) }
        return BudgetPlanner.status(
            of: budget,
            use: use,
            conditions: BudgetPlanner.conditions(of: budget, use: use, waiting: keys),
            now: Date(timeIntervalSince1970: 1_800_000_000)
        )
    }

    private static func within(_ status: JSON) -> (String?, String?, String) {
        let condition = status["conditions"].elements?.first { $0["type"] == "WithinBudget" } ?? .null
        return (condition["status"].string, condition["reason"].string, condition["message"].string ?? "")
    }

    private static let two = [
        BudgetCharge(connections: 300, storage: 1 << 30), BudgetCharge(connections: 200, storage: 1 << 29),
    ]

    @Test func `a budget tells what is given out and what is left`() {
        let status = Self.status(["tenants": 3, "connections": 1000, "storage": "10Gi"], Self.two)
        #expect(status["used"] == ["tenants": 2, "connections": 500, "storage": "1536Mi"])
        #expect(status["left"] == ["tenants": 1, "connections": 500, "storage": "8704Mi"])
        #expect(Self.within(status).1 == "WithinBudget" && Self.within(status).0 == "True")
        #expect(Self.status(["tenants": 3], Self.two)["left"] == ["tenants": 1])
    }

    @Test func `a budget that was lowered says that more is given out, and by how much`() {
        let (status, reason, message) = Self.within(Self.status(["tenants": 1, "connections": 400], Self.two))
        #expect(status == "False" && reason == "Overcommitted")
        #expect(
            message
                == "tenants: 2 of 1, connections: 500 of 400: who was accepted before keeps what it has, nobody gets more"
        )
        let waited = Self.within(Self.status(["tenants": 1], Self.two, waiting: ["c"]))
        #expect(waited.1 == "Overcommitted" && waited.2.hasSuffix("nobody gets more; these wait for room: c"))
        let unlimited = Self.status(["connections": 400], [BudgetCharge(connections: nil, storage: 0)])
        #expect(Self.within(unlimited).2.hasPrefix("connections: 0 of 400 and 1 tenants without a limit"))
        #expect(unlimited["left"]["connections"] == 0)
    }

    @Test func `a budget names those who wait for it`() {
        let (status, reason, message) = Self.within(Self.status(["tenants": 2], Self.two, waiting: ["a", "b"]))
        #expect(status == "True" && reason == "TenantsWait" && message == "2 tenants want more than is left: a; b")
    }

    @Test func `that all is within a budget is only news after it was not`() {
        func news(_ before: JSON, _ reason: String) -> [String] {
            let object = KubeObject(.tenantQuotas, name: "team", namespace: "chat", ["status": before])
            return BudgetPlanner.news([Condition("WithinBudget", .yes, reason, "")], of: object).map(\.reason)
        }
        func was(_ reason: String) -> JSON {
            ["conditions": [["type": "WithinBudget", "status": "True", "reason": .string(reason)]]]
        }
        #expect(news([:], "WithinBudget").isEmpty && news([:], "TenantsWait") == ["TenantsWait"])
        #expect(news(was("TenantsWait"), "WithinBudget") == ["WithinBudget"])
        #expect(news(was("TenantsWait"), "TenantsWait").isEmpty)
    }

    @Test func `a budget that cannot be read gives nothing`() {
        let status = Self.status(["tenants": -1], Self.two)
        let ready = status["conditions"].elements?.first { $0["type"] == "Ready" }
        #expect(ready?["reason"] == "InvalidSpec")
        #expect(status["left"] == ["tenants": 0, "connections": 0, "storage": "0"])
        #expect(Self.within(status).1 == "Overcommitted")
    }
}
