import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// An authority made for one test.
struct TestAuthority {
    /// A certificate with its key, PEM.
    struct Identity {
        let certificate: String
        let key: String
    }

    private let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    private let name: DistinguishedName
    let certificate: String

    init(_ commonName: String) throws {
        self.name = try DistinguishedName { CommonName(commonName) }
        self.certificate = try Self.make(
            for: self.name,
            key: self.key.publicKey,
            by: self.name,
            with: self.key,
            Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
            }
        )
    }

    /// Certifies somebody: a server under a host name, or a client.
    func identity(_ commonName: String, hostname: String? = nil) throws -> Identity {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let certificate = try Self.make(
            for: DistinguishedName { CommonName(commonName) },
            key: key.publicKey,
            by: self.name,
            with: self.key,
            Certificate.Extensions {
                if let hostname { SubjectAlternativeNames([.dnsName(hostname)]) }
            }
        )
        return Identity(certificate: certificate, key: try key.serializeAsPEM().pemString)
    }

    private static func make(
        for subject: DistinguishedName,
        key: Certificate.PublicKey,
        by issuer: DistinguishedName,
        with issuerKey: Certificate.PrivateKey,
        _ extensions: Certificate.Extensions
    ) throws -> String {
        let now = Date()
        return try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: key,
            notValidBefore: now.addingTimeInterval(-3600),
            notValidAfter: now.addingTimeInterval(86_400),
            issuer: issuer,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: extensions,
            issuerPrivateKey: issuerKey
        ).serializeAsPEM().pemString
    }
}
