import FoundationEssentials
import Tenant

/// Where issuers' keys come from.
protocol KeySource: Sendable {
    /// The keys of an issuer; nil if they cannot be had now.
    func keys(by settings: OAuthSettings) async -> [IssuerKey]?
}

/// Asks issuers over HTTPS.
struct IssuerDocuments: KeySource {
    let client: DocumentClient

    /// What of an OpenID configuration is of use (OpenID Connect Discovery section 3).
    private struct Configuration: Decodable {
        let issuer: String
        let keys: String

        private enum CodingKeys: String, CodingKey {
            case issuer
            case keys = "jwks_uri"
        }
    }

    func keys(by settings: OAuthSettings) async -> [IssuerKey]? {
        guard let place = await self.place(by: settings), let json = await self.client.get(place) else { return nil }
        return IssuerKey.read(json)
    }

    /// Where the keys are.
    private func place(by settings: OAuthSettings) async -> PushEndpoint? {
        if let url = settings.jwksURL { return PushEndpoint(url) }
        guard let place = PushEndpoint(settings.configurationURL), let json = await self.client.get(place),
            let configuration = try? JSONDecoder().decode(Configuration.self, from: Data(json)),
            // Whose it is: else a server of many could give another's.
            configuration.issuer == settings.issuer
        else { return nil }
        return PushEndpoint(configuration.keys)
    }
}
