/// A certificate with its key, as the operator hands it to edges.
///
/// Nothing that prints it by itself shows the key.
package struct ProjectedCertificate: Hashable, Sendable, Codable {
    /// The names that it is to be used for, `*.` for any one label.
    package let hostnames: [String]
    /// The certificate and then its issuers, in PEM (RFC 7468).
    package let certificatePEM: String
    /// The private key in PEM.
    package let keyPEM: String

    /// States a certificate.
    package init(hostnames: [String], certificatePEM: String, keyPEM: String) {
        self.hostnames = hostnames
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
    }
}

extension ProjectedCertificate: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "certificate for \(self.hostnames.joined(separator: ", "))" }

    package var debugDescription: String { self.description }

    package var customMirror: Mirror { Mirror(self, children: ["hostnames": self.hostnames]) }
}
