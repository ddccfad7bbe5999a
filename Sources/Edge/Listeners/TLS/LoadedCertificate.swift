import NIOSSL
import SwiftASN1
import X509

/// A certificate ready for use, and the hostnames that it is for.
struct LoadedCertificate: Sendable {
    let hostnames: [String]
    let contexts: TLSContexts

    /// Puts a certificate and its key together.
    ///
    /// - Parameters:
    ///   - hostnames: What it is for; empty for the names that it states itself.
    ///   - certificate: Reads the certificate and its issuers.
    ///   - key: Reads the key.
    ///   - names: What errors call the certificate and the key.
    /// - Throws: ``ListenerError/badCertificate(file:reason:)`` if one cannot be read or they do not belong together.
    init(
        hostnames: [String],
        certificate: () throws -> [NIOSSLCertificate],
        key: () throws -> NIOSSLPrivateKey,
        names: (certificate: String, key: String)
    ) throws(ListenerError) {
        let chain: [NIOSSLCertificate]
        do {
            chain = try certificate()
        } catch {
            throw .badCertificate(file: names.certificate, reason: "no certificate in PEM form can be read from it")
        }
        let privateKey: NIOSSLPrivateKey
        do {
            privateKey = try key()
        } catch {
            throw .badCertificate(file: names.key, reason: "no private key in PEM form can be read from it")
        }
        self.hostnames = hostnames.isEmpty ? Self.names(of: chain) : hostnames
        guard !self.hostnames.isEmpty else {
            throw .badCertificate(file: names.certificate, reason: "it names no host: give hostnames with it")
        }
        do {
            self.contexts = try TLSContexts(chain: chain, key: privateKey)
        } catch {
            throw .badCertificate(file: names.certificate, reason: "it does not belong to the key in \(names.key)")
        }
    }

    /// Puts a certificate and its key together that are texts in PEM.
    ///
    /// - Throws: ``ListenerError/badCertificate(file:reason:)`` that calls the certificate by `name`.
    init(hostnames: [String], certificatePEM: String, keyPEM: String, name: String) throws(ListenerError) {
        try self.init(
            hostnames: hostnames,
            certificate: {
                let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificatePEM.utf8))
                guard !chain.isEmpty else { throw ListenerError.badCertificate(file: name, reason: "it is empty") }
                return chain
            },
            key: { try NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem) },
            names: ("certificate of \(name)", "key of \(name)")
        )
    }

    /// The DNS names that a certificate states (RFC 5280 section 4.2.1.6).
    private static func names(of chain: [NIOSSLCertificate]) -> [String] {
        guard let bytes = try? chain.first?.toDERBytes(), let certificate = try? Certificate(derEncoded: bytes),
            let names = try? certificate.extensions.subjectAlternativeNames
        else { return [] }
        return names.compactMap { name in
            guard case .dnsName(let hostname) = name else { return nil }
            return hostname
        }
    }
}
