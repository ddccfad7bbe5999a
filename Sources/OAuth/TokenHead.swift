import FoundationEssentials
import Tenant

/// What a token says of its own signature (RFC 7515 section 4).
struct TokenHead: Decodable {
    let algorithm: SigningAlgorithm?
    let key: String?
    /// Extensions that whoever reads it must understand; none are here.
    let isExtended: Bool

    private enum CodingKeys: String, CodingKey {
        case algorithm = "alg"
        case key = "kid"
        case extensions = "crit"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.algorithm = SigningAlgorithm(rawValue: try container.decode(String.self, forKey: .algorithm))
        self.key = try container.decodeIfPresent(String.self, forKey: .key)
        self.isExtended = container.contains(.extensions)
    }

    /// - Returns: nil if it is no signed token.
    init?(of token: String) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }), let bytes = Base64URL.decode(parts[0]),
            let head = try? JSONDecoder().decode(TokenHead.self, from: Data(bytes))
        else { return nil }
        self = head
    }
}

/// Signatures that are taken: none that is made by what its readers know as well, and never none at all.
enum SigningAlgorithm: String, Hashable, Sendable {
    case rs256 = "RS256"
    case es256 = "ES256"
    case eddsa = "EdDSA"
}
