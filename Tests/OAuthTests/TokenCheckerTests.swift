// Tokens signed by the test, and keys that a real server gives.

import Crypto
import Foundation
import NIOHTTP1
import OAuth
import Synchronization
import Tenant
import Testing

@Suite struct TokenCheckerTests {
    /// What a good token says; some claims may be others, or missing if nil.
    private func claims(_ issuer: Issuer, _ others: [String: String?] = [:]) -> String {
        var claims: [String: String] = [
            "iss": #""\#(issuer.url)""#, "aud": #""chat""#, "exp": "1700000300", "nbf": "1699999000",
            "preferred_username": #""ann""#, "email": #""ann@example.com""#,
        ]
        for (name, value) in others { claims[name] = value }
        return "{" + claims.map { #""\#($0)":\#($1)"# }.sorted().joined(separator: ",") + "}"
    }

    private func withIssuer(_ body: (Issuer) async throws -> Void) async throws {
        let issuer = try await Issuer()
        do { try await body(issuer) } catch {
            await issuer.close()
            throw error
        }
        await issuer.close()
    }

    @Test func `a token signed by RS256, ES256 or EdDSA proves what its claim says`() async throws {
        try await self.withIssuer { issuer in
            let keys = [try SigningKey.rsa("r"), .elliptic("e"), .edwards("d")]
            issuer.publishes(keys)
            let checker = try issuer.checker()
            for key in keys {
                let token = try key.token(self.claims(issuer))
                #expect(await checker.check(token, by: issuer.settings) == .good(account: "ann"))
            }
            var settings = issuer.settings
            settings.accountClaim = "email"
            let token = try keys[1].token(self.claims(issuer, ["aud": #"["other","chat"]"#]))
            #expect(await checker.check(token, by: settings) == .good(account: "ann@example.com"))
            #expect(issuer.count("/keys") == 1)
        }
    }

    @Test func `claims have to be the issuer's, for this audience, and in force but for a minute`() async throws {
        try await self.withIssuer { issuer in
            let key = SigningKey.elliptic("e")
            issuer.publishes([key])
            let checker = try issuer.checker()
            let cases: [([String: String?], TokenVerdict)] = [
                (["iss": #""https://else.example""#], .bad(.issuer)), (["iss": nil], .bad(.issuer)),
                (["aud": #""other""#], .bad(.audience)), (["aud": nil], .bad(.audience)),
                (["exp": nil], .bad(.expired)), (["exp": "1699999900"], .bad(.expired)),
                (["exp": "1699999970"], .good(account: "ann")), (["nbf": "1700000100"], .bad(.early)),
                (["nbf": "1700000030"], .good(account: "ann")), (["nbf": nil], .good(account: "ann")),
                (["preferred_username": nil], .bad(.nameless)),
                (["preferred_username": #""""#], .bad(.nameless)),
                (["preferred_username": "7"], .bad(.nameless)), (["exp": #""soon""#], .bad(.signature)),
            ]
            for (others, verdict) in cases {
                let token = try key.token(self.claims(issuer, others))
                #expect(await checker.check(token, by: issuer.settings) == verdict, "\(others)")
            }
        }
    }

    @Test func `neither no signature nor one by a shared secret nor another's is taken`() async throws {
        try await self.withIssuer { issuer in
            let (rsa, elliptic) = (try SigningKey.rsa("r"), SigningKey.elliptic("e"))
            issuer.publishes([rsa, elliptic])
            let checker = try issuer.checker()
            let claims = self.claims(issuer)
            func verdict(_ token: String) async -> TokenVerdict {
                await checker.check(Redacted(token), by: issuer.settings)
            }
            let (head, body) = (
                { (text: String) in Base64URL.encode(Array(text.utf8)) }, Base64URL.encode(Array(claims.utf8))
            )
            #expect(await verdict("\(head(#"{"alg":"none"}"#)).\(body).") == .bad(.malformed))
            #expect(await verdict("\(head(#"{"alg":"none"}"#)).\(body).AA") == .bad(.algorithm))
            // The public key as a shared secret.
            let signed = "\(head(#"{"alg":"HS256","kid":"r"}"#)).\(body)"
            let code = HMAC<SHA256>.authenticationCode(
                for: Array(signed.utf8),
                using: SymmetricKey(data: Array(rsa.published.utf8))
            )
            #expect(await verdict("\(signed).\(Base64URL.encode(Array(code)))") == .bad(.algorithm))
            // Another key under the same name, one's signature under the other's name, and what was changed.
            let stranger = try SigningKey.elliptic("e").token(claims)
            #expect(await checker.check(stranger, by: issuer.settings) == .bad(.signature))
            let mixed = try elliptic.token(claims, header: #"{"alg":"ES256","kid":"r"}"#)
            #expect(await checker.check(mixed, by: issuer.settings) == .bad(.unknownKey))
            let extended = try elliptic.token(claims, header: #"{"alg":"ES256","kid":"e","crit":["x"]}"#)
            #expect(await checker.check(extended, by: issuer.settings) == .bad(.algorithm))
            let good = try elliptic.token(claims).reveal().split(separator: ".")
            let other = Base64URL.encode(Array(self.claims(issuer, ["preferred_username": #""boss""#]).utf8))
            #expect(await verdict("\(good[0]).\(other).\(good[2])") == .bad(.signature))
            for text in ["", "x", "a.b", "a.b.c", "..", "\(good[0]).\(good[1])", "ü.ü.ü"] {
                #expect(await verdict(text) == .bad(.malformed), "\(text)")
            }
        }
    }

    @Test func `an unknown key has the issuer asked again, and not more often than twice a minute`() async throws {
        try await self.withIssuer { issuer in
            let (old, new) = (SigningKey.elliptic("old"), SigningKey.edwards("new"))
            issuer.publishes([old])
            let checker = try issuer.checker()
            let claims = self.claims(issuer)
            #expect(await checker.check(try old.token(claims), by: issuer.settings) == .good(account: "ann"))
            issuer.publishes([new])
            for _ in 0..<3 {
                #expect(await checker.check(try new.token(claims), by: issuer.settings) == .bad(.unknownKey))
            }
            #expect(issuer.count("/keys") == 1)
            issuer.time.withLock { $0 += .seconds(31) }
            #expect(await checker.check(try new.token(claims), by: issuer.settings) == .good(account: "ann"))
            #expect(await checker.check(try old.token(claims), by: issuer.settings) == .bad(.unknownKey))
            #expect(issuer.count("/keys") == 2)
        }
    }

    @Test func `while the issuer is away the keys that are known hold, for a day`() async throws {
        try await self.withIssuer { issuer in
            let key = SigningKey.elliptic("e")
            let checker = try issuer.checker()
            let token = try key.token(self.claims(issuer))
            #expect(await checker.check(token, by: issuer.settings) == .unavailable)
            issuer.publishes([key])
            issuer.time.withLock { $0 += .seconds(31) }
            #expect(await checker.check(token, by: issuer.settings) == .good(account: "ann"))
            issuer.says("/keys", .init(status: .internalServerError, body: ""))
            issuer.time.withLock { $0 += .seconds(3600) }
            #expect(await checker.check(token, by: issuer.settings) == .good(account: "ann"))
            issuer.time.withLock { $0 += .seconds(86_400) }
            #expect(await checker.check(token, by: issuer.settings) == .unavailable)
        }
    }

    @Test func `an issuer at a private address, one that leads elsewhere or says too much is not asked`() async throws {
        try await self.withIssuer { issuer in
            let key = SigningKey.elliptic("e")
            issuer.publishes([key])
            let token = try key.token(self.claims(issuer))
            #expect(try await issuer.checker(mayConnect: false).check(token, by: issuer.settings) == .unavailable)
            #expect(issuer.count("/keys") == 0)
            let keys = #"{"keys":[\#(key.published)]}"#
            for document in [
                Issuer.Document(body: keys + String(repeating: " ", count: 300_000)), .init(body: "[]"),
                .init(status: .found, body: keys, location: "https://id.example:\(issuer.port)/elsewhere"),
            ] {
                issuer.says("/keys", document)
                #expect(try await issuer.checker().check(token, by: issuer.settings) == .unavailable)
            }
            // Another's configuration.
            issuer.publishes([key])
            issuer.says(
                "/realms/chat/.well-known/openid-configuration",
                .init(body: #"{"issuer":"https://else.example","jwks_uri":"https://id.example:\#(issuer.port)/keys"}"#)
            )
            #expect(try await issuer.checker().check(token, by: issuer.settings) == .unavailable)
            var settings = issuer.settings
            settings.jwksURL = "https://id.example:\(issuer.port)/keys"
            #expect(try await issuer.checker().check(token, by: settings) == .good(account: "ann"))
            issuer.says("/keys", .init(body: #"{"keys":[{"kty":"oct","k":"AAAA"},7,\#(key.published)]}"#))
            #expect(try await issuer.checker().check(token, by: settings) == .good(account: "ann"))
        }
    }
}
