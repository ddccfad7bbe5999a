// Asking cert-manager for a tenant's certificate. Who writes a Tenant chooses the Secret's name, and must not get by way of the
// operator what is somebody else's: a Certificate is the operator's own, made for this very tenant, or is left alone.

import KubeClient
import StateStore
import Tenant

extension TenantReconciler {
    /// Asks for a certificate, as the tenant's own object of the Secret's name.
    ///
    /// - Throws: ``TenantStepRefused`` if another Certificate fills the Secret or has the name, ``KubeError``, a conflict
    ///   among them where somebody else set a field of ours: nothing is taken by force.
    func requestCertificate(_ secret: String, _ hostnames: [String], for tenant: KubeObject) async throws {
        guard let issuer = self.context.settings.issuer else { return }
        let object = Self.certificate(secret, hostnames, issuer, tenant)
        let whom = "certificate \(object.key)"
        if self.applied.isApplied([object], for: whom) { return }
        let client = self.context.client
        let others = try await client.list(.certificates, in: tenant.namespace).items.filter { other in
            (other.name == secret || other.spec["secretName"].string == secret) && !Self.isOwn(other, of: tenant)
        }
        if let other = others.first {
            let text = "Secret \(secret) is for the Certificate \(other.key), which is not this tenant's: name another"
            throw TenantStepRefused(condition: Condition("CertificateReady", .no, "CertificateTaken", text))
        }
        _ = try await client.apply(.certificates, object, manager: OperatorNames.manager, force: false)
        self.applied.applied([object], for: whom)
    }

    private static func certificate(
        _ secret: String,
        _ hostnames: [String],
        _ issuer: OperatorSettings.Issuer,
        _ tenant: KubeObject
    ) -> KubeObject {
        var object = KubeObject(
            .certificates,
            name: secret,
            namespace: tenant.namespace,
            [
                "spec": [
                    "secretName": .string(secret), "dnsNames": .array(hostnames.map(JSON.string)),
                    "issuerRef": [
                        "group": "cert-manager.io", "kind": .string(issuer.kind), "name": .string(issuer.name),
                    ],
                ]
            ]
        )
        object.json["metadata"]["labels"] = ["app.kubernetes.io/managed-by": .string(OperatorNames.manager)]
        // It goes with its tenant.
        object.json["metadata"]["ownerReferences"] = [
            [
                "apiVersion": .string(KubeResource.tenants.apiVersion), "kind": "Tenant",
                "name": .string(tenant.name), "uid": .string(tenant.uid),
            ]
        ]
        return object
    }

    /// Whether a Certificate was made here for a tenant.
    private static func isOwn(_ certificate: KubeObject, of tenant: KubeObject) -> Bool {
        certificate.labels["app.kubernetes.io/managed-by"] == OperatorNames.manager
            && (certificate.metadata["ownerReferences"].elements ?? []).contains { $0["uid"].string == tenant.uid }
    }
}
