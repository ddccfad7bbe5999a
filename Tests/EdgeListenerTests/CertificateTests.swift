import Edge
import FoundationEssentials
import Logging
import NIOCore
import NIOSSL
import Tenant
import TestClients
import Testing

@Suite(.timeLimit(.minutes(2)))
struct CertificateTests {
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Runs a body with an empty folder.
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = "/tmp/roost-certificates-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    /// Shakes hands as a client that checks, and says hello.
    private func greets(_ server: any Channel, _ name: String, trusting roots: String) async -> Bool {
        let answer = try? await Client.talk(to: server, tls: Client.TLS(roots: roots, serverName: name)) {
            try await $0.send("CAP LS 302\r\n")
            return try await $0.hear(until: "CAP * LS")
        }
        return answer?.contains("CAP * LS") == true
    }

    @Test func `an authority certifies a host, and not for another, and not for whoever trusts another`() async throws {
        try await self.withFolder { folder in
            try await Rig.run { rig in
                let authority = try DevelopmentAuthority(folder: folder)
                _ = try authority.contexts(for: "acme.localhost")
                let files = CertificateFiles(
                    certificate: "\(folder)/dev-certificates/acme.localhost.pem",
                    key: "\(folder)/dev-certificates/acme.localhost.pem"
                )
                // The only certificate there is serves all names.
                let certificates = try CertificateStore(files: [files], logger: rig.logger)
                let server = try await TLSListener(
                    directory: rig.directory,
                    certificates: certificates,
                    shards: rig.shards
                ).bind(to: Rig.anyPort())
                let stranger = try DevelopmentAuthority.ephemeral()
                #expect(await self.greets(server, "acme.localhost", trusting: authority.certificatePEM))
                #expect(await !self.greets(server, "beta.localhost", trusting: authority.certificatePEM))
                #expect(await !self.greets(server, "acme.localhost", trusting: stranger.certificatePEM))
            }
        }
    }

    @Test func `an authority is found again, its key for its owner only`() async throws {
        try await self.withFolder { folder in
            let first = try DevelopmentAuthority(folder: "\(folder)/data")
            _ = try first.contexts(for: "acme.localhost")
            let second = try DevelopmentAuthority(folder: "\(folder)/data")
            #expect(first.certificatePEM == second.certificatePEM)
            for file in ["dev-ca-key.pem", "dev-certificates/acme.localhost.pem"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/data/\(file)")
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(file)")
            }
            let before = try Self.bytes(of: "\(folder)/data/dev-certificates/acme.localhost.pem")
            _ = try second.contexts(for: "acme.localhost")
            #expect(try Self.bytes(of: "\(folder)/data/dev-certificates/acme.localhost.pem") == before)
        }
    }

    @Test(arguments: [
        "", "../evil", "a/b", "a..b", "UPPER.localhost", "a\0b", "*.localhost", String(repeating: "a", count: 64),
    ])
    func `an authority certifies nothing that is no hostname`(name: String) throws {
        let authority = try DevelopmentAuthority.ephemeral()
        #expect(throws: ListenerError.self) { try authority.contexts(for: name) }
    }

    @Test func `an authority and its first certificates take no time that a start would notice`() throws {
        let clock = ContinuousClock()
        let time = try clock.measure {
            let authority = try DevelopmentAuthority.ephemeral()
            _ = try authority.contexts(for: "acme.localhost")
            _ = try authority.contexts(for: "beta.localhost")
        }
        // A hundredth of that in a release build; a debug build on a busy machine is slow.
        #expect(time < .seconds(2))
    }

