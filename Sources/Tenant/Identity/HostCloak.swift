// What users see in place of an address. Each label stands for a network, the widest last, so that a ban on `*.label.net-label`
// covers exactly the network that it would cover with the address in sight, and no ban of that kind covers everybody.

import Chat
package import Crypto

/// Turns addresses into host names that tell nothing: keyed by tenant, the same each time.
///
/// ```
/// 192.0.2.7       →  ⟨192.0.2.7⟩.⟨192.0.2.0/24⟩.net-⟨192.0.0.0/16⟩
/// 2001:db8:1:2::7 →  ⟨2001:db8:1:2::/64⟩.⟨2001:db8:1::/48⟩.net-⟨2001:db8::/32⟩
/// alice           →  user.alice
/// ```
/// What is between brackets is 40 bits of HMAC-SHA-256 over the network, as eight characters of `a`–`z`, `2`–`7`. Another
/// tenant's key gives other labels, so nobody can be followed across tenants. Last stands what is one network's or one account's
/// alone: whatever of the beginning a client's ban leaves out.
package struct HostCloak: Sendable {
    /// With the key already in it, which is half of the work for texts as short as these.
    private let keyed: HMAC<SHA256>

    /// Makes the cloak of one tenant.
    ///
    /// - Parameter tenantKey: A secret of the tenant, at least 16 random bytes, the same on every edge.
    package init(tenantKey: SymmetricKey) {
        self.keyed = HMAC<SHA256>(key: tenantKey)
    }

    /// Derives a tenant's key for one purpose from a secret of the whole installation (HKDF, RFC 5869).
    package static func tenantKey(
        from secret: SymmetricKey,
        tenant: TenantID,
        purpose: String = "cloak"
    ) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret,
            salt: Array(tenant.text.utf8),
            info: Array("roost \(purpose)".utf8),
            outputByteCount: 32
        )
    }

    /// Cloaks an address.
    ///
    /// - Returns: Three labels.
    package func cloak(_ address: IPAddress) -> String {
        let (domain, lengths) = address.isVersion4 ? ("4", [4, 3, 2]) : ("6", [8, 6, 4])
        let bytes = address.bytes
        let labels = lengths.map { self.label(domain, bytes.prefix($0)) }
        return labels.dropLast().map { $0 + "." }.joined() + Self.network(labels[labels.count - 1])
    }

    /// Cloaks an address in text form, with or without brackets or a zone (`fe80::1%eth0`).
    ///
    /// What is no address, such as the path of a local socket, becomes a label behind `local.`.
    package func cloak(address text: String) -> String {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        return IPAddress(bare.prefix { $0 != "%" }).map { self.cloak($0) } ?? self.opaque(Array(text.utf8))
    }

    /// The host of a user who is logged in, independent of the address: see `AccountHost`.
    ///
    /// - Parameter account: The account's name in any spelling; what no account is called is cloaked as opaque text.
    /// - Returns: A host name, `user.alice`.
    package func cloak(account: String) -> String {
        AccountHost.host(of: account) ?? self.opaque(Array(account.utf8))
    }

    private func opaque(_ bytes: [UInt8]) -> String { "local." + Self.network(self.label("other", bytes)) }

    /// A last label that no account's host ends with.
    private static func network(_ label: String) -> String { AccountHost.networkPrefix + label }

    private func label(_ domain: String, _ bytes: some Sequence<UInt8>) -> String {
        let network = Array(bytes)
        // Domain and length keep an address and a network that begins with the same bytes apart.
        var code = self.keyed
        code.update(data: Array("\(domain)/\(network.count * 8)/".utf8) + network)
        let bits = code.finalize().prefix(5).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        return String(
            decoding: stride(from: 35, through: 0, by: -5).map { alphabet[Int(bits >> UInt64($0) & 31)] },
            as: UTF8.self
        )
    }
}
