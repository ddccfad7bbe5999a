import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// A team with exactly the rights of `docs/operations/self-service.md` does what the page says, and nothing else.
@Suite(.serialized)
struct SelfServiceTests {
    private static let namespace = "team-blue"
    private static let member = KubeAPIUser("dora", groups: ["team-blue"])

    /// The objects of the page, under the headings of who applies them.
    private static func page() throws -> (platform: [DoubleJSON], team: [DoubleJSON]) {
        let text = try #require(try ClusterRig.read("docs/operations/self-service.md").first)
        let parts = text.components(separatedBy: "## What a team does")
        #expect(parts.count == 2)
        func objects(_ text: String) throws -> [DoubleJSON] {
            try text.components(separatedBy: "```yaml\n").dropFirst().flatMap { block in
                try DoubleJSON.documents(yaml: block.components(separatedBy: "```")[0])
            }
        }
        return (try objects(parts[0]), try objects(parts[1]))
    }

    /// Runs a body with a cluster in which the platform did its part, and a client of the team's.
    private static func withTeam(_ body: (ClusterRig, KubeClient, [KubeObject]) async throws -> Void) async throws {
        try await ClusterRig.with { rig in
            let (platform, team) = try Self.page()
            // The grant comes later: it is for one day in May.
            for object in platform where !["TenantGrant", "Cell"].contains(object["kind"]) {
                try rig.server.put(object)
            }
            let cell = try #require(platform.first { $0["kind"] == "Cell" }?["spec"])
            try await rig.applyCell(JSON(parsing: Array(cell.text.utf8)))
            rig.server.admit(Self.member, token: "dora's")
            let configuration = KubeConfiguration(server: rig.server.baseURL, identity: .token("dora's"))
            let client = try KubeClient(configuration, userAgent: "kubectl", logger: rig.logger)
            let objects = try team.map { KubeObject(try JSON(parsing: Array($0.text.utf8))) }
            do { try await body(rig, client, objects) } catch {
                await client.shutdown()
                throw error
            }
            await client.shutdown()
        }
    }

    private static func resource(_ object: KubeObject) throws -> KubeResource {
        try #require([KubeResource.secrets, .tenants].first { $0.kind == object.kind })
    }

