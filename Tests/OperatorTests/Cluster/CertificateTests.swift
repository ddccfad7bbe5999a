import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// Certificates on their way from Secrets to edges.
@Suite(.serialized)
struct CertificateTests {
    private static let spec: JSON = ["tls": ["secretRef": ["name": "acme-tls"]]]

    /// The certificate that is projected for a name, opened with the cell's key.
    private func projected(_ name: String, _ rig: ClusterRig) async throws -> ProjectedCertificate? {
        let keys = try await rig.user.get(.secrets, "roost-default-keys", in: "roost")
        let text = try #require(keys.json["data"]["sealing"].string.flatMap { Data(base64Encoded: $0) })
        let file = "\(rig.folder)/sealing"
        try text.write(to: URL(filePath: file))
        let seal = try CertificateSeal(file: file)
        guard let box = try await rig.projection().certificates[name] else { return nil }
        return try seal.open(box, name: name)
    }

    @Test func `a tenant's own certificate reaches the edges sealed, and its renewal too`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme", hostnames: ["irc.acme.org"], Self.spec), .tenants)
                try await rig.waitReady("acme", reason: "SecretNotFound")
                let first = try TestCertificates.make(for: ["irc.acme.org"])
                try await rig.apply(ClusterRig.secret("acme-tls", in: "chat", first))
                try await rig.waitReady("acme")
                #expect(try await self.projected("acme", rig)?.keyPEM == first["tls.key"])
                let state = try await rig.projection()
                let box = try #require(state.certificates["acme"])
                #expect(!String(decoding: box, as: UTF8.self).contains("PRIVATE KEY"))
                // Renewed: found when the tenant is looked at again, here because somebody touched it.
                let second = try TestCertificates.make(for: ["irc.acme.org"], days: 60)
                try await rig.apply(ClusterRig.secret("acme-tls", in: "chat", second))
                let before = try await rig.user.get(.tenants, "acme", in: "chat").condition("CertificateReady")
                try await rig.apply(
                    ClusterRig.tenant("acme", hostnames: ["irc.acme.org"], Self.spec.merging(["displayName": "A"])),
                    .tenants
                )
                try await rig.wait(for: .tenants, "acme", in: "chat", "the renewal") {
                    $0?.condition("CertificateReady")?["message"] != before?["message"]
                }
                #expect(try await self.projected("acme", rig)?.keyPEM == second["tls.key"])
            }
        }
    }

    @Test func `what is no certificate is said and what was served stays`() async throws {
        let good = try TestCertificates.make(for: ["acme.chat.example.com"])
        let other = try TestCertificates.make(for: ["acme.chat.example.com"])
        let cases: [([String: String], String, String)] = [
            (["tls.crt": "no", "tls.key": "no"], "InvalidCertificate", "no certificate in PEM form"),
            (["tls.crt": good["tls.crt"] ?? ""], "InvalidCertificate", "has no tls.key"),
            (
                ["tls.crt": good["tls.crt"] ?? "", "tls.key": other["tls.key"] ?? ""], "InvalidCertificate",
                "is not tls.crt's key"
            ),
            (try TestCertificates.make(for: ["other.example.com"]), "HostnameNotCovered", "acme.chat.example.com"),
            (try TestCertificates.make(for: ["acme.chat.example.com"], days: -1), "Expired", "renew it"),
        ]
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                for (number, (data, reason, message)) in cases.enumerated() {
                    let name = "acme-\(number)"
                    try await rig.apply(ClusterRig.secret(name, in: "chat", data))
                    let spec: JSON = ["tls": ["secretRef": ["name": .string(name)]]]
                    try await rig.apply(ClusterRig.tenant("acme", spec), .tenants)
                    let tenant = try await rig.waitReady("acme", reason: reason)
                    #expect(tenant.condition("Ready")?["message"].string?.contains(message) == true)
                    #expect(tenant.condition("StoreReady")?["status"] == "True")
                    #expect(!tenant.json.text.contains("PRIVATE KEY"))
                }
            }
        }
    }

    @Test func `cert-manager is asked for what is missing where it is installed`() async throws {
        try await ClusterRig.with(groups: [.certManager]) { rig in
            let running = try rig.startOperator { $0.issuer = OperatorSettings.Issuer("ClusterIssuer/letsencrypt") }
            try await rig.applyCell()
            try await rig.apply(ClusterRig.tenant("acme", Self.spec), .tenants)
            try await rig.waitReady("acme", reason: "Issuing")
            let certificate = try await rig.user.get(.certificates, "acme-tls", in: "chat")
            #expect(certificate.spec["secretName"] == "acme-tls")
            #expect(certificate.spec["dnsNames"] == ["acme.chat.example.com"])
            #expect(certificate.spec["issuerRef"]["name"] == "letsencrypt")
            // As cert-manager fills it.
            let data = try TestCertificates.make(for: ["acme.chat.example.com"])
            var secret = ClusterRig.secret("acme-tls", in: "chat", data)
            secret.json["metadata"]["annotations"] = ["cert-manager.io/certificate-name": "acme-tls"]
            try await rig.apply(secret)
            try await rig.waitReady("acme")
            // A hostname that comes later is asked for too.
            let hostnames = ["acme.chat.example.com", "irc.acme.org"]
            try await rig.apply(ClusterRig.tenant("acme", hostnames: hostnames, Self.spec), .tenants)
            try await rig.waitReady("acme", reason: "Issuing")
            let wider = try await rig.user.get(.certificates, "acme-tls", in: "chat")
            #expect(wider.spec["dnsNames"] == .array(hostnames.map(JSON.string)))
            #expect(try await self.projected("acme", rig)?.hostnames == ["acme.chat.example.com"])
            await running.stop()
        }
    }
}
