// Tokens of the issuers that tenants name (RFC 7519): signed by a key of the issuer's, for the tenant's audience, in force.

package import NIOCore
package import NIOSSL
import Observability
package import Tenant
package import WebPush

/// Looks at tokens.
package struct TokenChecker: TokenAuthority {
    private let keys: KeyCache
    private let wallClock: @Sendable () -> Int64
    /// By how many seconds clocks may differ.
    private static let leeway: Double = 60

    /// - Parameters:
    ///   - group: Whose loops the connections to issuers are on: none that serves clients.
    ///   - policy: Where they may go to; an issuer is what a tenant names, and this process is in somebody's network.
    ///   - authorities: Certificates that issuers may be proved by, beside the system's.
    ///   - resolver: Looks names up.
    ///   - now: What time it is, for how long keys are kept.
    ///   - wallClock: Milliseconds since 1970.
    /// - Throws: What NIOSSL makes of the certificates.
    package init(
        group: any EventLoopGroup,
        policy: AddressPolicy,
        authorities: [NIOSSLCertificate] = [],
        resolver: PushResolver = PushResolver(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        wallClock: @escaping @Sendable () -> Int64 = WallClock.system
    ) throws {
        let client = try DocumentClient(group: group, policy: policy, authorities: authorities, resolver: resolver)
        self.keys = KeyCache(IssuerDocuments(client: client), now: now)
        self.wallClock = wallClock
    }

    package func check(_ token: Redacted<String>, by settings: OAuthSettings) async -> TokenVerdict {
        let token = token.reveal()
        guard let head = TokenHead(of: token) else { return .bad(.malformed) }
        guard let algorithm = head.algorithm, !head.isExtended else { return .bad(.algorithm) }
        let key: IssuerKey
        switch await self.keys.key(head.key, algorithm, by: settings) {
        case .found(let found): key = found
        case .none: return .bad(.unknownKey)
        case .unavailable: return .unavailable
        }
        guard let claims = await key.claims(of: token) else { return .bad(.signature) }
        return self.verdict(on: claims, by: settings)
    }

    private func verdict(on claims: TokenClaims, by settings: OAuthSettings) -> TokenVerdict {
        let now = Double(self.wallClock()) / 1000
        guard claims.texts["iss"] == settings.issuer else { return .bad(.issuer) }
        guard claims.audience.contains(settings.audience) else { return .bad(.audience) }
        guard let end = claims.expiresAt, now < end + Self.leeway else { return .bad(.expired) }
        if let start = claims.notBefore, now < start - Self.leeway { return .bad(.early) }
        guard let account = claims.texts[settings.accountClaim], !account.isEmpty else { return .bad(.nameless) }
        return .good(account: account)
    }
}
