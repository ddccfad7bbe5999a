import KubeAPIDouble
import KubeClient
import Operator
import Tenant
import TestSupport
import Testing

/// An operator that is to see some namespaces only.
@Suite(.serialized)
struct NamespaceTests {
    @Test func `tenants of the namespaces that are named are served, and nothing is asked elsewhere`() async throws {
        try await ClusterRig.with { rig in
            // Past the API: every call is the operator's, or about a namespace that is named.
            func put(_ object: KubeObject) throws { try rig.server.put(DoubleJSON(parsing: object.json.data)) }
            let certificate = try TestCertificates.make(for: ["globex.chat.example.com"])
            let own: JSON = ["tls": ["secretRef": ["name": "own"]]]
            try put(ClusterRig.secret("wildcard", TestCertificates.make(for: ["*.chat.example.com"])))
            try put(ClusterRig.cell([:]))
            try put(ClusterRig.tenant("initech", in: "kube-system"))
            try put(ClusterRig.secret("own", in: "default", certificate))
            rig.server.forgetCalls()
            try await rig.withOperator(change: { $0.tenantNamespaces = ["chat", "default"] }) { _ in
                try put(ClusterRig.tenant("acme"))
                try put(ClusterRig.tenant("globex", in: "default", own))
                try await rig.waitReady("acme")
                try await rig.waitReady("globex", in: "default")
                // What leaves a namespace that is looked at is noticed there.
                try rig.server.delete("tenants.roost.chat", namespace: "default", name: "globex")
                try await rig.wait(for: .tenants, "globex", in: "default") { $0 == nil }
            }
            let other = rig.server.object("tenants.roost.chat", namespace: "kube-system", name: "initech")
            #expect(other?["status"] == nil && other?[at: "metadata.finalizers"] == nil)
            let asked = rig.server.calls.filter { ["tenants", "secrets"].contains($0.resource) }.map(\.namespace)
            #expect(Set(asked) == ["chat", "default", "roost"])
        }
    }
}
