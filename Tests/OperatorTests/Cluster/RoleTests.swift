import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Operator
import Tenant
import TestSupport
import Testing

/// What the operator is allowed is what it calls.
@Suite(.serialized)
struct RoleTests {
    /// The rules of the manifests, as `verb group/resource`.
    private static func granted() throws -> Set<String> {
        var rules: Set<String> = []
        for text in try ClusterRig.read("k8s/base/rbac.yaml") {
            for document in try DoubleJSON.documents(yaml: text) {
                for rule in document["rules"]?.array ?? [] {
                    for group in rule["apiGroups"]?.array ?? [] {
                        for resource in rule["resources"]?.array ?? [] {
                            for verb in rule["verbs"]?.array ?? [] {
                                let prefix = group.string.map { $0.isEmpty ? "" : "\($0)/" } ?? ""
                                rules.insert("\(verb.string ?? "") \(prefix)\(resource.string ?? "")")
                            }
                        }
                    }
                }
            }
        }
        return rules
    }

    @Test func `every rule is used and every call is allowed`() async throws {
        try await ClusterRig.with(groups: [.certManager, .gatewayAPI, .podMonitors]) { rig in
            // The test itself only looks: it writes past the API.
            func put(_ object: KubeObject) throws { try rig.server.put(DoubleJSON(parsing: object.json.data)) }
            try put(ClusterRig.secret("wildcard", TestCertificates.make(for: ["*.chat.example.com"])))
            rig.server.forgetCalls()
            let running = try rig.startOperator("one", elects: true) {
                $0.issuer = OperatorSettings.Issuer("ClusterIssuer/test")
            }
            try put(ClusterRig.cell(["routes": ["gateway": ["name": "edge", "namespace": "infra"]]]))
            try put(.init(.tenantGrants, name: "acme", namespace: "chat", ["spec": ["quotas": ["connections": 900]]]))
            try put(.init(.tenantQuotas, name: "team", namespace: "chat", ["spec": ["tenants": 5]]))
            try put(ClusterRig.tenant("acme", ["tls": ["secretRef": ["name": "acme-tls"]]]))
            try await rig.waitReady("acme", reason: "Issuing")
            try await rig.wait(for: .tenantGrants, "acme", in: "chat") { $0?.condition("Ready") != nil }
            try await rig.wait(for: .tenantQuotas, "team", in: "chat") { $0?.status["used"]["tenants"].int == 1 }
            try put(
                ClusterRig.secret("acme-tls", in: "chat", TestCertificates.make(for: ["acme.chat.example.com"]))
            )
            try await rig.waitReady("acme", reason: "Pending")
            // Another configuration: the old one goes.
            try await rig.wait(for: .cells, "default") { $0?.condition("EdgeReady")?["reason"] == "Available" }
            try rig.server.patch("cells.roost.chat", name: "default", ["spec": ["edge": ["shards": 2]]])
            while rig.server.count(verb: "delete", resource: "configmaps") == 0 {
                try await rig.wait(for: .cells, "default") { $0?.condition("EdgeReady")?["reason"] == "Available" }
            }
            let pod = try #require(rig.server.objects("pods", namespace: "roost").first?[at: "metadata.name"]?.string)
            try rig.server.patch(
                "pods",
                namespace: "roost",
                name: pod,
                ["metadata": ["annotations": [.init(OperatorNames.drainAnnotation): "true"]]]
            )
            try await rig.wait(for: .pods, pod, in: "roost", "the pod being drained") { $0 == nil }
            try rig.server.delete("tenants.roost.chat", namespace: "chat", name: "acme")
            try await rig.wait(for: .tenants, "acme", in: "chat") { $0 == nil }
            // The data that is kept stays for good.
            let abandon: DoubleJSON = ["metadata": ["annotations": [.init(OperatorNames.abandonRetained): "true"]]]
            try rig.server.patch("cells.roost.chat", name: "default", abandon)
            try rig.server.delete("cells.roost.chat", name: "default")
            try await rig.wait(for: .cells, "default", "the cell being gone") { $0 == nil }
            await running.stop()
            let called = rig.server.calledRules
            let granted = try Self.granted()
            // Looking at namespaces' tenants and at what APIs there are is everybody's (system:discovery); the test looks too.
            let asked = called.filter { !$0.hasPrefix("get /") }
            #expect(asked.subtracting(granted).isEmpty, "called and not allowed")
            // An object that is applied and is not there is created, which is a permission of its own. What happens twice is
            // counted on its event, if it happens twice here.
            let unused = granted.subtracting(called).filter { rule in
                let applied = rule.hasPrefix("create ") && called.contains("patch " + rule.dropFirst("create ".count))
                return !applied && rule != "patch events.k8s.io/events"
            }
            #expect(unused.isEmpty, "allowed and not called")
        }
    }
}
