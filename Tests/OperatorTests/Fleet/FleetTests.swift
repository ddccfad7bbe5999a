// How often people lose their connection when edges are replaced, or become fewer: with real edges behind the pods of the double,
// and a Service that leads whoever connects to any pod that is ready.

import FoundationEssentials
import KubeAPIDouble
import KubeClient
import NIOCore
import Operator
import TestClients
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized)
struct FleetTests {
    private static let people = 60

    /// A cell with edges that run, and people on them.
    private struct Fleet {
        let rig: ClusterRig
        let clients: FleetClients
        /// How many were turned away before all were there: an edge may hear of the tenant a moment after it is said to be ready.
        var refusedBefore = 0

        /// How many were turned away since all were there.
        var refusals: Int { self.clients.count.refusals - self.refusedBefore }

        /// Waits until there are so many pods, all of them ready and none of these.
        func settle(_ pods: Int, without old: Set<String> = []) async throws {
            try await until("\(pods) pods that are ready", within: .seconds(120)) { [rig, clients] in
                let objects = rig.server.objects("pods", namespace: "roost")
                let isSettled = objects.allSatisfy { pod in
                    let ready = (pod[at: "status.conditions"]?.array ?? []).first { $0["type"] == "Ready" }
                    return ready?["status"] == "True" && pod[at: "metadata.deletionTimestamp"]?.string == nil
                        && !old.contains(pod[at: "metadata.name"]?.string ?? "")
                }
                return objects.count == pods && isSettled && clients.count.welcomed == FleetTests.people
            }
        }

        var pods: Set<String> {
            Set(self.rig.server.objects("pods", namespace: "roost").compactMap { $0[at: "metadata.name"]?.string })
        }

        /// Changes the cell's edges as `kubectl patch` does.
        func change(_ edge: DoubleJSON) throws {
            try self.rig.server.patch("cells.roost.chat", name: "default", ["spec": ["edge": edge]])
        }
    }

    /// Runs a body with so many edges and sixty people.
    private func withFleet(_ edges: Int, _ body: @escaping @Sendable (Fleet) async throws -> Void) async throws {
        // The autoscaler believes no figures of an edge that has not been ready for a minute: the API server's time is that late.
        try await ClusterRig.with(now: { Date() - 60 }) { rig in
            let database = try PostgresServer.shared().makeDatabase()
            try await rig.apply(ClusterRig.secret("roost-postgres", ["url": database]))
            let nodes = FleetNodes(rig, database: database)
            let service = try await FaultProxy { nodes.port() }
            let clients = FleetClients()
            try await rig.withOperator { _ in
                try await rig.applyCell([
                    "edge": [
                        "replicas": .integer(Int64(edges)), "connectionsPerPod": 10_000,
                        "drain": ["announce": "1s", "gracePeriod": "1s", "longest": "5s"],
                        "autoscaling": [
                            "maxReplicas": 8, "bufferPods": 0, "targetLoopUtilization": 100,
                            "scaleDown": ["stabilization": "3s"],
                        ],
                    ]
                ])
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                let address = try SocketAddress(ipAddress: "127.0.0.1", port: service.port)
                let tls = try Client.TLS(roots: nil, serverName: "acme.chat.example.com")
                do {
                    try await withThrowingTaskGroup { group in
                        group.addTask { await nodes.run() }
                        try await rig.wait(for: .cells, "default", "all edges", within: .seconds(60)) {
                            $0?.status["readyReplicas"] == .integer(Int64(edges))
                        }
                        try await rig.waitReady("acme")
                        group.addTask { await clients.run(Self.people, at: address, tls: tls) }
                        var fleet = Fleet(rig: rig, clients: clients)
                        try await fleet.settle(edges)
                        #expect(clients.count.disconnects == 0)
                        fleet.refusedBefore = clients.count.refusals
                        try await body(fleet)
                        group.cancelAll()
                    }
                } catch { throw EdgeProcess.Failure(description: "\(error) \(clients.count)\n\(nodes.problems)") }
            }
            await service.end()
        }
    }

