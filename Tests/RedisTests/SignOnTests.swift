import Foundation
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import StateStore
import Synchronization
import Tenant
import TestChildren
import TestSupport
import Testing

/// Passwords, TLS, databases and sockets.
@Suite(.serialized) struct SignOnTests {
    private static let user = [
        "--user", "roost", "on", ">pa:ss@word", "~r:*", "&r:*", "+@all", "--user", "default", "off",
    ]

    /// For what cannot succeed.
    private static func giving(up deadline: Duration) -> RedisConfiguration {
        var configuration = RedisWorld.impatient
        configuration.connectDeadline = deadline
        return configuration
    }

    @Test func `a user signs on with a password`() async throws {
        try await RedisWorld.run(options: Self.user) { world in
            let url = "redis://roost:pa%3Ass%40word@127.0.0.1:\(world.server.port)/2"
            let shard = try await world.shard(world.connect(url))
            _ = try await shard.follow(world.channel("#a"))
            try await shard.say("1", in: world.channel("#a"))
            #expect(shard.receiver.payloads(of: world.channel("#a")) == ["1"])
        }
    }

    @Test func `a wrong password is said plainly and never shown`() async throws {
        try await RedisWorld.run(options: Self.user) { world in
            let lines = Locked<[String]>([])
            let logger = Logger(label: "redis") { _ in ListLogHandler(lines: lines) }
            // The server's answer must come within it, however busy the machine is.
            let configuration = Self.giving(up: .seconds(5))
            let error = await #expect(throws: LiveStoreError.self) {
                _ = try await RedisLiveStore.connect(
                    url: "redis://roost:not-it@127.0.0.1:\(world.server.port)",
                    group: MultiThreadedEventLoopGroup.singleton,
                    logger: logger,
                    configuration: configuration
                )
            }
            #expect(String(reflecting: error).contains("WRONGPASS"))
            #expect(!lines.value.isEmpty)
            #expect(!lines.value.contains { $0.contains("not-it") })
            #expect(!String(reflecting: error).contains("not-it"))
        }
    }

    @Test func `a server that is not there is said plainly`() async throws {
        try await RedisWorld.run { world in
            world.server.end()
            let error = await #expect(throws: LiveStoreError.self) {
                _ = try await world.store(Self.giving(up: .seconds(1)))
            }
            #expect(error == .unavailable(reason: "Connection refused"))
        }
    }

    @Test func `a Unix socket serves as well`() async throws {
        try await RedisWorld.run(options: ["--unixsocket", "@/socket"]) { world in
            let shard = try await world.shard(world.connect("unix://\(world.server.folder)/socket"))
            try await shard.say("1", in: world.channel("#a"))
            #expect(try await shard.load(world.channel("#a"))?.position.sequence == 1)
        }
    }

    @Test func `TLS is spoken with a server whose authority is trusted, and with no other`() async throws {
        let server = try RedisServer(
            options: [
                "--tls-port", "@tls", "--tls-cert-file", "@/cert.pem", "--tls-key-file", "@/key.pem",
                "--tls-auth-clients", "no", "--tls-ca-cert-file", "@/cert.pem",
            ],
            prepare: Self.makeCertificate
        )
        defer { server.end() }
        let url = "rediss://localhost:\(server.tlsPort)"
        await #expect(throws: LiveStoreError.self) {
            _ = try await RedisLiveStore.connect(
                url: url,
                group: MultiThreadedEventLoopGroup.singleton,
                logger: RedisWorld.quietLogger,
                configuration: Self.giving(up: .seconds(1))
            )
        }
        var configuration = RedisWorld.impatient
        configuration.tls.trustRoots = .file("\(server.folder)/cert.pem")
        let store = try await RedisLiveStore.connect(
            url: url,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: RedisWorld.quietLogger,
            configuration: configuration
        )
        let tenant = try #require(TenantID("acme"))
        let log = LogKey(tenant, .channel, "#a")
        let shard = try await TestShard(store)
        _ = try await shard.follow(log)
        try await shard.say("1", in: log)
        #expect(shard.receiver.payloads(of: log) == ["1"])
        await store.shutdown()
    }

    /// A certificate for `localhost` that is its own authority.
    private static func makeCertificate(in folder: String) throws {
        let child = try Child(
            "/usr/bin/openssl",
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
                + ["-keyout", "\(folder)/key.pem", "-out", "\(folder)/cert.pem", "-subj", "/CN=localhost"]
                + ["-addext", "subjectAltName=DNS:localhost"]
        )
        try #require(child.wait() == 0)
    }

    private struct ListLogHandler: LogHandler {
        let lines: Locked<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) { self.lines.append("\(event.message) \(event.metadata ?? [:])") }
    }
}
