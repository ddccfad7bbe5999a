import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// The certificate of a cell, and what becomes of one that is over.
@Suite(.serialized)
struct CellCertificateTests {
    @discardableResult
    private func wait(_ rig: ClusterRig, _ reason: String, status: String) async throws -> KubeObject {
        let cell = try await rig.wait(for: .cells, "default", "CertificateReady \(reason)") {
            $0?.condition("CertificateReady")?["reason"].string == reason
                && $0?.condition("EdgeReady")?["reason"] == "Available"
        }
        #expect(cell?.condition("CertificateReady")?["status"].string == status)
        return try #require(cell)
    }

    @Test func `a cell says how its certificate is`() async throws {
        try await ClusterRig.with { rig in
            let good = try TestCertificates.make(for: ["*.chat.example.com"])
            let ended = try TestCertificates.make(for: ["*.chat.example.com"], days: -1)
            let cases: [([String: String]?, String, String)] = [
                (nil, "SecretNotFound", "there is no Secret"),
                (["tls.crt": "no"], "InvalidCertificate", "has no tls.key"),
                (ended, "Expired", "renew it"), (good, "Served", "until 20"),
            ]
            try await rig.withOperator { _ in
                for (number, (data, reason, message)) in cases.enumerated() {
                    let name = "wildcard-\(number)"
                    if let data { try await rig.apply(ClusterRig.secret(name, data)) }
                    try await rig.apply(ClusterRig.cell(["tls": ["secretRef": ["name": .string(name)]]]), .cells)
                    let isWell = reason == "Served"
                    let cell = try await self.wait(rig, reason, status: isWell ? "True" : "False")
                    #expect(cell.condition("CertificateReady")?["message"].string?.contains(message) == true)
                    // Tenants may bring their own: it is told, and the cell serves.
                    #expect(cell.condition("Ready")?["status"] == "True")
                    #expect(cell.condition("Ready")?["reason"].string == (isWell ? "Serving" : reason))
                }
                var none = ClusterRig.cell([:])
                none.json["spec"]["tls"] = .null
                try await rig.apply(none, .cells)
                let cell = try await self.wait(rig, "NotNamed", status: "True")
                #expect(cell.condition("Ready")?["reason"] == "Serving")
            }
        }
    }

    /// The keys of the certificates that edges have, by name.
    private func keys(_ rig: ClusterRig) async throws -> [String: String] {
        let keys = try await rig.user.get(.secrets, "roost-default-keys", in: "roost")
        let text = try #require(keys.json["data"]["sealing"].string.flatMap { Data(base64Encoded: $0) })
        let file = "\(rig.folder)/sealing"
        try text.write(to: URL(filePath: file))
        let seal = try CertificateSeal(file: file)
        return try await rig.projection().certificates.reduce(into: [:]) {
            $0[$1.key] = try seal.open($1.value, name: $1.key).keyPEM
        }
    }

    @Test func `a certificate that is over never replaces one that holds`() async throws {
        try await ClusterRig.with { rig in
            let own: JSON = ["tls": ["secretRef": ["name": "own"]]]
            func ended(_ name: String) throws -> [String: String] { try TestCertificates.make(for: [name], days: -1) }
            try await rig.withOperator { _ in
                let good = try TestCertificates.make(for: ["acme.chat.example.com"])
                try await rig.applyCell()
                try await rig.apply(ClusterRig.secret("own", in: "chat", good))
                try await rig.apply(ClusterRig.tenant("acme", own), .tenants)
                try await rig.waitReady("acme")
                let before = try await self.keys(rig)
                #expect(before["acme"] == good["tls.key"] && before.count == 2)
                // A backup that was restored, or a renewal of the wrong file.
                try await rig.apply(ClusterRig.secret("own", in: "chat", try ended("acme.chat.example.com")))
                try await rig.apply(ClusterRig.secret("wildcard", try ended("*.chat.example.com")))
                try await rig.apply(ClusterRig.tenant("acme", own.merging(["displayName": "A"])), .tenants)
                try await rig.waitReady("acme", reason: "Expired")
                let cell = try await self.wait(rig, "Expired", status: "False")
                #expect(cell.condition("CertificateReady")?["message"].string?.contains("is served until") == true)
                #expect(try await self.keys(rig) == before)
                // One that holds replaces it.
                let next = try TestCertificates.make(for: ["acme.chat.example.com"], days: 60)
                try await rig.apply(ClusterRig.secret("own", in: "chat", next))
                try await rig.waitReady("acme")
                #expect(try await self.keys(rig)["acme"] == next["tls.key"])
            }
        }
    }

    @Test func `a tenant is told when its cell's certificate is over`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                let ended = try TestCertificates.make(for: ["*.chat.example.com"], days: -1)
                try await rig.apply(ClusterRig.secret("wildcard", ended))
                try await rig.apply(ClusterRig.cell([:]), .cells)
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                let tenant = try await rig.waitReady("acme", reason: "Expired")
                #expect(tenant.condition("CertificateReady")?["message"].string?.contains("cell default") == true)
                try await rig.applyCell()
                try await rig.waitReady("acme")
            }
        }
    }
}
