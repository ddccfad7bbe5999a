import FoundationEssentials
import KubeAPIDouble
import KubeClient
import NIOSSL
import Testing

/// A server that lets in only whom its authority certified, and kubeconfig files with and without a certificate.
struct ClientCertificateTests {
    private static let host = "api.test"

    /// A server, its authority, and a folder for files.
    private func with(_ body: (KubeAPIDouble, TestAuthority, String) async throws -> Void) async throws {
        let authority = try TestAuthority("authority")
        let identity = try authority.identity("server", hostname: Self.host)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(identity.key.utf8), format: .pem))
        )
        tls.certificateVerification = .noHostnameVerification
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.certificate.utf8)))
        let server = try await KubeAPIDouble.start(namespaces: ["chat"], tls: tls)
        let folder = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let result: Result<Void, any Error>
        do { result = .success(try await body(server, authority, folder)) } catch { result = .failure(error) }
        await server.shutdown()
        try? FileManager.default.removeItem(atPath: folder)
        try result.get()
    }

    /// A client of a kubeconfig file whose user is this.
    private func asking<Value>(
        _ server: KubeAPIDouble,
        _ authority: TestAuthority,
        in folder: String,
        user: String,
        _ body: (KubeClient) async throws -> Value
    ) async throws -> Value {
        let text = """
            current-context: here
            contexts: [{name: here, context: {cluster: c, user: u}}]
            clusters:
            - name: c
              cluster:
                server: \(server.baseURL)
                tls-server-name: \(Self.host)
                certificate-authority-data: \(Self.base64(authority.certificate))
            users: [{name: u, user: {\(user)}}]
            """
        try Self.write(text, "\(folder)/config")
        let found = try KubeConfiguration.find(file: "\(folder)/config", environment: [:])
        let client = try KubeClient(found, userAgent: "test", logger: ClientTests.logger)
        let result: Result<Value, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        await client.shutdown()
        return try result.get()
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    private static func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    private static func write(_ identity: TestAuthority.Identity, in folder: String) throws {
        try Self.write(identity.certificate, "\(folder)/client.crt")
        try Self.write(identity.key, "\(folder)/client.key")
    }

    private static let files = "client-certificate: client.crt, client-key: client.key"

    @Test func `a certificate in the kubeconfig is let in`() async throws {
        try await self.with { server, authority, folder in
            let identity = try authority.identity("operator")
            let user =
                "client-certificate-data: \(Self.base64(identity.certificate)), "
                + "client-key-data: \(Self.base64(identity.key))"
            try await self.asking(server, authority, in: folder, user: user) { client in
                _ = try await client.create(.configMaps, ClientTests.map("one"))
                #expect(try await client.get(.configMaps, "one", in: "chat").name == "one")
            }
        }
    }

    @Test func `who has no certificate, or another authority's, is told that it is the certificate`() async throws {
        try await self.with { server, authority, folder in
            let stranger = try TestAuthority("stranger").identity("operator")
            let users = [
                "token: secret",
                "client-certificate-data: \(Self.base64(stranger.certificate)), "
                    + "client-key-data: \(Self.base64(stranger.key))",
            ]
            for user in users {
                try await self.asking(server, authority, in: folder, user: user) { client in
                    let error = try await #require(throws: KubeError.self) {
                        try await client.list(.configMaps, in: "chat")
                    }
                    guard case .unreachable(let reason) = error else {
                        Issue.record("\(error)")
                        return
                    }
                    #expect(reason.contains("client certificate"), "\(reason)")
                }
            }
        }
    }

    @Test func `a server of another authority is not spoken to`() async throws {
        try await self.with { server, authority, folder in
            let identity = try authority.identity("operator")
            try Self.write(identity, in: folder)
            try await self.asking(server, try TestAuthority("other"), in: folder, user: Self.files) { client in
                let error = try await #require(throws: KubeError.self) {
                    try await client.list(.configMaps, in: "chat")
                }
                #expect(error.description.contains("CERTIFICATE_VERIFY_FAILED"), "\(error)")
            }
        }
    }

    @Test func `a certificate in files is read again when the server does not take it`() async throws {
        try await self.with { server, authority, folder in
            try Self.write(try TestAuthority("old").identity("operator"), in: folder)
            try await self.asking(server, authority, in: folder, user: Self.files) { client in
                await #expect(throws: KubeError.self) { try await client.list(.configMaps, in: "chat") }
                let renewed = try authority.identity("operator")
                // Half of the renewal: one file is new already.
                try Self.write(renewed.certificate, "\(folder)/client.crt")
                let error = try await #require(throws: KubeError.self) {
                    try await client.list(.configMaps, in: "chat")
                }
                #expect(error.description.contains("do not belong together"), "\(error)")
                try Self.write(renewed.key, "\(folder)/client.key")
                #expect(try await client.list(.configMaps, in: "chat").items.isEmpty)
            }
        }
    }

    @Test func `files that are not there are said before anything is asked`() async throws {
        try await self.with { server, authority, folder in
            let error = try await #require(throws: KubeError.self) {
                try await self.asking(server, authority, in: folder, user: Self.files) { _ in }
            }
            #expect(error.description.contains("client.crt: cannot be read"), "\(error)")
        }
    }
}
