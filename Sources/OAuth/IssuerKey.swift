import FoundationEssentials
import JWTKit

/// A key of an issuer that is for signatures (RFC 7517).
struct IssuerKey: Sendable {
    private enum Kind: Sendable {
        case rsa(Insecure.RSA.PublicKey)
        case elliptic(ES256PublicKey)
        case edwards(EdDSA.PublicKey)
    }

    /// What tokens call it; nil if it has no name.
    let id: String?
    let algorithm: SigningAlgorithm
    private let kind: Kind

    /// A key as it is written; everything may be missing.
    private struct Written: Decodable {
        let kty: String?
        let use: String?
        let alg: String?
        let kid: String?
        let crv: String?
        let n: String?
        let e: String?
        let x: String?
        let y: String?
    }

    private struct WrittenSet: Decodable { let keys: [Lenient] }

    /// A key of which something is of another type is none of ours, and no reason to do without the others.
    private struct Lenient: Decodable {
        let key: Written?

        init(from decoder: any Decoder) throws { self.key = try? Written(from: decoder) }
    }

    /// How many an issuer may have; others are passed over.
    private static let mostKeys = 100

    /// Reads a set of keys.
    ///
    /// - Returns: Those that are for signatures that are taken; nil if it is no set of keys.
    static func read(_ json: [UInt8]) -> [IssuerKey]? {
        guard let written = try? JSONDecoder().decode(WrittenSet.self, from: Data(json)) else { return nil }
        return written.keys.prefix(Self.mostKeys).compactMap { $0.key.flatMap(IssuerKey.init) }
    }

    /// - Returns: nil for what is no key that is taken; RSA has 2048 bits at least.
    private init?(_ written: Written) {
        guard written.use ?? "sig" == "sig" else { return nil }
        switch (written.kty, written.crv) {
        case ("RSA", _):
            guard let modulus = written.n, let exponent = written.e,
                let key = try? Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent)
            else { return nil }
            (self.kind, self.algorithm) = (.rsa(key), .rs256)
        case ("EC", "P-256"):
            guard let x = written.x, let y = written.y, let key = try? ES256PublicKey(parameters: (x, y)) else {
                return nil
            }
            (self.kind, self.algorithm) = (.elliptic(key), .es256)
        case ("OKP", "Ed25519"):
            guard let x = written.x, let key = try? EdDSA.PublicKey(x: x, curve: .ed25519) else { return nil }
            (self.kind, self.algorithm) = (.edwards(key), .eddsa)
        default: return nil
        }
        guard written.alg ?? self.algorithm.rawValue == self.algorithm.rawValue else { return nil }
        self.id = written.kid
    }

    /// What a token says that this key signed; nil if it did not.
    func claims(of token: String) async -> TokenClaims? {
        let keys = JWTKeyCollection()
        switch self.kind {
        case .rsa(let key): await keys.add(rsa: key, digestAlgorithm: .sha256)
        case .elliptic(let key): await keys.add(ecdsa: key)
        case .edwards(let key): await keys.add(eddsa: key)
        }
        return try? await keys.verify(token, as: TokenClaims.self)
    }
}