    @Test func `a team makes, changes, sees and deletes its tenants`() async throws {
        try await Self.withTeam { rig, team, objects in
            try await rig.withOperator { _ in
                for object in objects {
                    _ = try await team.apply(try Self.resource(object), object, manager: "kubectl")
                }
                let ready = try await rig.waitReady("blue", in: Self.namespace)
                #expect(ready.status["reserved"]["connections"] == 1500)
                #expect(try await team.list(.tenants, in: Self.namespace).items.count == 1)
                #expect(try await team.list(.tenantQuotas, in: Self.namespace).items.count == 1)
                #expect(try await team.list(.tenantGrants, in: Self.namespace).items.isEmpty)
                #expect(try await team.list(.plans).items.contains { $0.name == "paid" })
                #expect(
                    try await team.list(.events, in: Self.namespace).items.contains { $0.json["reason"] == "Serving" }
                )
                func patch(connections: Int64) async throws {
                    let spec: JSON = ["spec": ["quotas": ["connections": .integer(connections)]]]
                    _ = try await team.patch(.tenants, "blue", in: Self.namespace, manager: "kubectl", spec)
                }
                try await patch(connections: 2000)
                try await rig.waitReady("blue", in: Self.namespace)
                // More than the plan lets it raise, until the platform grants it.
                try await patch(connections: 2500)
                try await rig.waitReady("blue", reason: "QuotaAbovePlan", in: Self.namespace)
                for object in try Self.page().platform where object["kind"] == "TenantGrant" {
                    try rig.server.put(object)
                }
                try await rig.waitReady("blue", in: Self.namespace)
                var elsewhere = objects[1]
                elsewhere.json["metadata"]["name"] = "acme"
                elsewhere.json["spec"]["hostnames"] = ["www.acme.org"]
                _ = try await team.apply(.tenants, elsewhere, manager: "kubectl")
                try await rig.waitReady("acme", reason: "HostnameNotAllowed", in: Self.namespace)
                // What is left of the budget is 500.
                var second = objects[1]
                second.json["metadata"]["name"] = "sky"
                second.json["spec"] = ["hostnames": ["sky.chat.example.com"], "planRef": ["name": "paid"]]
                second.json["spec"]["quotas"] = ["connections": 501]
                _ = try await team.apply(.tenants, second, manager: "kubectl")
                let refused = try await rig.waitReady("sky", reason: "BudgetExceeded", in: Self.namespace)
                let message = refused.condition("Admitted")?["message"].string ?? ""
                #expect(message.contains("501 requested, 2500 of 3000 used by others, 500 left"), "\(message)")
                try await team.delete(.tenants, "blue", in: Self.namespace)
                try await rig.waitReady("sky", in: Self.namespace)
            }
        }
    }

    @Test func `a team cannot give itself anything`() async throws {
        try await Self.withTeam { rig, team, objects in
            for object in objects { _ = try await team.apply(try Self.resource(object), object, manager: "kubectl") }
            func isRefused(_ what: String, _ body: () async throws -> Void) async {
                let error = await #expect(throws: KubeError.self, "\(what)") { try await body() }
                #expect(error?.isForbidden == true, "\(what): \(error.map { "\($0)" } ?? "done")")
            }
            func tries(_ resource: KubeResource, _ name: String, in namespace: String?, _ fields: JSON) async {
                await isRefused("\(resource.plural) \(name) in \(namespace ?? "the cluster")") {
                    let object = KubeObject(resource, name: name, namespace: namespace, fields)
                    _ = try await team.apply(resource, object, manager: "kubectl")
                }
            }
            await tries(.tenantQuotas, "budget", in: Self.namespace, ["spec": ["tenants": 1000]])
            await tries(.tenantQuotas, "mine", in: Self.namespace, ["spec": ["tenants": 1000]])
            await tries(.tenantGrants, "blue", in: Self.namespace, ["spec": ["quotas": ["connections": 9_000_000]]])
            await tries(.plans, "paid", in: nil, ["spec": ["quotas": ["connections": 9_000_000]]])
            await tries(.cells, "mine", in: nil, ["spec": ["default": true]])
            await tries(.namespaces, Self.namespace, in: nil, ["metadata": ["labels": ["example.com/chat": "gold"]]])
            await tries(.tenants, "red", in: "chat", ["spec": ["hostnames": ["a.b"], "planRef": ["name": "team"]]])
            await tries(.secrets, "roost-redis", in: "roost", ["stringData": ["url": "redis://elsewhere"]])
            await isRefused("the status of its tenant") {
                let status: JSON = ["status": ["reserved": ["connections": 9_000_000]]]
                let tenant = KubeObject(.tenants, name: "blue", namespace: Self.namespace, status)
                _ = try await team.apply(.tenants, tenant, manager: "kubectl", subresource: "status")
            }
            await isRefused("others' Secrets") { _ = try await team.get(.secrets, "roost-redis", in: "roost") }
            await isRefused("deleting its budget") {
                try await team.delete(.tenantQuotas, "budget", in: Self.namespace)
            }
            // What it writes into a status besides is dropped.
            var forged = objects[1]
            forged.json["metadata"]["name"] = "forged"
            forged.json["status"] = ["reserved": ["connections": 9_000_000], "hostnames": ["forged.example.com"]]
            let made = try await team.apply(.tenants, forged, manager: "kubectl")
            #expect(made.status == .null)
        }
    }

    /// All there is, whatever the page says: rights that somebody adds to it are to be added here, too.
    @Test func `a team may do this, and nothing else with anything that there is`() async throws {
        let everything = ["get", "list", "watch", "create", "update", "patch", "delete"]
        let looking = ["get", "list", "watch"]
        let own: [String: [String]] = [
            "roost.chat/tenants": everything, "roost.chat/tenantgrants": looking, "roost.chat/tenantquotas": looking,
            "/secrets": ["get", "create", "update", "patch", "delete"], "/events": looking,
        ]
        try await Self.withTeam { rig, _, _ in
            var surprises: [String] = []
            var asked = 0
            for (group, resource, isNamespaced) in rig.server.kinds {
                for namespace in isNamespaced ? [Self.namespace, "chat", "roost", "kube-system", nil] : [nil] {
                    for verb in everything + ["deletecollection"] {
                        let parts = resource.split(separator: "/").map(String.init)
                        let call = KubeAPICall(
                            verb: verb,
                            group: group,
                            resource: parts[0],
                            subresource: parts.count > 1 ? parts[1] : "",
                            namespace: namespace,
                            name: ["list", "watch", "create", "deletecollection"].contains(verb) ? "" : "a"
                        )
                        let kind = "\(group)/\(resource)"
                        let expected =
                            namespace == Self.namespace
                            ? own[kind]?.contains(verb) == true : kind == "roost.chat/plans" && looking.contains(verb)
                        asked += 1
                        if rig.server.isAllowed(call, to: Self.member) != expected {
                            surprises.append("\(verb) \(kind) in \(namespace ?? "the cluster")")
                        }
                        let stranger = KubeAPIUser("mallory", groups: ["team-red"])
                        let isOpen = kind == "roost.chat/plans" && looking.contains(verb)
                        if rig.server.isAllowed(call, to: stranger) != isOpen {
                            surprises.append("a stranger: \(verb) \(kind) in \(namespace ?? "the cluster")")
                        }
                    }
                }
            }
            #expect(surprises.isEmpty)
            #expect(asked > 500)
        }
    }
}
