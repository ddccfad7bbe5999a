import Edge
import NIOCore
import Observability
import StateStore
import Tenant
import TestClients
import TestSupport
import Testing

/// What an edge makes of a store that lost its data: nothing, until the operator has spoken.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct LossTests {
    /// Loses everything that the store has.
    private func lose(_ world: ProjectionWorld) async throws {
        if let redis = world.redis {
            #expect(try redis.command("FLUSHALL") == "OK")
        } else {
            try await world.live.erase(.cell)
        }
    }

    @Test(arguments: ProjectionWorld.Backend.allCases)
    func `people stay when the store loses everything, and changes flow once everything was projected again`(
        backend: ProjectionWorld.Backend
    ) async throws {
        try await ProjectionWorld.run(backend) { world in
            let authority = try TestAuthority()
            for name in ["acme", "beta"] {
                try await world.writer.put(tenant: ProjectionWorld.tenant(name))
                try await world.certify(name, by: authority)
            }
            try await world.writer.markComplete()
            try await world.serves(["acme", "beta"])
            let acme = try Client.TLS(roots: authority.certificatePEM, serverName: "acme.localhost")
            let beta = try Client.TLS(roots: authority.certificatePEM, serverName: "beta.localhost")
            try await Client.talk(to: world.listener, tls: acme) { ann in
                try await ann.send("CAP LS 302\r\n")
                _ = try await ann.hear(until: "CAP * LS")
                let bob = try await Client.talk(to: world.listener, tls: beta) { bob in
                    try await bob.send("CAP LS 302\r\n")
                    _ = try await bob.hear(until: "CAP * LS")
                    let before = world.applied.updates.count
                    try await self.lose(world)
                    try await within(.seconds(60), "the writer's notice") {
                        var losses = world.writer.losses.makeAsyncIterator()
                        _ = try await losses.next()
                    }
                    #expect(try await world.writer.load().tenants.isEmpty)
                    // Half of it: the edge keeps what it has, changes included that are not whole yet.
                    try await world.writer.put(tenant: ProjectionWorld.tenant("acme", motd: ["Again"]))
                    try await world.certify("acme", by: authority)
                    #expect(world.applied.updates.count == before)
                    #expect(Set(world.server.directory.current.tenants.keys.map(\.text)) == ["acme", "beta"])
                    #expect(await world.greets("beta", trusting: authority))
                    // Her session begins now; one that the store knew and lost would be told to connect again.
                    try await ann.send("NICK ann\r\nUSER ann 0 * :Ann\r\nCAP END\r\n")
                    _ = try await ann.hear(until: " 422 ")
                    // The operator meant beta to go while the store was down.
                    try await world.writer.markComplete()
                    return String(decoding: try await bob.hearAll(), as: UTF8.self)
                }
                #expect(bob.contains("This network has ended"))
                try await world.serves(["acme"])
                try await ann.send("MOTD\r\n")
                _ = try await ann.hear(until: ":- Again")
            }
            try await world.writer.put(tenant: ProjectionWorld.tenant("gamma"))
            try await world.serves(["acme", "gamma"])
        }
    }

    @Test func `an edge that starts after the loss waits for the whole again`() async throws {
        try await ProjectionWorld.run(.redis) { world in
            try await world.writer.put(tenant: ProjectionWorld.tenant("acme"))
            try await self.lose(world)
            try await world.writer.put(tenant: ProjectionWorld.tenant("beta"))
            #expect(!world.readiness.isReady)
            #expect(world.applied.updates.isEmpty)
            #expect(try await world.writer.load().tenants.keys.map(\.text) == ["beta"])
            try await world.writer.markComplete()
            try await world.serves(["beta"])
        }
    }

    @Test func `a store that goes back in time is begun anew, so that no edge takes new changes for those it had`()
        async throws
    {
        try await ProjectionWorld.run(.redis) { world in
            let redis = try #require(world.redis)
            try await world.writer.put(tenant: ProjectionWorld.tenant("early"))
            try await world.writer.markComplete()
            try await world.serves(["early"])
            try redis.remember()
            try await world.writer.put(tenant: ProjectionWorld.tenant("late"))
            try await world.serves(["early", "late"])
            try redis.goBack()
            try await within(.seconds(60), "the writer's notice") {
                var losses = world.writer.losses.makeAsyncIterator()
                _ = try await losses.next()
            }
            let state = try await world.writer.load()
            #expect(state.tenants.keys.map(\.text) == ["early"] && state.isComplete)
            // As many changes as were lost: the log is as long as it was, and not the same.
            try await world.writer.put(tenant: ProjectionWorld.tenant("late", motd: ["Again"]))
            try await world.applied.wait(for: "the new one") { $0.sorted.last?.motd == ["Again"] }
            try await world.writer.remove(tenant: try #require(TenantID("early")))
            try await world.serves(["late"])
        }
    }
}
