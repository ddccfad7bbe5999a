// A service account signs that it is itself, and gets a token for that (RFC 7523, section 2.1;
// developers.google.com/identity/protocols/oauth2/service-account).

import AsyncHTTPClient
import CryptoExtras
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tokens of a service account's key.
struct ServiceAccountTokens: Sendable {
    private static let scope = "https://www.googleapis.com/auth/devstorage.read_write"

    private let email: String
    private let keyID: String
    private let key: _RSA.Signing.PrivateKey
    private let tokenURL: String
    private let client: CredentialClient
    private let time: StoreTime

    private struct File: Decodable {
        let client_email: String
        let private_key_id: String?
        let private_key: String
        let token_uri: String?
    }

    /// Reads the key.
    ///
    /// - Parameters:
    ///   - json: As Google gives it out.
    ///   - time: The clocks.
    /// - Throws: ``ObjectStoreError/configuration(_:)``
    init(_ json: Secret, time: StoreTime) throws(ObjectStoreError) {
        guard let file = try? JSONDecoder().decode(File.self, from: Data(json.revealed.utf8)) else {
            throw .configuration("the service account's key is no JSON with client_email and private_key")
        }
        guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: file.private_key) else {
            throw .configuration("private_key of the service account is no RSA key in PEM form")
        }
        self.tokenURL = file.token_uri ?? "https://oauth2.googleapis.com/token"
        // Whoever gets what is sent there may be us for an hour.
        guard ContainerCredentials.isTrustworthy(self.tokenURL) else {
            throw .configuration("token_uri of the service account must be https")
        }
        self.email = file.client_email
        self.keyID = file.private_key_id ?? ""
        self.key = key
        self.client = CredentialClient(time: time)
        self.time = time
    }

    func fetch() async throws(ObjectStoreError) -> GCSToken {
        let now = self.time.wall() / 1000
        var request = HTTPClientRequest(url: self.tokenURL)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let assertion = try self.assertion(at: now)
        let fields = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)]
        request.body = .bytes(ByteBuffer(string: PercentEncoding.query(fields)))
        let (status, body) = try await self.client.send("Google's token service", request)
        guard status == 200 else {
            throw .accessDenied("Google's token service answers \(status): is the key of \(self.email) still good?")
        }
        return try Self.token(body, at: now)
    }

    private struct Answer: Decodable {
        let access_token: String
        let expires_in: Int64?
    }

    /// Reads an answer of a token service.
    static func token(_ body: ByteBuffer, at now: Int64) throws(ObjectStoreError) -> GCSToken {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView)),
            !answer.access_token.contains(where: \.isNewline)
        else { throw .unavailable("Google gives no token that can be read") }
        let seconds = min(max(answer.expires_in ?? 300, 0), 86_400)
        return GCSToken(token: Secret(answer.access_token), expires: (now + seconds) * 1000)
    }

    private func assertion(at now: Int64) throws(ObjectStoreError) -> String {
        let head = ["alg": "RS256", "typ": "JWT", "kid": self.keyID]
        let claims = Claims(iss: self.email, scope: Self.scope, aud: self.tokenURL, iat: now, exp: now + 3600)
        guard let head = try? JSONEncoder().encode(head), let body = try? JSONEncoder().encode(claims) else {
            throw .configuration("the service account's name cannot be written as JSON")
        }
        let text = "\(Self.base64URL(head)).\(Self.base64URL(body))"
        guard let signature = try? self.key.signature(for: Data(text.utf8), padding: .insecurePKCS1v1_5) else {
            throw .configuration("the service account's key cannot sign")
        }
        return "\(text).\(Self.base64URL(signature.rawRepresentation))"
    }

    private struct Claims: Encodable {
        let iss: String
        let scope: String
        let aud: String
        let iat: Int64
        let exp: Int64
    }

    private static func base64URL(_ data: Data) -> String {
        String(
            data.base64EncodedString().compactMap { character -> Character? in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            }
        )
    }
}
