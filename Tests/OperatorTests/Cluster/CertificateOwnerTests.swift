import KubeAPIDouble
import KubeClient
import Operator
import Tenant
import TestSupport
import Testing

/// Certificates of cert-manager that are not the operator's: what a tenant names makes none of them its own.
@Suite(.serialized)
struct CertificateOwnerTests {
    private static func with(_ body: (ClusterRig) async throws -> Void) async throws {
        try await ClusterRig.with(groups: [.certManager]) { rig in
            let change: (inout OperatorSettings) -> Void = {
                $0.issuer = OperatorSettings.Issuer("ClusterIssuer/letsencrypt")
            }
            try await rig.withOperator(change: change) { _ in
                try await rig.applyCell()
                try await body(rig)
            }
        }
    }

    private static func tenant(_ name: String, hostnames: [String]? = nil) -> KubeObject {
        ClusterRig.tenant(name, hostnames: hostnames, ["tls": ["secretRef": ["name": "www-tls"]]])
    }

    /// With the name of its Secret, as most have it, or another.
    @Test(arguments: ["www-tls", "website"])
    func `a website's certificate stays the website's when a tenant names its Secret`(name: String) async throws {
        try await Self.with { rig in
            let spec: JSON = [
                "secretName": "www-tls", "dnsNames": ["www.example.com"],
                "issuerRef": ["group": "cert-manager.io", "kind": "Issuer", "name": "own"],
            ]
            try await rig.apply(KubeObject(.certificates, name: name, namespace: "chat", ["spec": spec]), .certificates)
            try await rig.apply(Self.tenant("acme"), .tenants)
            let tenant = try await rig.waitReady("acme", reason: "CertificateTaken")
            #expect(tenant.condition("Ready")?["message"].string?.contains("chat/\(name)") == true)
            #expect(tenant.condition("StoreReady")?["status"] == "True")
            let certificates = try await rig.user.list(.certificates, in: "chat").items
            #expect(certificates.map(\.name) == [name])
            #expect(certificates.first?.spec == spec)
            #expect(certificates.first?.metadata["ownerReferences"] == .null)
            // Once the website has another Secret, the name is free.
            try await rig.user.delete(.certificates, name, in: "chat")
            try await rig.waitReady("acme", reason: "Issuing")
        }
    }

    @Test func `who brings a certificate has none asked for`() async throws {
        try await Self.with { rig in
            let own: JSON = ["tls": ["secretRef": ["name": "www-tls"], "issue": false]]
            try await rig.apply(ClusterRig.tenant("acme", own), .tenants)
            try await rig.waitReady("acme", reason: "SecretNotFound")
            #expect(try await rig.user.list(.certificates, in: "chat").items.isEmpty)
            let data = try TestCertificates.make(for: ["acme.chat.example.com"])
            try await rig.apply(ClusterRig.secret("www-tls", in: "chat", data))
            try await rig.waitReady("acme")
        }
    }

    @Test func `two tenants do not take turns with one certificate`() async throws {
        try await Self.with { rig in
            try await rig.apply(Self.tenant("acme"), .tenants)
            try await rig.waitReady("acme", reason: "Issuing")
            try await rig.apply(Self.tenant("globex"), .tenants)
            try await rig.waitReady("globex", reason: "CertificateTaken")
            let certificate = try await rig.user.get(.certificates, "www-tls", in: "chat")
            #expect(certificate.spec["dnsNames"] == ["acme.chat.example.com"])
            #expect(certificate.metadata["ownerReferences"].elements?.map { $0["name"] } == ["acme"])
        }
    }

    @Test func `what somebody else set in the operator's own certificate is not taken back by force`() async throws {
        try await Self.with { rig in
            try await rig.apply(Self.tenant("acme"), .tenants)
            try await rig.waitReady("acme", reason: "Issuing")
            let names: DoubleJSON = ["acme.chat.example.com", "by.hand.example.com"]
            let edit: DoubleJSON = ["spec": ["dnsNames": names]]
            let certificates = "certificates.cert-manager.io"
            try rig.server.patch(certificates, namespace: "chat", name: "www-tls", edit, manager: "kubectl-edit")
            try await rig.apply(Self.tenant("acme", hostnames: ["acme.chat.example.com", "irc.acme.org"]), .tenants)
            let tenant = try await rig.waitReady("acme", reason: "ApplyRejected")
            #expect(tenant.condition("Ready")?["message"].string?.contains("kubectl-edit") == true)
            #expect(rig.server.object(certificates, namespace: "chat", name: "www-tls")?[at: "spec.dnsNames"] == names)
        }
    }
}
