import Crypto
import Foundation
import Logging
import NIOCore
import NIOPosix
import StateStore
import Synchronization
import Tenant
import TestClients
import TestSupport
import Testing

/// The program itself between a real Redis and a real PostgreSQL, with an operator's writer on the other side.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct ProcessTests {
    @Test func `an edge process serves what is projected, tells its figures, and drains`() async throws {
        let redis = try await RedisServer.started()
        let database = try PostgresServer.shared().makeDatabase()
        let durable = try DurableStore.open(database, logger: ProjectionWorld.logger)
        _ = try await durable.migrator.up(now: 0)
        await durable.close()
        let key = SymmetricKey(size: .bits256)
        let edge = try EdgeProcess(redis: redis.url, database: database, key: key.withUnsafeBytes { Array($0) })
        let store = try await RedisLiveStore.connect(
            url: redis.url,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: ProjectionWorld.logger
        )
        let result: Result<Void, any Error>
        do { result = .success(try await self.follow(edge, store, CertificateSeal(key: key))) } catch {
            result = .failure(EdgeProcess.Failure(description: "\(error)\n\(edge.output)"))
        }
        await edge.kill()
        await store.shutdown()
        redis.end()
        try result.get()
    }

    private func follow(_ edge: EdgeProcess, _ store: RedisLiveStore, _ seal: CertificateSeal) async throws {
        try await edge.answers("/readyz") { $0.contains("503") && $0.contains("tenants: not yet") }
        let writer = ProjectionWriter(live: store, owner: "test", loop: MultiThreadedEventLoopGroup.singleton.next())
        _ = try await writer.takeOver(term: nil)
        let authority = try TestAuthority()
        let pem = try authority.pem(for: "acme.localhost")
        let certificate = ProjectedCertificate(hostnames: ["acme.localhost"], certificatePEM: pem, keyPEM: pem)
        try await writer.put(tenant: ProjectionWorld.tenant("acme"))
        try await writer.put(certificate: seal.seal(certificate, name: "acme"), name: "acme")
        try await writer.markComplete()
        try await edge.answers("/readyz") { $0.contains("200 OK") }
        let tls = try Client.TLS(roots: authority.certificatePEM, serverName: "acme.localhost")
        let heard = try await Client.talk(at: edge.ircs, tls: tls) { conversation in
            try await conversation.send("NICK ann\r\nUSER ann 0 * :Ann\r\n")
            _ = try await conversation.hear(until: " 422 ")
            let figures = try await self.figures(store) { $0.connections == 1 }
            #expect(figures.pod == "edge-test")
            #expect(figures.capacity == 123)
            #expect(figures.tenants == [try #require(TenantID("acme")): 1])
            #expect(!figures.draining)
            try await edge.answers("/metrics") { $0.contains("roost_event_loop_utilization{shard=\"0\"} ") }
            edge.terminate()
            #expect(try await self.figures(store) { $0.draining }.pod == "edge-test")
            return String(decoding: try await conversation.hearAll(), as: UTF8.self)
        }
        #expect(heard.contains("shutting down"))
        #expect(try await edge.status() == 0)
    }

    private func figures(
        _ store: RedisLiveStore,
        _ holds: @escaping @Sendable (PodFigures) -> Bool
    ) async throws -> PodFigures {
        let found = Mutex<PodFigures?>(nil)
        try await until("figures") {
            for json in try await store.liveFigures().values {
                let figures = try PodFigures(json: json)
                if holds(figures) { found.withLock { $0 = figures } }
            }
            return found.withLock { $0 != nil }
        }
        return try #require(found.withLock { $0 })
    }
}