    @Test func `the exact name comes before the wildcard, and the first certificate serves the rest`() async throws {
        try await self.withFolder { folder in
            let authority = try DevelopmentAuthority(folder: folder)
            let files = try ["one", "two", "three"].map { name in
                _ = try authority.contexts(for: name)
                return "\(folder)/dev-certificates/\(name).pem"
            }
            let names = [["default.org"], ["*.chat.org"], ["ACME.chat.org"]]
            let store = try CertificateStore(
                files: zip(files, names).map { CertificateFiles(certificate: $0, key: $0, hostnames: $1) },
                logger: Self.logger
            )
            let first = try #require(store.contexts(for: "default.org")).irc
            let wildcard = try #require(store.contexts(for: "beta.chat.org")).irc
            let exact = try #require(store.contexts(for: "acme.chat.org.")).irc
            #expect(first !== wildcard && wildcard !== exact && first !== exact)
            #expect(store.contexts(for: "Acme.Chat.Org")?.irc === exact)
            #expect(store.contexts(for: "a.b.chat.org")?.irc === first)
            #expect(store.contexts(for: "chat.org")?.irc === first)
            #expect(store.contexts(for: "other.org")?.irc === first)
        }
    }

    @Test func `new files are used at once, and broken ones are not`() async throws {
        try await self.withFolder { folder in
            let authority = try DevelopmentAuthority(folder: folder)
            for name in ["one", "two"] { _ = try authority.contexts(for: name) }
            let live = "\(folder)/live.pem"
            try Self.copy("\(folder)/dev-certificates/one.pem", to: live)
            let store = try CertificateStore(
                files: [CertificateFiles(certificate: live, key: live, hostnames: ["acme.localhost"])],
                logger: Self.logger
            )
            let old = try #require(store.contexts(for: "acme.localhost")).irc
            try Self.write("nothing", to: live)
            store.reload()
            #expect(store.contexts(for: "acme.localhost")?.irc === old)
            try Self.copy("\(folder)/dev-certificates/two.pem", to: live)
            store.reload()
            #expect(store.contexts(for: "acme.localhost")?.irc !== old)
        }
    }

    @Test func `a change of a file is noticed`() async throws {
        try await self.withFolder { folder in
            let authority = try DevelopmentAuthority(folder: folder)
            for name in ["one", "two"] { _ = try authority.contexts(for: name) }
            let live = "\(folder)/live.pem"
            try Self.copy("\(folder)/dev-certificates/one.pem", to: live)
            let store = try CertificateStore(
                files: [CertificateFiles(certificate: live, key: live, hostnames: ["acme.localhost"])],
                logger: Self.logger
            )
            let old = try #require(store.contexts(for: "acme.localhost")).irc
            let watching = Task { try await store.run() }
            try Self.copy("\(folder)/dev-certificates/two.pem", to: live)
            // The suite's time limit ends a wait in vain.
            while !Task.isCancelled, store.contexts(for: "acme.localhost")?.irc === old { await Task.yield() }
            watching.cancel()
            try await watching.value
        }
    }

    @Test func `what is wrong with a file is said at the start`() async throws {
        try await self.withFolder { folder in
            let authority = try DevelopmentAuthority(folder: folder)
            for name in ["one", "two"] { _ = try authority.contexts(for: name) }
            let (one, two) = ("\(folder)/dev-certificates/one.pem", "\(folder)/dev-certificates/two.pem")
            let cases = [
                (
                    CertificateFiles(certificate: "\(folder)/no.pem", key: one),
                    "\(folder)/no.pem: no certificate in PEM"
                ),
                (
                    CertificateFiles(certificate: one, key: "\(folder)/no.pem"),
                    "\(folder)/no.pem: no private key in PEM"
                ),
                (CertificateFiles(certificate: one, key: two), "\(one): it does not belong to the key in \(two)"),
            ]
            for (files, words) in cases {
                #expect {
                    try CertificateStore(files: [files], logger: Self.logger)
                } throws: {
                    "\($0)".hasPrefix(words)
                }
            }
        }
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ListenerError.file(path, reason: "missing")
        }
        return Array(data)
    }

    private static func write(_ text: String, to path: String) throws { try Self.write(Array(text.utf8), to: path) }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }

    private static func copy(_ source: String, to target: String) throws {
        try Self.write(Self.bytes(of: source), to: target)
    }
}
