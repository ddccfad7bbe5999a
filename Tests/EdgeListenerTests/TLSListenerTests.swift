import Edge
import Logging
import NIOCore
import Synchronization
import Tenant
import TestClients
import Testing

@Suite(.timeLimit(.minutes(2)))
struct TLSListenerTests {
    @Test func `the server name decides which tenant answers, with a certificate for that name`() async throws {
        try await Rig.run { rig in
            let authority = try DevelopmentAuthority.ephemeral()
            let certificates = try CertificateStore(authority: authority, logger: rig.logger)
            let server = try await TLSListener(directory: rig.directory, certificates: certificates, shards: rig.shards)
                .bind(to: Rig.anyPort())
            for name in ["acme.localhost", "beta.localhost", "ACME.localhost"] {
                let tls = try Client.TLS(roots: authority.certificatePEM, serverName: name)
                let answer = try await Client.talk(to: server, tls: tls) { conversation in
                    try await conversation.send("CAP LS 302\r\n")
                    return try await conversation.hear(until: "CAP * LS")
                }
                #expect(answer.contains(":\(name.lowercased()) CAP * LS"))
            }
        }
    }

    private static let strangers: [[UInt8]] = [
        ClientHello.bytes(serverName: "nobody.localhost"), ClientHello.bytes(serverName: nil),
        ClientHello.bytes(serverName: ""), ClientHello.bytes(serverName: "localhost"),
        Array("NICK dan\r\n".utf8), Array("GET / HTTP/1.1\r\n\r\n".utf8),
    ]

    @Test(arguments: strangers.indices)
    func `whoever names no tenant gets the same alert, unrecognized_name`(index: Int) async throws {
        try await Rig.run { rig in
            let certificates = try CertificateStore(authority: .ephemeral(), logger: rig.logger)
            let server = try await TLSListener(directory: rig.directory, certificates: certificates, shards: rig.shards)
                .bind(to: Rig.anyPort())
            let answer = try await Client.talk(to: server) { conversation in
                try await conversation.send(Self.strangers[index])
                return try await conversation.hearAll()
            }
            #expect(answer == [21, 3, 3, 0, 2, 2, 112])
        }
    }

    @Test func `whoever sends no name belongs to the tenant that was named for these on purpose`() async throws {
        try await Rig.run { rig in
            let certificates = try CertificateStore(authority: .ephemeral(), logger: rig.logger)
            func server(_ rule: NamelessClients.Rule) async throws -> any Channel {
                try await TLSListener(
                    directory: rig.directory,
                    certificates: certificates,
                    nameless: NamelessClients(rule),
                    shards: rig.shards
                ).bind(to: Rig.anyPort())
            }
            let beta = try await server(.belong(to: "beta"))
            let answer = try await Client.talk(to: beta, tls: try Client.TLS(roots: nil, serverName: nil)) {
                conversation in
                try await conversation.send("CAP LS 302\r\n")
                return try await conversation.hear(until: "CAP * LS")
            }
            #expect(answer.contains(":beta.localhost CAP * LS"))
            for (other, name) in [
                (beta, "nobody.localhost"), (try await server(.firstByName), nil),
                (try await server(.belong(to: "x")), nil),
            ] as [(any Channel, String?)] {
                let alert = try await Client.talk(to: other) { conversation in
                    try await conversation.send(ClientHello.bytes(serverName: name))
                    return try await conversation.hearAll()
                }
                #expect(alert == [21, 3, 3, 0, 2, 2, 112])
            }
        }
    }

    @Test func `a client that would speak other protocols alone gets the alert for it`() async throws {
        try await Rig.run { rig in
            let certificates = try CertificateStore(authority: .ephemeral(), logger: rig.logger)
            let server = try await TLSListener(directory: rig.directory, certificates: certificates, shards: rig.shards)
                .bind(to: Rig.anyPort())
            for protocols in [["h2", "http/1.1"], [], ["IRC"]] {
                let alert = try await Client.talk(to: server) { conversation in
                    try await conversation.send(ClientHello.bytes(serverName: "acme.localhost", protocols: protocols))
                    return try await conversation.hearAll()
                }
                #expect(alert == [21, 3, 3, 0, 2, 2, 120], "\(protocols)")
            }
            for protocols in [[], ["irc"], ["h2", "irc"]] {
                let tls = try Client.TLS(roots: nil, serverName: "acme.localhost", protocols: protocols)
                let answer = try await Client.talk(to: server, tls: tls) { conversation in
                    try await conversation.send("CAP LS 302\r\n")
                    return try await conversation.hear(until: "CAP * LS")
                }
                #expect(answer.contains(" CAP * LS"), "\(protocols)")
            }
        }
    }

