import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// A cell's stores and Secrets: away, back, wrong, and renewed.
@Suite(.serialized)
struct CellStoresTests {
    private func waitStores(_ rig: ClusterRig, _ reason: String) async throws -> KubeObject {
        let cell = try await rig.wait(for: .cells, "default", "the stores being \(reason)") {
            $0?.condition("StoresReady")?["reason"] == .string(reason)
        }
        return try #require(cell)
    }

    private func expectAway(_ cell: KubeObject, _ reason: String) {
        #expect(cell.condition("StoresReady")?["status"] == "False")
        #expect(cell.condition("Ready")?["status"] == "False")
        #expect(cell.condition("Ready")?["reason"] == .string(reason))
    }

    @Test func `a Redis that goes away is told, and that it is back`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                try await rig.waitReady("acme")
                try rig.redis.kill()
                self.expectAway(try await self.waitStores(rig, "RedisUnavailable"), "RedisUnavailable")
                let event = try await rig.waitTold("RedisUnavailable")
                #expect(event.json["type"] == "Warning")
                try rig.redis.start()
                let cell = try await self.waitStores(rig, "Connected")
                #expect(cell.condition("Ready")?["reason"] == "Serving")
                #expect(try await rig.projection().tenants.count == 1)
            }
        }
    }

    @Test func `the first edges are made when there is a schema to start with`() async throws {
        try await ClusterRig.with { rig in
            let connector = AwayConnector(logger: rig.logger)
            connector.set(away: true)
            try await rig.withOperator(connector: connector) { _ in
                try await rig.applyCell()
                let cell = try await self.waitStores(rig, "PostgresUnavailable")
                #expect(cell.condition("EdgeReady")?["reason"] == "NoPodsReady")
                #expect(try await rig.user.list(.deployments, in: "roost").items.isEmpty)
                connector.set(away: false)
                try await rig.wait(for: .cells, "default") { $0?.condition("EdgeReady")?["reason"] == "Available" }
            }
        }
    }

    @Test func `a database that goes away is told while edges are looked after`() async throws {
        try await ClusterRig.with { rig in
            let connector = AwayConnector(logger: rig.logger)
            try await rig.withOperator(connector: connector) { _ in
                try await rig.applyCell()
                _ = try await self.waitStores(rig, "Connected")
                connector.set(away: true)
                self.expectAway(try await self.waitStores(rig, "PostgresUnavailable"), "PostgresUnavailable")
                try rig.server.patch("cells.roost.chat", name: "default", ["spec": ["edge": ["replicas": 3]]])
                try await rig.wait(for: .cells, "default", "the edges") { $0?.status["readyReplicas"] == 3 }
                connector.set(away: false)
                _ = try await self.waitStores(rig, "Connected")
            }
        }
    }

    @Test(
        arguments: [
            ("roost-redis", "redis://127.0.0.1:", "RedisUnavailable"),
            ("roost-postgres", "postgresql://roost@127.0.0.1:", "PostgresUnavailable"),
        ]
    )
    func `a store that was never there is told by name`(secret: String, url: String, reason: String) async throws {
        try await ClusterRig.with { rig in
            try await rig.apply(ClusterRig.secret(secret, ["url": "\(url)\(try FreePort.find())"]))
            try await rig.withOperator { _ in
                try await rig.applyCell()
                self.expectAway(try await self.waitStores(rig, reason), reason)
            }
        }
    }

    @Test func `keys that are none are told to the cell and to its tenants`() async throws {
        try await ClusterRig.with { rig in
            try await rig.apply(ClusterRig.secret("roost-default-keys", ["sealing": "short", "secret": "short"]))
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                let cell = try await self.waitStores(rig, "KeysUnusable")
                #expect(cell.condition("StoresReady")?["message"].string?.contains("roost-default-keys") == true)
                let tenant = try await rig.waitReady("acme", reason: "CellNotReady")
                #expect(tenant.condition("Ready")?["message"].string?.contains("keys") == true)
                // Without it the operator makes new ones.
                try await rig.user.delete(.secrets, "roost-default-keys", in: "roost")
                try await rig.waitReady("acme")
            }
        }
    }

    @Test func `an API server that stumbles says nothing of the stores`() async throws {
        try await ClusterRig.with { rig in
            let reads = KubeAPIMatch(verb: "get", resource: "secrets", name: "roost-redis")
            try await rig.withOperator { _ in
                try await rig.applyCell()
                _ = try await self.waitStores(rig, "Connected")
                rig.server.fail(reads, with: .internalError, times: nil)
                let before = rig.server.count(verb: "get", resource: "secrets", name: "roost-redis")
                // A look after a look that could not read it.
                try await until("three more attempts") {
                    rig.server.count(verb: "get", resource: "secrets", name: "roost-redis") > before + 3
                }
                let cell = try await rig.user.get(.cells, "default")
                #expect(cell.condition("StoresReady")?["reason"] == "Connected")
            }
            // One that begins now knows nothing, and says that it cannot read, not that nothing is there.
            try await rig.withOperator { _ in
                let cell = try await self.waitStores(rig, "SecretUnreadable")
                #expect(cell.condition("StoresReady")?["message"].string?.contains("roost-redis") == true)
                rig.server.disarmAll()
                _ = try await self.waitStores(rig, "Connected")
            }
        }
    }

    // MARK: The cell's own certificate

    @Test func `a certificate that the cell names no more is taken away`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                try await rig.waitReady("acme")
                #expect(try await rig.projection().certificates[Projection.wildcard] != nil)
                var cell = ClusterRig.cell([:])
                cell.json["spec"]["tls"] = .null
                try await rig.apply(cell, .cells)
                let tenant = try await rig.waitReady("acme", reason: "NoCertificate")
                #expect(tenant.condition("StoreReady")?["status"] == "True")
                try await until("the certificate being gone") {
                    try await rig.projection().certificates[Projection.wildcard] == nil
                }
            }
        }
    }

    @Test func `a certificate whose Secret is gone outlives a live store that loses everything`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                try await rig.waitReady("acme")
                let known = rig.server.count(verb: "get", resource: "secrets", name: "wildcard")
                try await rig.user.delete(.secrets, "wildcard", in: "roost")
                try await until("the loss being noticed") {
                    rig.server.count(verb: "get", resource: "secrets", name: "wildcard") > known + 2
                }
                _ = try rig.redis.command("FLUSHALL")
                try await until("the projection being whole again") { try await rig.projection().isComplete }
                let state = try await rig.projection()
                #expect(state.certificates[Projection.wildcard] != nil)
                #expect(state.tenants.count == 1)
            }
        }
    }
}
