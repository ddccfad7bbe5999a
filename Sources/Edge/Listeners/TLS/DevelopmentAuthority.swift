import Crypto
import FoundationEssentials
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// A certificate authority for development, so that TLS works from the first start.
///
/// It makes a certificate for any hostname at once. Clients that shall check certificates are told to trust its own one,
/// `dev-ca.pem`.
///
/// Safe to use from event loops: a certificate takes about a millisecond, once a hostname.
package final class DevelopmentAuthority: Sendable {
    /// Where certificates are kept; `nil` keeps none.
    private let folder: String?
    private let identity: Identity
    private let issued = Mutex<[String: TLSContexts]>([:])

    /// An authority's certificate and key.
    struct Identity: Sendable {
        let certificate: Certificate
        let key: P256.Signing.PrivateKey
    }

    /// Makes an authority that nothing is left of.
    ///
    /// - Throws: What the cryptography says.
    package static func ephemeral() throws -> DevelopmentAuthority {
        try DevelopmentAuthority(folder: nil, identity: Self.make())
    }

    /// Takes the authority that a folder keeps, or makes one there: `dev-ca.pem`, its key in `dev-ca-key.pem` (readable by
    /// its owner only), and what it issued in `dev-certificates`.
    ///
    /// - Throws: ``ListenerError/file(_:reason:)`` if the folder cannot be written.
    package convenience init(folder: String) throws {
        let certificateFile = "\(folder)/dev-ca.pem"
        let keyFile = "\(folder)/dev-ca-key.pem"
        if let identity = Self.read(certificateFile, keyFile) {
            try self.init(folder: folder, identity: identity)
            return
        }
        let identity = try Self.make()
        try SecretFile.makeFolder(folder)
        try SecretFile.write(identity.key.pemRepresentation, to: keyFile)
        try SecretFile.write(
            identity.certificate.serializeAsPEM().pemString,
            to: certificateFile,
            readableByAll: true
        )
        try self.init(folder: folder, identity: identity)
    }

    private init(folder: String?, identity: Identity) throws {
        self.folder = folder
        self.identity = identity
    }

    /// The authority's own certificate, for clients to trust, in PEM form.
    package var certificatePEM: String { (try? self.identity.certificate.serializeAsPEM().pemString) ?? "" }

    /// The certificate for a hostname, made if there is none.
    ///
    /// - `hostname`: Lower case; letters, digits, `-`, `_` and dots.
    /// - Returns: The same each time.
    /// - Throws: ``ListenerError/badCertificate(file:reason:)`` for text that is no hostname; what the cryptography or the
    ///   file system says.
    package func contexts(for hostname: String) throws -> TLSContexts {
        if let contexts = self.issued.withLock({ $0[hostname] }) { return contexts }
        guard Self.isHostname(hostname) else {
            throw ListenerError.badCertificate(file: "dev-ca.pem", reason: "this is no hostname to certify")
        }
        let contexts = try self.kept(hostname) ?? self.issue(hostname)
        return self.issued.withLock { issued in
            if let earlier = issued[hostname] { return earlier }
            issued[hostname] = contexts
            return contexts
        }
    }

    private static func isHostname(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
                }
        }
    }

    // MARK: What is kept

    private func file(_ hostname: String) -> String? { self.folder.map { "\($0)/dev-certificates/\(hostname).pem" } }

    private static func read(_ certificateFile: String, _ keyFile: String) -> Identity? {
        guard let certificatePEM = SecretFile.read(certificateFile), let keyPEM = SecretFile.read(keyFile),
            let certificate = try? Certificate(pemEncoded: certificatePEM),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: keyPEM),
            certificate.publicKey == Certificate.PublicKey(key.publicKey), Self.lasts(certificate)
        else { return nil }
        return Identity(certificate: certificate, key: key)
    }

    /// A certificate that was issued before, if it is still good and this authority's.
    private func kept(_ hostname: String) -> TLSContexts? {
        guard let file = self.file(hostname), let pem = SecretFile.read(file),
            let documents = try? PEMDocument.parseMultiple(pemString: pem), documents.count == 2,
            let certificate = try? Certificate(pemDocument: documents[0]), Self.lasts(certificate),
            self.identity.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
        else { return nil }
        return try? Self.contexts(certificate: documents[0].pemString, key: documents[1].pemString)
    }

    private static func lasts(_ certificate: Certificate) -> Bool {
        certificate.notValidAfter > Date.now.addingTimeInterval(30 * 86_400)
    }

    private static func contexts(certificate: String, key: String) throws -> TLSContexts {
        try TLSContexts(
            chain: NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)),
            key: NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        )
    }

    // MARK: What is made

    private static func make() throws -> Identity {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("Roost development authority") }
        let now = Date.now
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: .init(key.publicKey),
            notValidBefore: now.addingTimeInterval(-86_400),
            notValidAfter: now.addingTimeInterval(3650 * 86_400),
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: .init(key.publicKey))
            },
            issuerPrivateKey: .init(key)
        )
        return Identity(certificate: certificate, key: key)
    }

    private func issue(_ hostname: String) throws -> TLSContexts {
        let key = P256.Signing.PrivateKey()
        let authority = self.identity
        let now = Date.now
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: .init(key.publicKey),
            notValidBefore: now.addingTimeInterval(-86_400),
            notValidAfter: now.addingTimeInterval(365 * 86_400),
            issuer: authority.certificate.subject,
            subject: try DistinguishedName { CommonName(String(hostname.prefix(64))) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames([.dnsName(hostname)])
                SubjectKeyIdentifier(hash: .init(key.publicKey))
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: .init(authority.key.publicKey)).keyIdentifier
                )
            },
            issuerPrivateKey: .init(authority.key)
        )
        let pem = try certificate.serializeAsPEM().pemString
        let keyPEM = key.pemRepresentation
        if let folder = self.folder, let file = self.file(hostname) {
            try SecretFile.makeFolder("\(folder)/dev-certificates")
            try SecretFile.write("\(pem)\n\(keyPEM)\n", to: file)
        }
        return try Self.contexts(certificate: pem, key: keyPEM)
    }
}
