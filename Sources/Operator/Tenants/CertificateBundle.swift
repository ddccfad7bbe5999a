// A certificate with its key as a `kubernetes.io/tls` Secret holds it, looked at before any edge gets it.

import SwiftASN1
import Tenant
import X509

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// A certificate and its key, found to belong together.
package struct CertificateBundle: Sendable, Hashable {
    /// PEM, the certificate first, then its issuers.
    package let chain: String
    /// PEM.
    package let key: String
    /// The names that the certificate states.
    package let hostnames: [String]
    package let notAfter: Date

    /// Why a Secret holds no certificate that can be served.
    package struct Problem: Error, Sendable, Hashable {
        package let text: String
    }

    /// Looks at what a Secret holds under `tls.crt` and `tls.key`.
    ///
    /// - Throws: ``Problem``, which never shows what the Secret holds.
    package init(chain: [UInt8]?, key: [UInt8]?) throws(Problem) {
        guard let chain = chain.flatMap({ String(validating: $0, as: UTF8.self) }) else {
            throw Problem(text: "it has no tls.crt")
        }
        guard let key = key.flatMap({ String(validating: $0, as: UTF8.self) }) else {
            throw Problem(text: "it has no tls.key")
        }
        guard let certificate = Self.first(of: chain) else {
            throw Problem(text: "tls.crt is no certificate in PEM form")
        }
        // EC keys may come after their parameters.
        let documents = (try? PEMDocument.parseMultiple(pemString: key)) ?? []
        let keys = documents.compactMap { try? Certificate.PrivateKey(pemDocument: $0) }
        guard let secret = keys.first else { throw Problem(text: "tls.key is no private key in PEM form") }
        guard secret.publicKey == certificate.publicKey else { throw Problem(text: "tls.key is not tls.crt's key") }
        let names = (try? certificate.extensions.subjectAlternativeNames).map { names in
            names.compactMap { name -> String? in
                guard case .dnsName(let text) = name else { return nil }
                return text.lowercased()
            }
        }
        guard let names, !names.isEmpty else {
            throw Problem(text: "tls.crt names no host (subjectAltName)")
        }
        self.chain = chain
        self.key = key
        self.hostnames = names
        self.notAfter = certificate.notValidAfter
    }

    /// When the first certificate of a chain ends; nil if it is none.
    static func end(of chain: String) -> Date? { Self.first(of: chain)?.notValidAfter }

    private static func first(of chain: String) -> Certificate? {
        (try? PEMDocument.parseMultiple(pemString: chain))?.first.flatMap { try? Certificate(pemDocument: $0) }
    }

    /// Whether it is for a hostname.
    package func covers(_ hostname: String) -> Bool { DNSName.isCovered(hostname, by: self.hostnames) }
}
