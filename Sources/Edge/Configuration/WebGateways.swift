import Crypto
import Tenant

/// Gateways that bring clients from the web and say who they are (ircv3.net/specs/extensions/webirc).
package struct WebGateways: Sendable {
    /// Where they are.
    package let networks: TrustedNetworks
    /// The password's code under a key that only this process has: what is compared with it says nothing by how long it takes.
    private let code: [UInt8]
    private let key = SymmetricKey(size: .bits256)

    /// There are none.
    package static let none = WebGateways(networks: .none, password: "")

    /// Believes who comes from some networks and knows a password.
    package init(networks: TrustedNetworks, password: String) {
        self.networks = networks
        self.code = Array(HMAC<SHA256>.authenticationCode(for: Array(password.utf8), using: self.key))
    }

    /// Whether a client's address is one of a gateway.
    package func contains(_ address: String) -> Bool { IPAddress(address).map(self.networks.contains) ?? false }

    /// Whether it is the gateways' password.
    package func accepts(_ password: String) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(self.code, authenticating: Array(password.utf8), using: self.key)
    }
}
