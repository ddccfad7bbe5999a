import KubeClient
import Operator
import StateStore
import Tenant
import Testing

/// What a tenant takes when it is admitted, and what it leaves to others when it is not.
struct TenantAccessTests {
    /// What a budget lacks that has no tenant left, and 3 connections.
    private static let shortages: [BudgetShortage] = {
        var budget = TenantQuotaSpec.nothing
        (budget.connections, budget.storage) = (3, nil)
        let charge = BudgetCharge(connections: 5, storage: nil)
        return BudgetLedger().shortages(of: charge, for: ObjectKey(name: "acme"), under: [("team", budget)])
    }()

    private func admitted(_ plan: TenantPlan) -> (reason: String?, message: String) {
        (plan.conditions["Admitted"]?.reason, plan.conditions["Admitted"]?.message ?? "")
    }

    @Test func `who is admitted takes its hard quotas of the budget, and holds what it asks for`() throws {
        let plan = TenantPlanner.plan(try Views.view { $0.hosted = .success(try Views.hosted(connections: 40)) })
        #expect(plan.charge == BudgetCharge(connections: 40, storage: nil))
        #expect(!plan.yields && plan.isServing)
    }

    @Test func `who asks for more than is left is not served, told all of it, and keeps names from nobody`() throws {
        let view = try Views.view { $0.shortages = Self.shortages }
        let plan = TenantPlanner.plan(view)
        let (reason, message) = self.admitted(plan)
        #expect(reason == "BudgetExceeded")
        #expect(Self.shortages.count == 2)
        #expect(message == "\(Self.shortages[0].text); \(Self.shortages[1].text)")
        #expect(plan.charge == nil && plan.yields && !plan.isServing)
        #expect(plan.steps.isEmpty && plan.conditions["Ready"]?.reason == "BudgetExceeded")
    }

    @Test func `a cell's rules come before the budget, and others' names before both`() throws {
        var view = try Views.view {
            $0.denial = .init("CellNotAllowed", "not here")
            $0.shortages = Self.shortages
        }
        #expect(self.admitted(TenantPlanner.plan(view)) == ("CellNotAllowed", "not here"))
        #expect(TenantPlanner.plan(view).yields)
        view.cell = .failure(.init("CellNotFound", "no such cell"))
        #expect(self.admitted(TenantPlanner.plan(view)).reason == "CellNotFound")
        // What is another's is no reason to leave it to others.
        view.conflicts.name = ObjectKey(namespace: "other", name: "acme")
        let plan = TenantPlanner.plan(view)
        #expect(self.admitted(plan).reason == "NameTaken" && !plan.yields)
    }

    @Test func `who was served before is served on, and leaves nothing to others`() throws {
        let view = try Views.view {
            $0.object = Views.object(status: Views.living(in: "one"))
            $0.home = .init(name: "one")
            $0.denial = .init("HostnameNotAllowed", "not that one")
            $0.shortages = Self.shortages
        }
        let plan = TenantPlanner.plan(view)
        #expect(self.admitted(plan) == ("HostnameNotAllowed", "not that one; it is served as it was before"))
        #expect(plan.steps == [.keep(cell: "one", without: [], state: .active)])
        #expect(plan.hostnames == ["acme.example.com"] && !plan.yields && plan.charge == nil)
    }
}