    @Test func `a rollout moves everybody once`() async throws {
        try await self.withFleet(4) { fleet in
            let old = fleet.pods
            try fleet.change(["pod": ["annotations": ["example.com/again": "yes"]]])
            try await fleet.settle(4, without: old)
            let count = fleet.clients.count
            #expect(count.disconnects <= Self.people, "\(count)")
            #expect(fleet.refusals == 0, "\(count)")
        }
    }

    /// Has somebody in a channel hear what another says there, each on whatever edge the Service led to.
    private static func chat(at address: SocketAddress, _ tls: Client.TLS, _ words: String) async throws {
        let heard = try await Client.talk(at: address, tls: tls) { ann in
            try await ann.send("NICK ann\r\nUSER ann 0 * :Ann\r\nJOIN #lobby\r\n")
            _ = try await ann.hear(until: " 366 ")
            try await Client.talk(at: address, tls: tls) { bob in
                try await bob.send("NICK bob\r\nUSER bob 0 * :Bob\r\nJOIN #lobby\r\nPRIVMSG #lobby :\(words)\r\n")
                _ = try await bob.hear(until: " 366 ")
            }
            return try await ann.hear(until: words)
        }
        #expect(heard.contains("PRIVMSG #lobby :\(words)"))
    }

    @Test func `two edges serve the tenants of two Redis, also those that are moved from the one to the other`()
        async throws
    {
        try await ClusterRig.with { rig in
            let database = try PostgresServer.shared().makeDatabase()
            try await rig.apply(ClusterRig.secret("roost-postgres", ["url": database]))
            let second = try await RedisServer.started()
            defer { second.end() }
            try await rig.apply(ClusterRig.secret("redis-two", ["url": second.url]))
            let nodes = FleetNodes(rig, database: database)
            let service = try await FaultProxy { nodes.port() }
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: service.port)
            func cell(drain: Bool) -> JSON {
                let references: [JSON] = ["roost-redis", "redis-two"].map { ["name": .string($0), "key": "url"] }
                let instances: [JSON] = [
                    ["urlSecretRef": references[0]], ["urlSecretRef": references[1], "drain": .bool(drain)],
                ]
                return ["edge": ["replicas": 2], "redis": .array(instances)]
            }
            try await rig.withOperator { _ in
                try await rig.applyCell(cell(drain: false))
                do {
                    try await withThrowingTaskGroup { group in
                        group.addTask { await nodes.run() }
                        try await rig.wait(for: .cells, "default", "both edges", within: .seconds(60)) {
                            $0?.status["readyReplicas"] == 2
                        }
                        var homes: Set<String?> = []
                        let names = ["acme", "beta"]
                        for name in names {
                            try await rig.apply(ClusterRig.tenant(name), .tenants)
                            homes.insert(try await rig.waitReady(name).status["redis"].string)
                        }
                        #expect(homes == ["roost-redis/url", "redis-two/url"])
                        for name in names {
                            let tls = try Client.TLS(roots: nil, serverName: "\(name).chat.example.com")
                            try await Self.chat(at: address, tls, "Hello \(name)")
                        }
                        try await rig.apply(ClusterRig.cell("default", cell(drain: true)), .cells)
                        for name in names {
                            try await rig.wait(for: .tenants, name, in: "chat", "\(name) in the first") {
                                $0?.status["redis"] == "roost-redis/url"
                            }
                            let tls = try Client.TLS(roots: nil, serverName: "\(name).chat.example.com")
                            try await until("\(name) being served there", within: .seconds(30)) {
                                (try? await Self.chat(at: address, tls, "Again \(name)")) != nil
                            }
                        }
                        group.cancelAll()
                    }
                } catch { throw EdgeProcess.Failure(description: "\(error)\n\(nodes.problems)") }
            }
            await service.end()
        }
    }

    @Test(arguments: [DoubleJSON.null, 2])
    func `eight edges become two, and nobody moves twice`(replicas: DoubleJSON) async throws {
        try await self.withFleet(8) { fleet in
            try fleet.change(["replicas": replicas])
            try await fleet.settle(2)
            let count = fleet.clients.count
            #expect(count.disconnects <= Self.people, "\(count)")
            #expect(fleet.refusals == 0, "\(count)")
        }
    }
}
