import Chat
import FoundationEssentials
import KubeAPIDouble
import KubeClient
import NIOPosix
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// What stands in a tenant's way, and how little of it may keep the tenant off the net.
@Suite(.serialized)
struct TenantTroubleTests {
    @Test func `administrators have accounts for as long as they are named, and a missing password keeps nobody off`()
        async throws
    {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.secret("alice", in: "chat", ["password": "correct horse"]))
                func admin(_ name: String) -> JSON {
                    ["account": .string(name), "passwordSecretRef": ["name": .string(name), "key": "password"]]
                }
                let both: JSON = ["admins": [admin("alice"), admin("bob")]]
                try await rig.apply(ClusterRig.tenant("acme", both), .tenants)
                let waiting = try await rig.waitReady("acme", reason: "SecretNotFound")
                #expect(waiting.condition("Ready")?["message"].string?.contains("bob") == true)
                #expect(waiting.condition("StoreReady")?["status"] == "True")
                #expect(try await rig.projection().tenants.count == 1)
                let durable = try DurableStore.open(rig.database("default"), logger: rig.logger)
                let id = try #require(TenantID("acme"))
                @Sendable func admins() async throws -> [String] {
                    try await durable.accounts.list(of: id).filter { $0.role == .admin }.map(\.name)
                }
                try await until("alice having an account") { try await admins() == ["alice"] }
                try await rig.apply(ClusterRig.secret("bob", in: "chat", ["password": "battery staple"]))
                try await rig.waitReady("acme")
                try await until("bob having an account") { try await admins() == ["alice", "bob"] }
                // Her Secret is gone, and she is an administrator still; he is named no more.
                try await rig.user.delete(.secrets, "alice", in: "chat")
                try await rig.apply(ClusterRig.tenant("acme", ["admins": [admin("alice")]]), .tenants)
                try await rig.waitReady("acme", reason: "SecretNotFound")
                try await until("bob being a user") { try await admins() == ["alice"] }
                #expect(try await durable.accounts.list(of: id).map(\.name) == ["alice", "bob"])
                await durable.close()
            }
        }
    }

    @Test func `a route that the API server refuses keeps nobody off the net`() async throws {
        try await ClusterRig.with(groups: [.gatewayAPI]) { rig in
            try await rig.withOperator { _ in
                let routes = KubeAPIMatch(verb: "patch", resource: "httproutes")
                let fault = rig.server.fail(
                    routes,
                    with: .init(code: 403, reason: "Forbidden", message: "a policy says no"),
                    times: nil
                )
                let gateway: JSON = ["routes": ["gateway": ["name": "edge", "namespace": "infra"]]]
                try await rig.applyCell(gateway.merging(["edge": ["service": ["proxyProtocol": false]]]))
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                let tenant = try await rig.waitReady("acme", reason: "ApplyRejected")
                #expect(tenant.condition("RoutesReady")?["message"].string?.contains("a policy says no") == true)
                #expect(tenant.condition("StoreReady")?["status"] == "True")
                #expect(tenant.status["hostnames"] == ["acme.chat.example.com"])
                #expect(try await rig.projection().tenants.count == 1)
                rig.server.disarm(fault)
                try await rig.waitReady("acme", reason: "Pending")
            }
        }
    }

    @Test func `of two who ask for a hostname at the same moment one is served`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.wait(for: .cells, "default") { $0?.condition("StoresReady")?["status"] == "True" }
                let pairs = (0..<12).map { number in ["a\(number)", "z\(number)"] }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (number, pair) in pairs.enumerated() {
                        for name in pair.shuffled() {
                            let tenant = ClusterRig.tenant(name, hostnames: ["h\(number).chat.example.com"])
                            group.addTask { try await rig.apply(tenant, .tenants) }
                        }
                    }
                    try await group.waitForAll()
                }
                for pair in pairs {
                    var reasons: [String] = []
                    for name in pair {
                        let settled = try await rig.wait(for: .tenants, name, in: "chat") { object in
                            ["Serving", "HostnameTaken"].contains(object?.condition("Ready")?["reason"].string)
                        }
                        reasons.append(settled?.condition("Ready")?["reason"].string ?? "")
                    }
                    #expect(reasons.sorted() == ["HostnameTaken", "Serving"], "\(pair)")
                }
                let hostnames = try await rig.projection().tenants.values.flatMap(\.hosted.hostnames)
                #expect(hostnames.count == pairs.count)
                #expect(Set(hostnames).count == pairs.count)
            }
        }
    }

    @Test func `what a tenant uses is told without reading its Secrets again`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(
                    ClusterRig.secret("acme-tls", in: "chat", TestCertificates.make(for: ["irc.acme.org"]))
                )
                let spec: JSON = ["tls": ["secretRef": ["name": "acme-tls"]]]
                try await rig.apply(ClusterRig.tenant("acme", hostnames: ["irc.acme.org"], spec), .tenants)
                try await rig.waitReady("acme")
                let group = MultiThreadedEventLoopGroup.singleton
                let store = try await RedisLiveStore.connect(url: rig.redis.url, group: group, logger: rig.logger)
                let id = try #require(TenantID("acme"))
                func report(_ connections: Int) async throws {
                    let figures = PodFigures(
                        pod: "one",
                        connections: connections,
                        capacity: 1000,
                        shards: 1,
                        utilization: [0.2],
                        tenants: [id: connections]
                    )
                    _ = try await store.renewLease(for: .seconds(60), carrying: try figures.json())
                    try await rig.wait(for: .tenants, "acme", in: "chat", "\(connections) being told") {
                        $0?.status["usage"]["connections"].int == connections
                    }
                }
                try await report(1)
                let reads = rig.server.count(verb: "get", resource: "secrets", name: "acme-tls")
                let before = try await rig.user.get(.tenants, "acme", in: "chat")
                try await report(20)
                try await report(300)
                #expect(rig.server.count(verb: "get", resource: "secrets", name: "acme-tls") == reads)
                let after = try await rig.user.get(.tenants, "acme", in: "chat")
                #expect(after.status["conditions"] == before.status["conditions"])
                #expect(after.status["usage"]["connectionsLimit"] == 500)
                // At a limit the tenant is looked at as a whole.
                try await report(500)
                try await rig.wait(for: .tenants, "acme", in: "chat", "the limit being told") {
                    $0?.condition("WithinQuota")?["reason"] == "LimitReached"
                }
                await store.shutdown()
            }
        }
    }

    @Test(
        arguments: [
            (12, 12, false), (12, 13, true), (0, 1, true), (1, 0, true), (1000, 1040, false), (1000, 1060, true),
            (1000, 900, true), (1, .max, true),
        ]
    )
    func `figures are told when they changed as much as people would see`(from: Int, to: Int, news: Bool) {
        let old: JSON = [
            "connections": .integer(Int64(from)), "accounts": 0, "channels": 0, "historyBytes": 0,
            "messagesPerSecond": 0,
        ]
        #expect(TenantUsageWriter.isNews(.init(connections: to), since: old) == news)
    }

    @Test func `a database that is away is told, and waited for`() async throws {
        try await ClusterRig.with { rig in
            let url = try PostgresServer.shared().makeDatabase()
            let address = try #require(url.split(separator: "@").last)
            let port = try #require(address.split(separator: "/").first?.split(separator: ":").last.flatMap { Int($0) })
            let way = try await FaultProxy(to: port)
            let through = url.replacing(":\(port)/", with: ":\(way.port)/")
            try await rig.apply(ClusterRig.secret("roost-postgres", ["url": through]))
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                try await rig.waitReady("acme")
                way.set(.refuse)
                way.cut()
                try await rig.apply(ClusterRig.tenant("globex"), .tenants)
                let waiting = try await rig.waitReady("globex", reason: "StoreUnavailable")
                #expect(waiting.condition("Ready")?["message"].string?.contains("database") == true)
                // Who is served stays so, also with changes.
                try await rig.apply(ClusterRig.tenant("acme", ["motd": "still here"]), .tenants)
                try await rig.waitReady("acme")
                way.set(.pass)
                try await rig.waitReady("globex")
            }
            await way.end()
        }
    }
}
