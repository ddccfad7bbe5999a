import KubeClient
import Operator
import Tenant
import Testing

/// What is done for a plan, by who is on it and by what its object says.
struct PlanPlannerTests {
    private static let onIt = [ObjectKey(namespace: "chat", name: "b"), ObjectKey(namespace: "chat", name: "a")]

    private static func plan(
        spec: JSON = ["quotas": ["connections": 10]],
        status: JSON = [:],
        finalizers: [String] = [OperatorNames.finalizer],
        deleted: Bool = false
    ) -> Parsed<PlanResource> {
        var object = KubeObject(.plans, name: "team", ["spec": spec, "status": status])
        object.json["metadata"]["generation"] = 3
        object.json["metadata"]["finalizers"] = .array(finalizers.map(JSON.string))
        if deleted { object.json["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z" }
        return Parsed(plan: object)
    }

    private static func steps(_ plan: Parsed<PlanResource>, _ tenants: [ObjectKey] = []) -> [PlanStep] {
        PlanPlanner.steps(for: plan, tenants: tenants.count, holders: tenants, now: Views.now)
    }

    /// The status that is written.
    private static func status(_ steps: [PlanStep]) throws -> JSON {
        guard case .writeStatus(let status) = try #require(steps.last) else { throw CancellationError() }
        return status
    }

    /// Status, reason and message of each condition.
    private static func conditions(_ steps: [PlanStep]) throws -> [String: [String?]] {
        let all = try #require(try self.status(steps)["conditions"].elements)
        return Dictionary(
            uniqueKeysWithValues: all.map { condition in
                (condition["type"].string ?? "", ["status", "reason", "message"].map { condition[$0].string })
            }
        )
    }

    @Test func `a new plan is held, and says that nobody is on it`() throws {
        let steps = Self.steps(Self.plan(finalizers: []))
        #expect(steps.count == 2 && steps.first == .addFinalizer)
        let status = try Self.status(steps)
        #expect(status["observedGeneration"] == 3 && status["tenants"] == 0)
        #expect(
            try Self.conditions(steps) == [
                "Ready": ["True", "Valid", "tenants may be on it"], "InUse": ["False", "Unused", "no tenant is on it"],
            ]
        )
    }

    @Test func `a plan counts who is on it`() throws {
        let steps = Self.steps(Self.plan(), Self.onIt)
        #expect(steps.count == 1)
        #expect(try Self.status(steps)["tenants"] == 2)
        #expect(try Self.conditions(steps)["InUse"] == ["True", "InUse", "2 tenants are on it"])
    }

    @Test func `a status that says so already is not written again`() throws {
        let written = try Self.status(Self.steps(Self.plan(), Self.onIt))
        #expect(Self.steps(Self.plan(status: written), Self.onIt) == [])
        #expect(Self.steps(Self.plan(status: written), [Self.onIt[0]]).count == 1)
    }

    @Test func `a plan that cannot be read says why`() throws {
        let ready = try #require(
            try Self.conditions(Self.steps(Self.plan(spec: ["quotas": ["connections": "many"]])))["Ready"]
        )
        #expect(ready.prefix(2) == ["False", "InvalidSpec"])
        #expect(ready[2]?.contains("connections") == true)
    }

    @Test func `a plan says which of its settings this version does not act on, as long as it has any`() throws {
        let spec: JSON = [
            "quotas": ["connections": 10, "apiRequestsPerSecond": 1], "price": ["currency": "EUR", "base": "49.00"],
        ]
        let steps = Self.steps(Self.plan(spec: spec))
        let ignored = try #require(try Self.conditions(steps)["SettingsIgnored"])
        #expect(ignored.prefix(2) == ["True", "NotImplemented"])
        let message = try #require(ignored[2])
        #expect(message.contains("spec.quotas.apiRequestsPerSecond: ") && message.contains("spec.price: "))
        #expect(!message.contains("connections"))
        // It is no mistake, and gone with its cause.
        #expect(try Self.conditions(steps)["Ready"]?.first == "True")
        let status = try Self.status(steps)
        #expect(try Self.conditions(Self.steps(Self.plan(status: status)))["SettingsIgnored"] == nil)
    }

    @Test func `a deleted plan goes once nobody is on it`() throws {
        #expect(Self.steps(Self.plan(deleted: true)) == [.removeFinalizer])
        #expect(Self.steps(Self.plan(finalizers: ["another's"], deleted: true)) == [])
        for finalizers in [[OperatorNames.finalizer], []] {
            let steps = Self.steps(Self.plan(finalizers: finalizers, deleted: true), Self.onIt)
            // What is being deleted takes no finalizer any more.
            #expect(steps.count == 1)
            let message = "deleting waits until no tenant is on it: chat/a; chat/b"
            #expect(try Self.conditions(steps)["Deleting"] == ["True", "StillUsed", message])
        }
        #expect(try Self.conditions(Self.steps(Self.plan(), Self.onIt))["Deleting"] == nil)
    }
}
