// By what push services know who sends to them (VAPID, RFC 8292). The key is derived, not kept: from the installation's secret,
// which every edge has already and which outlives all of them, so there is nothing to make once, to copy or to lose.

package import Crypto
import FoundationEssentials

/// The key with which a tenant's pushes are signed.
package struct VapidKey: Sendable {
    private let key: P256.Signing.PrivateKey
    /// The public key as clients and push services are told it: a point that is not compressed, in base64url.
    package let publicText: String
    /// How long a token holds; RFC 8292 allows 24 hours.
    package static let lifetime: Int64 = 12 * 3600

    /// Derives the tenant's key (HKDF, RFC 5869).
    ///
    /// - Parameters:
    ///   - secret: The installation's secret, the same on every edge.
    ///   - tenant: Whose pushes.
    package init?(from secret: SymmetricKey, tenant: TenantID) {
        // One in 2^32 derivations is no private key: then the next is taken.
        for attempt in 0..<8 {
            let purpose = attempt == 0 ? "web push" : "web push \(attempt)"
            let bytes = HostCloak.tenantKey(from: secret, tenant: tenant, purpose: purpose)
                .withUnsafeBytes { [UInt8]($0) }
            if let key = VapidKey(bytes) {
                self = key
                return
            }
        }
        return nil
    }

    /// - Returns: nil if the 32 bytes are no private key of P-256.
    package init?(_ bytes: [UInt8]) {
        guard let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes) else { return nil }
        self.key = key
        self.publicText = Base64URL.encode([UInt8](key.publicKey.x963Representation))
    }

    /// The `Authorization` of a request (RFC 8292 section 3): a token signed with ES256 (RFC 7515) for one origin.
    ///
    /// - Parameters:
    ///   - origin: Of the push service.
    ///   - contact: Whom its people may turn to: a `mailto:` or `https:` URL.
    ///   - now: Seconds since 1970.
    /// - Returns: nil if it cannot be signed, which nothing that somebody says leads to.
    package func authorization(for origin: String, contact: String, now: Int64) -> String? {
        struct Header: Encodable {
            var typ = "JWT"
            var alg = "ES256"
        }
        struct Claims: Encodable {
            var aud: String
            var exp: Int64
            var sub: String
        }
        let end = now.addingReportingOverflow(Self.lifetime)
        let claims = Claims(aud: origin, exp: end.overflow ? .max : end.partialValue, sub: contact)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let header = try? encoder.encode(Header()), let body = try? encoder.encode(claims) else { return nil }
        let text = Base64URL.encode([UInt8](header)) + "." + Base64URL.encode([UInt8](body))
        guard let signature = try? self.key.signature(for: Array(text.utf8)) else { return nil }
        let token = text + "." + Base64URL.encode([UInt8](signature.rawRepresentation))
        return "vapid t=\(token), k=\(self.publicText)"
    }
}
