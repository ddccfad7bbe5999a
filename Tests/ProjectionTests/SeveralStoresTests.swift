import Edge
import NIOCore
import StateStore
import Tenant
import TestClients
import TestSupport
import Testing

/// An edge with two live stores, of which a tenant lives in one.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct SeveralStoresTests {
    private static let second = "redis-two/url"

    private static func tenant(_ name: String, in redis: String?) throws -> ProjectedTenant {
        var hosted = try ProjectionWorld.tenant(name).hosted
        hosted.redis = redis
        return ProjectedTenant(hosted, uid: "uid", generation: 1)
    }

    private static func channels(of tenant: String, in store: any LiveStore) async throws -> Int {
        let shard = try await TestShard(store)
        let id = try #require(TenantID(tenant))
        return try await shard.call { client, completion in client.count(id, .channel, completion) }
    }

    /// What a client hears from when it connects until it is in a channel, or until the end.
    private static func enter(_ world: ProjectionWorld, _ tls: Client.TLS, nick: String = "ann") async throws -> String
    {
        try await Client.talk(to: world.listener, tls: tls) { conversation in
            // Who is turned away may be so before a word.
            try? await conversation.send("NICK \(nick)\r\nUSER \(nick) 0 * :Ann\r\n")
            let greeting = try await conversation.hear(until: "\r\n")
            guard !greeting.hasPrefix("ERROR") else { return greeting }
            try await conversation.send("JOIN #lobby\r\n")
            return try await conversation.hear(until: " 366 ")
        }
    }

    @Test func `a tenant is served from its own store, once that is open`() async throws {
        try await ProjectionWorld.run(.inProcess) { world in
            let authority = try TestAuthority()
            for (name, redis) in [("acme", nil), ("beta", Self.second)] {
                try await world.certify(name, by: authority)
                try await world.writer.put(tenant: Self.tenant(name, in: redis))
            }
            try await world.writer.markComplete()
            try await world.serves(["acme", "beta"])
            let tls = try ["acme", "beta"].map {
                try Client.TLS(roots: authority.certificatePEM, serverName: "\($0).localhost")
            }
            #expect(try await Self.enter(world, tls[0]).contains(" 366 "))
            #expect(try await Self.enter(world, tls[1]).contains("store is not there yet"))
            let store = InProcessLiveStore()
            await world.server.open(store, as: Self.second, at: 1)
            #expect(try await Self.enter(world, tls[1]).contains(" 366 "))
            try await until("the channels being left") {
                let here = try await Self.channels(of: "acme", in: world.live)
                return try await here + Self.channels(of: "beta", in: store) == 0
            }
            // Nothing of the one was ever in the other's.
            let (acme, beta) = (try #require(TenantID("acme")), try #require(TenantID("beta")))
            #expect(try await store.remains(of: acme) == 0)
            #expect(try await world.live.remains(of: beta) == 0)
            await store.shutdown()
        }
    }

    @Test func `who is connected when its tenant goes to another store connects again and finds it there`() async throws
    {
        try await ProjectionWorld.run(.inProcess) { world in
            let store = InProcessLiveStore()
            await world.server.open(store, as: Self.second, at: 1)
            let authority = try TestAuthority()
            try await world.certify("acme", by: authority)
            try await world.writer.put(tenant: Self.tenant("acme", in: nil))
            try await world.writer.markComplete()
            try await world.serves(["acme"])
            let tls = try Client.TLS(roots: authority.certificatePEM, serverName: "acme.localhost")
            let heard = try await Client.talk(to: world.listener, tls: tls) { conversation in
                try await conversation.send("NICK ann\r\nUSER ann 0 * :Ann\r\nJOIN #lobby\r\n")
                _ = try await conversation.hear(until: " 366 ")
                try await world.writer.put(tenant: Self.tenant("acme", in: Self.second))
                return String(decoding: try await conversation.hearAll(), as: UTF8.self)
            }
            #expect(heard.contains("moved to another store, connect again"))
            // The nickname is free there at once.
            #expect(try await Self.enter(world, tls).contains(" 366 "))
            let statistics = await world.server.shards.all.first?.statistics
            #expect(statistics?.channels ?? 0 <= 1)
            await store.shutdown()
        }
    }
}