    @Test func `a deleted tenant's name is as unknown as any, from the moment it is gone`() async throws {
        try await Rig.run { rig in
            let certificates = try CertificateStore(authority: .ephemeral(), logger: rig.logger)
            let server = try await TLSListener(directory: rig.directory, certificates: certificates, shards: rig.shards)
                .bind(to: Rig.anyPort())
            rig.directory.replace(.empty)
            let answer = try await Client.talk(to: server) { conversation in
                try await conversation.send(ClientHello.bytes(serverName: "acme.localhost"))
                return try await conversation.hearAll()
            }
            #expect(answer == [21, 3, 3, 0, 2, 2, 112])
        }
    }

    @Test func `who comes to the old place of a tenant that has moved is let in, and told where it is`() async throws {
        try await Rig.run { rig in
            let authority = try DevelopmentAuthority.ephemeral()
            let certificates = try CertificateStore(authority: authority, logger: rig.logger)
            let server = try await TLSListener(directory: rig.directory, certificates: certificates, shards: rig.shards)
                .bind(to: Rig.anyPort())
            let text = "acme has moved to 203.0.113.7: acme.localhost leads there soon, connect again in some minutes"
            let catalog = rig.directory.current.tenants.values.map {
                $0.id.text == "acme" ? $0.departed(saying: text) : $0
            }
            rig.directory.replace(TenantCatalog(catalog))
            await rig.shards.apply(rig.directory.current)
            let tls = try Client.TLS(roots: authority.certificatePEM, serverName: "acme.localhost")
            let answer = try await Client.talk(to: server, tls: tls) { conversation in
                // It may have been told and closed by now.
                try? await conversation.send("NICK ann\r\nUSER ann 0 * :Ann\r\n")
                return try await conversation.hear(until: "connect again")
            }
            #expect(answer.contains("ERROR ") && answer.contains(text), "\(answer)")
        }
    }

    @Test func `a client that takes too long is closed`() async throws {
        try await Rig.run { rig in
            let certificates = try CertificateStore(authority: .ephemeral(), logger: rig.logger)
            var listener = TLSListener(directory: rig.directory, certificates: certificates, shards: rig.shards)
            listener.handshakeTimeout = .milliseconds(50)
            let server = try await listener.bind(to: Rig.anyPort())
            let answer = try await Client.talk(to: server) { conversation in
                // On a busy machine the time may be over before the bytes are on their way.
                try? await conversation.send([22, 3, 1, 2])
                return try await conversation.hearAll()
            }
            #expect(answer.isEmpty)
        }
    }

    @Test func `a trusted proxy names the client, and cannot name another tenant than the client did`() async throws {
        try await Rig.run { rig in
            let certificates = try CertificateStore(authority: .ephemeral(), logger: rig.logger)
            let server = try await TLSListener(
                directory: rig.directory,
                certificates: certificates,
                trustedProxies: TrustedNetworks(["127.0.0.0/8"]),
                shards: rig.shards
            ).bind(to: Rig.anyPort())
            let header: @Sendable (String) -> [UInt8] = { name in
                let authority: [UInt8] = [2, 0, UInt8(name.utf8.count)] + Array(name.utf8)
                let body: [UInt8] = [192, 0, 2, 7, 10, 0, 0, 1, 1, 2, 3, 4] + authority
                return [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10, 0x21, 0x11, 0, UInt8(body.count)] + body
            }
            for name in ["acme.localhost", nil] {
                let tls = try Client.TLS(roots: nil, serverName: name)
                let answer = try await Client.talk(to: server, tls: tls, prefix: header("acme.localhost")) {
                    try await $0.send("CAP LS 302\r\n")
                    return try await $0.hear(until: "CAP * LS")
                }
                #expect(answer.contains(":acme.localhost CAP * LS"))
            }
            let refused = try await Client.talk(to: server) { conversation in
                try await conversation.send(header("beta.localhost") + ClientHello.bytes(serverName: "acme.localhost"))
                return try await conversation.hearAll()
            }
            #expect(refused == [21, 3, 3, 0, 2, 2, 112])
            // Without the header there is nobody to believe.
            let closed = try await Client.talk(to: server) { conversation in
                try await conversation.send(ClientHello.bytes(serverName: "acme.localhost"))
                return try await conversation.hearAll()
            }
            #expect(closed.isEmpty)
        }
    }

