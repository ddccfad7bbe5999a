import JWTKit

/// What a token says (RFC 7519 section 4), once its signature was found to be good.
struct TokenClaims: JWTPayload {
    /// All that are texts.
    private(set) var texts: [String: String] = [:]
    private(set) var audience: [String] = []
    /// Seconds since 1970.
    private(set) var expiresAt: Double?
    private(set) var notBefore: Double?

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for name in container.allKeys {
            switch name.stringValue {
            case "exp": self.expiresAt = try container.decode(Double.self, forKey: name)
            case "nbf": self.notBefore = try container.decode(Double.self, forKey: name)
            case "aud":
                if let one = try? container.decode(String.self, forKey: name) {
                    self.audience = [one]
                } else {
                    self.audience = try container.decode([String].self, forKey: name)
                }
            case let text: self.texts[text] = try? container.decode(String.self, forKey: name)
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (name, text) in self.texts { try container.encode(text, forKey: Name(stringValue: name)) }
        if !self.audience.isEmpty { try container.encode(self.audience, forKey: Name(stringValue: "aud")) }
        try container.encodeIfPresent(self.expiresAt, forKey: Name(stringValue: "exp"))
        try container.encodeIfPresent(self.notBefore, forKey: Name(stringValue: "nbf"))
    }

    /// What claims have to be is the tenant's to say, so it is looked at behind this.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
