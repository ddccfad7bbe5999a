import FoundationEssentials
import KubeAPIDouble
import KubeClient
import NIOCore
import Operator
import TestClients
import TestSupport
import Testing

/// From `kubectl apply` to a client that talks: an operator, the program `roost edge`, a real Redis and PostgreSQL.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct ServingTests {
    @Test func `a client talks on a new tenant's hostname within two seconds of its creation`() async throws {
        try await ClusterRig.with { rig in
            let database = try PostgresServer.shared().makeDatabase()
            try await rig.apply(ClusterRig.secret("roost-postgres", ["url": database]))
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.wait(for: .cells, "default") { $0?.condition("StoresReady")?["status"] == "True" }
                let keys = try await rig.user.get(.secrets, "roost-default-keys", in: "roost")
                let key = try #require(keys.json["data"]["sealing"].string.flatMap { Data(base64Encoded: $0) })
                let edge = try EdgeProcess(redis: rig.redis.url, database: database, key: Array(key))
                do {
                    try await self.serve(rig, edge)
                } catch {
                    await edge.kill()
                    throw EdgeProcess.Failure(description: "\(error)\n\(edge.output)")
                }
                await edge.kill()
            }
        }
    }

    private func serve(_ rig: ClusterRig, _ edge: EdgeProcess) async throws {
        try await edge.answers("/readyz") { $0.contains("200 OK") }
        let began = ContinuousClock.now
        try await rig.apply(ClusterRig.tenant("acme", ["motd": "Welcome to Acme."]), .tenants)
        try await rig.waitReady("acme")
        let tls = try Client.TLS(roots: nil, serverName: "acme.chat.example.com")
        try await Client.talk(at: edge.ircs, tls: tls) { conversation in
            try await conversation.send("NICK ann\r\nUSER ann 0 * :Ann\r\n")
            let welcome = try await conversation.hear(until: "Welcome to Acme.")
            #expect(welcome.contains(":acme.chat.example.com 001 ann "))
            #expect(ContinuousClock.now - began < .seconds(2))
            // The edge's figures come back as the tenant's usage.
            try await rig.wait(for: .tenants, "acme", in: "chat", "the connection being counted") {
                $0?.status["usage"]["connections"] == 1
            }
            try await rig.apply(ClusterRig.tenant("acme", ["state": "Suspended"]), .tenants)
            let goodbye = try await conversation.hear(until: "suspended")
            #expect(goodbye.contains("ERROR "))
        }
        try await rig.waitReady("acme", reason: "Suspended")
    }
}
