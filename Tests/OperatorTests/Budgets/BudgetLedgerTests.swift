import KubeClient
import Operator
import Tenant
import Testing

/// What is given out of budgets, and that it is never more than there is.
struct BudgetLedgerTests {
    private static func key(_ name: String, in namespace: String = "chat") -> ObjectKey {
        ObjectKey(namespace: namespace, name: name)
    }

    private static func budget(
        tenants: Int? = nil,
        connections: Int? = nil,
        storage: Int? = nil
    ) -> [BudgetLedger.Budget] {
        var spec = TenantQuotaSpec.nothing
        (spec.tenants, spec.connections, spec.storage) = (tenants, connections, storage)
        return [("team", spec)]
    }

    private static func charge(_ connections: Int?, storage: Int? = 0) -> BudgetCharge {
        BudgetCharge(connections: connections, storage: storage)
    }

    @Test func `what is given to one is not given to another, and what is given back is`() {
        let ledger = BudgetLedger()
        let budget = Self.budget(tenants: 2, connections: 1000)
        #expect(ledger.take(Self.charge(600), for: Self.key("a"), under: budget) == true)
        #expect(ledger.take(Self.charge(600), for: Self.key("a"), under: budget) == false)
        #expect(ledger.take(Self.charge(500), for: Self.key("b"), under: budget) == nil)
        let lack = ledger.shortages(of: Self.charge(500), for: Self.key("b"), under: budget)
        #expect(lack.map(\.left) == [400])
        #expect(
            lack.map(\.text) == [
                "connections: 500 requested, 600 of 1000 used by others, 400 left in TenantQuota team: write 400 or less in "
                    + "spec.quotas.connections, or have the platform raise it"
            ]
        )
        #expect(ledger.take(Self.charge(400), for: Self.key("b"), under: budget) == true)
        #expect(
            ledger.shortages(of: Self.charge(0), for: Self.key("c"), under: budget).map(\.text) == [
                "tenants: 1 requested, 2 of 2 used by others, 0 left in TenantQuota team: delete a tenant, or have the platform "
                    + "raise it"
            ]
        )
        // What it has counts for itself.
        let more = ledger.shortages(of: Self.charge(1001), for: Self.key("a"), under: Self.budget(connections: 1000))
        #expect(more.map(\.used) == [400] && more.map(\.left) == [600])
        // Another namespace has another budget.
        #expect(ledger.take(Self.charge(900), for: Self.key("a", in: "other"), under: budget) == true)
        #expect(ledger.release(Self.key("a")) && !ledger.release(Self.key("a")))
        #expect(ledger.take(Self.charge(600), for: Self.key("c"), under: budget) == true)
        #expect(ledger.use(of: "chat").sum(.connections) == 1000)
    }

    @Test(arguments: [
        (Optional(400), true), (300, true), (401, false), (nil, false),
    ])
    func `who was accepted keeps what it has though the budget was lowered, and gets no more`(
        asked: Int?,
        isGiven: Bool
    ) {
        let ledger = BudgetLedger()
        for name in ["a", "b"] {
            #expect(ledger.take(Self.charge(400), for: Self.key(name), under: Self.budget(tenants: 2)) == true)
        }
        let lowered = Self.budget(tenants: 1, connections: 500)
        #expect((ledger.take(Self.charge(asked), for: Self.key("a"), under: lowered) != nil) == isGiven)
    }

    @Test func `who has no limit was given all there is, and keeps that`() {
        let ledger = BudgetLedger()
        #expect(ledger.take(Self.charge(nil), for: Self.key("a"), under: []) == true)
        let budget = Self.budget(connections: 1000)
        #expect(ledger.take(Self.charge(nil), for: Self.key("a"), under: budget) == false)
        let lack = ledger.shortages(of: Self.charge(1), for: Self.key("b"), under: budget)
        #expect(lack.first?.text.contains("0 of 1000 used by others and 1 without a limit, 0 left") == true)
        // With a limit it takes that and no more.
        #expect(ledger.take(Self.charge(900), for: Self.key("a"), under: budget) == true)
        #expect(ledger.use(of: "chat").unlimited(.connections) == 0)
        #expect(ledger.take(Self.charge(100), for: Self.key("b"), under: budget) == true)
        let refused = ledger.shortages(of: Self.charge(nil), for: Self.key("c"), under: budget)
        #expect(refused.first?.text.hasPrefix("connections: no hard limit requested, 1000 of 1000") == true)
    }

    @Test func `each of several budgets holds`() {
        let budgets = Self.budget(tenants: 5) + [("other", Self.budget(storage: 1 << 30)[0].spec)]
        let ledger = BudgetLedger()
        let lack = ledger.shortages(of: Self.charge(1, storage: 3 << 30), for: Self.key("a"), under: budgets)
        #expect(lack.map(\.budget) == ["other"])
        #expect(
            lack[0].text.hasPrefix("storage: 3Gi requested, 0 of 1Gi used by others, 1Gi left in TenantQuota other")
        )
    }

    @Test func `the largest quotas there are add up, and are taken apart again`() {
        let ledger = BudgetLedger()
        for number in 0..<10_000 {
            _ = ledger.take(Self.charge(10_000_000, storage: 1 << 50), for: Self.key("t\(number)"), under: [])
        }
        #expect(ledger.use(of: "chat").sum(.storage) == .max)
        for number in 1..<10_000 { _ = ledger.release(Self.key("t\(number)")) }
        #expect(ledger.use(of: "chat").sum(.storage) == 1 << 50)
    }

    @Test func `the oldest who fit go first when there is room, and not more of them than fit`() {
        let ledger = BudgetLedger()
        let budget = Self.budget(connections: 1000)
        for (name, asked, since) in [("young", 500, "3"), ("large", 2000, "1"), ("old", 600, "2"), ("small", 400, "4")]
        {
            let (key, wanted) = (Self.key(name), Self.charge(asked))
            #expect(ledger.refuse(key, wanting: wanted, since: since, keeps: false))
            #expect(!ledger.refuse(key, wanting: wanted, since: since, keeps: false))
        }
        #expect(ledger.fitting(in: "chat", under: budget).map(\.name) == ["old", "small"])
        #expect(ledger.fitting(in: "chat", under: []).map(\.name) == ["large", "old", "young", "small"])
        #expect(ledger.waiting(for: budget[0], in: "chat").map(\.name) == ["large"])
        #expect(ledger.waiting(for: Self.budget(connections: 0)[0], in: "chat").count == 4)
        #expect(ledger.waiting(for: budget[0], in: "other").isEmpty)
        _ = ledger.take(Self.charge(600), for: Self.key("old"), under: budget)
        #expect(ledger.fitting(in: "chat", under: budget).map(\.name) == ["small"])
        // Who is gone, or is refused for something else, waits no more.
        #expect(ledger.release(Self.key("small")))
        #expect(ledger.refuse(Self.key("young"), wanting: nil, since: "3", keeps: false))
        #expect(ledger.fitting(in: "chat", under: []).map(\.name) == ["large"])
    }

    @Test func `what another process gave out is found in the statuses`() {
        func tenant(_ name: String, _ reserved: JSON) -> KubeObject {
            KubeObject(.tenants, name: name, namespace: "chat", ["status": ["reserved": reserved]])
        }
        let ledger = BudgetLedger()
        _ = ledger.take(Self.charge(7), for: Self.key("gone"), under: [])
        let free = tenant("free", [:])
        ledger.reset { [tenant("a", ["connections": 300, "storage": 5]), free, tenant("new", nil)] }
        #expect(ledger.charge(of: Self.key("a")) == Self.charge(300, storage: 5))
        #expect(ledger.charge(of: Self.key("free")) == Self.charge(nil, storage: nil))
        #expect(ledger.charge(of: Self.key("new")) == nil && ledger.charge(of: Self.key("gone")) == nil)
        // What is known is newer than a status on its way.
        _ = ledger.take(Self.charge(200), for: Self.key("a"), under: [])
        #expect(!ledger.adopt(tenant("a", ["connections": 300, "storage": 5])))
        #expect(!ledger.adopt(tenant("new", nil)) && ledger.charge(of: Self.key("new")) == nil)
        #expect(ledger.adopt(tenant("late", ["connections": 1])))
        // Nor does a status bring back what was taken back.
        _ = ledger.refuse(Self.key("late"), wanting: nil, since: "", keeps: false)
        #expect(!ledger.adopt(tenant("late", ["connections": 1])))
        // Who is made again is another.
        _ = ledger.release(Self.key("late"))
        #expect(ledger.adopt(tenant("late", ["connections": 1])))
        #expect(ledger.use(of: "chat").sum(.connections) == 201 && ledger.use(of: "chat").unlimited(.connections) == 1)
    }
}
