import Foundation
import NIOSSL
import Tenant
import WebPush

/// What an operator says of pushes to devices: without it nothing is pushed.
struct PushSettings: Sendable {
    /// Whom the people of push services may turn to (RFC 8292 section 2.1).
    let contact: String
    /// Networks that may be sent to although they are special: those of a push service of one's own.
    let networks: [IPNetwork]
    /// By what such a service is proved, beside the system's.
    let authorities: [NIOSSLCertificate]

    /// Reads what is said.
    ///
    /// - Parameters:
    ///   - contact: A `mailto:` or `https:` URL; empty if nothing is pushed.
    ///   - networks: In CIDR notation.
    ///   - authorities: A file of certificates in PEM; empty if there is none.
    ///   - name: How the settings are called: `push.` or `--push-`.
    /// - Throws: ``EdgeConfiguration/Problem`` that names the setting.
    init?(contact: String, networks: [String], authorities: String, named name: String) throws {
        guard !contact.isEmpty else {
            guard networks.isEmpty, authorities.isEmpty else {
                throw EdgeConfiguration.Problem(description: "\(name)contact: is missing: without it nothing is pushed")
            }
            return nil
        }
        guard PushContact.isOne(contact) else {
            throw EdgeConfiguration.Problem(description: "\(name)contact: write a mailto: or https: URL")
        }
        self.contact = contact
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
