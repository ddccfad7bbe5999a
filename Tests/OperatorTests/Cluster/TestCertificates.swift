import Crypto
import FoundationEssentials
import Operator
import SwiftASN1
import X509

/// Certificates for tests, made as they are needed.
enum TestCertificates {
    /// A certificate as the operator reads it from a Secret.
    static func bundle(for hostnames: String...) throws -> CertificateBundle {
        let data = try Self.make(for: hostnames)
        return try CertificateBundle(
            chain: data["tls.crt"].map { Array($0.utf8) },
            key: data["tls.key"].map { Array($0.utf8) }
        )
    }

    /// A self-signed certificate with its key, as a `kubernetes.io/tls` Secret holds them.
    static func make(for hostnames: [String], days: Double = 30) throws -> [String: String] {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name = try DistinguishedName { CommonName("test") }
        let now = Date()
        let certificate = try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: key.publicKey,
            notValidBefore: now.addingTimeInterval(min(-3600, (days - 1) * 86_400)),
            notValidAfter: now.addingTimeInterval(days * 86_400),
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                SubjectAlternativeNames(hostnames.map { .dnsName($0) })
            },
            issuerPrivateKey: key
        )
        return [
            "tls.crt": try certificate.serializeAsPEM().pemString,
            "tls.key": try key.serializeAsPEM().pemString,
        ]
    }
}
