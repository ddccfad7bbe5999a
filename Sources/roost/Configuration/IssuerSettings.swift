import Foundation
import NIOSSL
import Tenant

/// What an operator says of the issuers of tokens that tenants name.
struct IssuerSettings: Sendable {
    /// Networks that may be connected to although they are special: those of an issuer of one's own.
    let networks: [IPNetwork]
    /// By what such an issuer is proved, beside the system's.
    let authorities: [NIOSSLCertificate]

    /// Reads what is said.
    ///
    /// - Parameters:
    ///   - networks: In CIDR notation.
    ///   - authorities: A file of certificates in PEM; empty if there is none.
    ///   - name: How the settings are called: `oauth.` or `--oauth-`.
    /// - Throws: ``EdgeConfiguration/Problem`` that names the setting.
    init(networks: [String], authorities: String, named name: String) throws {
        self.networks = try networks.map { text in
            guard let network = IPNetwork(text) else {
                let advice = "`\(text)` is no network: write one such as 10.0.0.0/8"
                throw EdgeConfiguration.Problem(description: "\(name)networks: \(advice)")
            }
            return network
        }
        do {
            self.authorities = authorities.isEmpty ? [] : try NIOSSLCertificate.fromPEMFile(authorities)
        } catch {
            throw EdgeConfiguration.Problem(
                description: "\(name)authorities: \(authorities) has no certificates in PEM"
            )
        }
    }
}
