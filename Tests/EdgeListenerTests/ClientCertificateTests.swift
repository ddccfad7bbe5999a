// A client may show a certificate, whoever signed it: it is known by its fingerprint.

import Edge
import TestClients
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ClientCertificateTests {
    /// Self-signed, made with OpenSSL for this test alone.
    private static let identity = (
        certificate: """
        -----BEGIN CERTIFICATE-----
        MIIBeTCCAR+gAwIBAgIUb0Hd+9JxzJ58pJ0+LZ+8gagqQFwwCgYIKoZIzj0EAwIw
        ETEPMA0GA1UEAwwGY2xpZW50MCAXDTI2MTEyOTEzNTMyOFoYDzIxMjYxMTA1MTM1
        MzI4WjARMQ8wDQYDVQQDDAZjbGllbnQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AASYW5HwJPTzrLEXRPqCSdNhymmRgkb4VIXKAbg+SyTXkqWrkBaecRN5OuVe0b8p
        cVsOzl2DjEhMteWbXVUMFRS2o1MwUTAdBgNVHQ4EFgQU97RJtOxtghD9OmEdHgAL
        cJwgwoAwHwYDVR0jBBgwFoAU97RJtOxtghD9OmEdHgALcJwgwoAwDwYDVR0TAQH/
        BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA5fRaBEGaoQ4t1V5Tr8VB7Cv1ECva
        VUr5xlxIz5gmij4CIGjU+pMO/L4sgUbpK3zOaAcWcvs2xg4efwIUxfJaWGMM
        -----END CERTIFICATE-----
        """,
        key: """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBQrBBPzOwd0PNZzW
        KKWAocIl1QAygJoikRynQZL+lT6hRANCAASYW5HwJPTzrLEXRPqCSdNhymmRgkb4
        VIXKAbg+SyTXkqWrkBaecRN5OuVe0b8pcVsOzl2DjEhMteWbXVUMFRS2
        -----END PRIVATE KEY-----
        """
    )
    /// What `openssl x509 -fingerprint -sha256` says of it.
    private static let fingerprint = "305cb5b9d6870523d7db30eca60cc72921fe909d0207fb3dc25c69acc8dffa27"

    private func whois(showing identity: (certificate: String, key: String)?) async throws -> String {
        var answer = ""
        try await Rig.run { rig in
            let authority = try DevelopmentAuthority.ephemeral()
            let certificates = try CertificateStore(authority: authority, logger: rig.logger)
            let server = try await TLSListener(directory: rig.directory, certificates: certificates, shards: rig.shards)
                .bind(to: Rig.anyPort())
            let tls = try Client.TLS(
                roots: authority.certificatePEM,
                serverName: "acme.localhost",
                identity: identity
            )
            answer = try await Client.talk(to: server, tls: tls) { conversation in
                try await conversation.send("NICK ann\r\nUSER ann 0 * :Ann\r\nWHOIS ann\r\n")
                return try await conversation.hear(until: " 318 ann ann ")
            }
        }
        return answer
    }

    @Test func `a client's certificate is known by its fingerprint`() async throws {
        let answer = try await self.whois(showing: Self.identity)
        #expect(answer.contains(" 276 ann ann :has client certificate fingerprint \(Self.fingerprint)"), "\(answer)")
        #expect(answer.contains(" 671 ann ann "))
    }

    @Test func `who shows none comes in as well`() async throws {
        let answer = try await self.whois(showing: nil)
        #expect(answer.contains(" 311 ann ann ") && !answer.contains(" 276 "), "\(answer)")
    }
}
