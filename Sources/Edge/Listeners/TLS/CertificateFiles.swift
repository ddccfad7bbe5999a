import NIOSSL
import SwiftASN1
import X509

/// A certificate and its key as PEM files (RFC 7468), as configuration names them.
package struct CertificateFiles: Hashable, Sendable {
    /// The file with the certificate and then its issuers.
    package let certificate: String
    /// The file with the private key; it may be the same file.
    package let key: String
    /// The hostnames that it is for, `*.` for any one label; empty for those that the certificate itself states.
    package let hostnames: [String]

    package init(certificate: String, key: String, hostnames: [String] = []) {
        self.certificate = certificate
        self.key = key
        self.hostnames = hostnames
    }

    /// Reads both files.
    ///
    /// - Throws: ``ListenerError/badCertificate(file:reason:)`` if one cannot be read or they do not belong together.
    func load() throws(ListenerError) -> LoadedCertificate {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(self.certificate)
        } catch {
            throw .badCertificate(file: self.certificate, reason: "no certificate in PEM form can be read from it")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: self.key, format: .pem)
        } catch {
            throw .badCertificate(file: self.key, reason: "no private key in PEM form can be read from it")
        }
        let names = self.hostnames.isEmpty ? Self.names(of: chain) : self.hostnames
        guard !names.isEmpty else {
            throw .badCertificate(file: self.certificate, reason: "it names no host: give hostnames with it")
        }
        do {
            return LoadedCertificate(hostnames: names, contexts: try TLSContexts(chain: chain, key: key))
        } catch {
            throw .badCertificate(file: self.certificate, reason: "it does not belong to the key in \(self.key)")
        }
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

/// A certificate in memory.
struct LoadedCertificate: Sendable {
    let hostnames: [String]
    let contexts: TLSContexts
}
