import NIOSSL

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
        try LoadedCertificate(
            hostnames: self.hostnames,
            certificate: { try NIOSSLCertificate.fromPEMFile(self.certificate) },
            key: { try NIOSSLPrivateKey(file: self.key, format: .pem) },
            names: (self.certificate, self.key)
        )
    }
}
