import Crypto
import CryptoExtras
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import ObjectStore

/// What only Google's Cloud Storage does, as far as the double shows it.
@Suite struct GCSTests {
    @Test func `generations are versions`() async throws {
        try await GCSDouble.with(.versioned) { store, _ in
            let name = try key("a")
            let first = try await store.put(name, ByteBuffer(string: "first"), PutOptions())
            _ = try await store.put(name, ByteBuffer(string: "second"), PutOptions())
            let generation = try #require(first.version)
            let old = try await store.get(name, nil, version: generation)
            #expect(String(buffer: try await old.collect(upTo: 10)) == "first")
            let versions = try await store.listVersions("", after: nil, limit: 10).items
            #expect(Set(versions.map(\.object.version)).contains(generation) && versions.count == 2)
            #expect(try await store.delete([ObjectVersion(name, version: generation)]).isEmpty)
            #expect(await failure { _ = try await store.get(name, nil, version: generation) } == .notFound(name))
            #expect(try await store.facts().isVersioned)
        }
    }

    @Test func `bytes that changed on the way are noticed by Google's own checksum`() throws {
        let headers: HTTPHeaders = ["x-goog-hash": "md5=x, crc32c=sOO8/Q=="]
        #expect(S3Dialect.google.checksums(in: headers).crc32c == "sOO8/Q==")
        #expect(S3Dialect.google.checksums(in: ["x-goog-hash": "md5=x"]).crc32c == nil)
    }

    @Test func `what Google cannot do by object is refused`() async throws {
        try await GCSDouble.with { store, proxy in
            var options = PutOptions()
            options.legalHold = true
            let locked = options
            guard case .unsupported = await failure({ _ = try await store.put(try key("a"), ByteBuffer(), locked) })
            else {
                Issue.record("it was put")
                return
            }
            #expect(proxy.requests.isEmpty)
            let url = try await store.presign(.get, try key("a"), for: .seconds(60))
            #expect(url.contains("X-Goog-Algorithm=GOOG4-HMAC-SHA256&") && url.contains("X-Goog-Signature="))
        }
    }

    @Test func `a service account signs for itself and uses the token that it gets`() async throws {
        let private2048 = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let judge: S3Proxy.Judge = { request in
            let body = String(buffer: request.body)
            guard
                let assertion = body.split(separator: "&").first(where: { $0.hasPrefix("assertion=") })?.dropFirst(10),
                body.contains("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"),
                Self.isSigned(assertion, by: private2048.publicKey)
            else { return .answer(400, code: "invalid_grant") }
            return .say(
                200,
                "{\"access_token\": \"\(GCSDouble.token)\", \"expires_in\": 3599, \"token_type\": \"Bearer\"}"
            )
        }
        try await S3Proxy.with(to: 1, judge) { tokens in
            let file = [
                "client_email": "roost@project.iam.gserviceaccount.com", "private_key_id": "1",
                "private_key": private2048.pkcs8PEMRepresentation,
                "token_uri": "http://127.0.0.1:\(tokens.port)/token",
            ]
            let json = Secret(String(decoding: try JSONEncoder().encode(file), as: UTF8.self))
            try await GCSDouble.with(.plain, .serviceAccount(json: json)) { store, _ in
                try await store.put("a", "text")
                #expect(try await store.text("a") == "text")
                guard
                    case .unsupported = await failure({
                        _ = try await store.presign(.get, try key("a"), for: .seconds(9))
                    })
                else {
                    Issue.record("a token signs nothing")
                    return
                }
            }
            #expect(tokens.requests.count == 1)
        }
    }

    private static func isSigned(_ assertion: Substring, by key: _RSA.Signing.PublicKey) -> Bool {
        let parts = assertion.split(separator: ".")
        guard parts.count == 3, let claims = Self.bytes(parts[1]), let raw = Self.bytes(parts[2]),
            let object = try? JSONSerialization.jsonObject(with: claims) as? [String: Any],
            object["iss"] as? String == "roost@project.iam.gserviceaccount.com",
            (object["exp"] as? Int ?? 0) - (object["iat"] as? Int ?? 0) == 3600
        else { return false }
        let signature = _RSA.Signing.RSASignature(rawRepresentation: raw)
        return key.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8), padding: .insecurePKCS1v1_5)
    }

    private static func bytes(_ text: Substring) -> Data? {
        let plain = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4))
    }

    @Test func `a machine is told its token by the metadata server`() async throws {
        let judge: S3Proxy.Judge = { request in
            request.headers.first(name: "Metadata-Flavor") == "Google"
                && request.uri == "/computeMetadata/v1/instance/service-accounts/default/token"
                ? .say(200, "{\"access_token\": \"\(GCSDouble.token)\", \"expires_in\": 100}") : .answer(403, code: "")
        }
        try await S3Proxy.with(to: 1, judge) { metadata in
            try await GCSDouble.with(.plain, .metadata(host: "127.0.0.1:\(metadata.port)")) { store, _ in
                try await store.put("a", "text")
                #expect(try await store.allKeys() == ["a"])
            }
        }
    }

    @Test func `a key that is none is told before anything is sent`() {
        for json in ["", "{}", "{\"client_email\": \"a\", \"private_key\": \"none\"}"] {
            #expect(throws: ObjectStoreError.self) {
                try GCSStore(
                    S3Settings(bucket: "bucket"),
                    credentials: .serviceAccount(json: Secret(json)),
                    logger: .init(label: "gcs")
                )
            }
        }
    }
}