    @Test func `clients stay when the listener stops`() async throws {
        try await Rig.run { rig in
            let certificates = try CertificateStore(authority: .ephemeral(), logger: rig.logger)
            let server = try await TLSListener(directory: rig.directory, certificates: certificates, shards: rig.shards)
                .bind(to: Rig.anyPort())
            let tls = try Client.TLS(roots: nil, serverName: "acme.localhost")
            let answer = try await Client.talk(to: server, tls: tls) { conversation in
                try await conversation.send("CAP LS 302\r\n")
                _ = try await conversation.hear(until: "CAP * LS")
                try await server.close()
                try await conversation.send("CAP LIST\r\n")
                return try await conversation.hear(until: "CAP * LIST")
            }
            #expect(answer.contains("CAP * LIST"))
        }
    }
}

@Suite(.timeLimit(.minutes(2)))
struct PlainListenerTests {
    @Test func `a trusted proxy's authority names the tenant; else it is the configured one`() async throws {
        try await Rig.run { rig in
            let server = try await PlainListener(
                directory: rig.directory,
                nameless: NamelessClients(.belong(to: "beta")),
                trustedProxies: TrustedNetworks(["127.0.0.1"]),
                shards: rig.shards
            ).bind(to: Rig.anyPort())
            let name = Array("acme.localhost".utf8)
            let body: [UInt8] = [192, 0, 2, 7, 10, 0, 0, 1, 1, 2, 3, 4, 2, 0, UInt8(name.count)] + name
            let header =
                [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10, 0x21, 0x11, 0, UInt8(body.count)] + body
            let acme = try await Client.talk(to: server) { conversation in
                try await conversation.send(header + Array("CAP LS 302\r\n".utf8))
                return try await conversation.hear(until: "CAP * LS")
            }
            #expect(acme.contains(":acme.localhost CAP * LS"))
            let beta = try await Client.talk(to: server) { conversation in
                try await conversation.send("PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\nCAP LS 302\r\n")
                return try await conversation.hear(until: "CAP * LS")
            }
            #expect(beta.contains(":beta.localhost CAP * LS"))
            let nobody = try await Client.talk(to: server) { conversation in
                try await conversation.send("CAP LS 302\r\n")
                return try await conversation.hearAll()
            }
            #expect(nobody.isEmpty)
        }
    }

    @Test func `whoever is not trusted cannot say who he is`() async throws {
        try await Rig.run { rig in
            let server = try await PlainListener(
                directory: rig.directory,
                nameless: NamelessClients(.firstByName),
                trustedProxies: TrustedNetworks(["10.0.0.0/8"]),
                shards: rig.shards
            ).bind(to: Rig.anyPort())
            let answer = try await Client.talk(to: server) { conversation in
                try await conversation.send("PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\nCAP LS 302\r\n")
                return try await conversation.hear(until: "CAP * LS")
            }
            #expect(answer.contains(":acme.localhost CAP * LS"))
        }
    }

    @Test(arguments: [NamelessClients.Rule.refused, .belong(to: "gone")])
    func `who names no network is told so where no tenant was named for these`(rule: NamelessClients.Rule) async throws
    {
        try await Rig.run { rig in
            let server = try await PlainListener(
                directory: rig.directory,
                nameless: NamelessClients(rule),
                shards: rig.shards
            ).bind(to: Rig.anyPort())
            let answer = try await Client.talk(to: server) { conversation in
                String(decoding: try await conversation.hearAll(), as: UTF8.self)
            }
            #expect(answer.hasPrefix("ERROR :Closing Link: * (No network is served here without"))
        }
    }

    @Test func `those who were refused are told of once a minute, with how many they were`() {
        let lines = Counts()
        let seconds = Mutex<UInt64>(0)
        let logger = Logger(label: "test") { _ in CountKeeper(counts: lines) }
        let clients = NamelessClients(.refused, logger: logger) { seconds.withLock { $0 * 1_000_000_000 } }
        for second in [0, 1, 59, 60, 61, 119, 120] as [UInt64] {
            seconds.withLock { $0 = second }
            clients.refuse()
        }
        #expect(lines.all == ["1", "3", "3"])
    }

    /// How many clients each line speaks of.
    private final class Counts: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { self.kept.withLock { $0 } }
        func add(_ count: String) { self.kept.withLock { $0.append(count) } }
    }

    private struct CountKeeper: LogHandler {
        let counts: Counts
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) { self.counts.add("\(event.metadata?["clients"] ?? "none")") }
    }
}
