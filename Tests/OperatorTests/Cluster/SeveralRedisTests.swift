import KubeAPIDouble
import KubeClient
import Logging
import NIOCore
import NIOPosix
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// A cell with two Redis instances.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct SeveralRedisTests {
    private static let names = ["roost-redis/url", "redis-two/url"]

    private static func spec(draining: String? = nil) -> JSON {
        let instances = Self.names.map { name -> JSON in
            let secret = name.split(separator: "/").map(String.init)
            let reference: JSON = ["name": .string(secret[0]), "key": .string(secret[1])]
            return ["urlSecretRef": reference, "drain": .bool(name == draining)]
        }
        return ["redis": .array(instances)]
    }

    /// A cluster with a cell over both.
    private static func with(_ body: (ClusterRig, _ second: RedisServer) async throws -> Void) async throws {
        try await ClusterRig.with { rig in
            let second = try await RedisServer.started()
            defer { second.end() }
            try await rig.apply(ClusterRig.secret("redis-two", ["url": second.url]))
            try await rig.withOperator { _ in
                try await rig.applyCell(Self.spec())
                try await body(rig, second)
            }
        }
    }

    private static func redis(of tenant: KubeObject) -> String? { tenant.status["redis"].string }

    /// Leaves something live of a tenant in a Redis, as an edge does.
    private static func leave(_ tenant: String, in url: String) async throws {
        let store = try await Self.store(url)
        let shard = try await TestShard(store)
        let log = LogKey(try #require(TenantID(tenant)), .channel, "#lobby")
        _ = try await shard.append(Transaction(changes: [LogChange(log, payload: ByteBuffer(string: "made"))]))
        await store.shutdown()
    }

    private static func remains(of tenant: String, in url: String) async throws -> Int {
        let store = try await Self.store(url)
        let count = try await store.remains(of: try #require(TenantID(tenant)))
        await store.shutdown()
        return count
    }

    private static func store(_ url: String) async throws -> RedisLiveStore {
        let group = MultiThreadedEventLoopGroup.singleton
        return try await RedisLiveStore.connect(
            url: url,
            group: group,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    @Test func `tenants are spread over both, and edges find them there`() async throws {
        try await Self.with { rig, _ in
            var lived: [String: String] = [:]
            for number in 1...6 {
                try await rig.apply(ClusterRig.tenant("tenant-\(number)"), .tenants)
                lived["tenant-\(number)"] = Self.redis(of: try await rig.waitReady("tenant-\(number)"))
            }
            for name in Self.names { #expect(lived.values.count { $0 == name } == 3) }
            let served = try await rig.projection().tenants.values
            for tenant in served {
                let name = try #require(lived[tenant.id.text])
                #expect(tenant.hosted.redis == (name == Self.names[0] ? nil : name))
            }
            // An edit moves nobody.
            try await rig.apply(ClusterRig.tenant("tenant-1", ["motd": "Hello"]), .tenants)
            #expect(Self.redis(of: try await rig.waitReady("tenant-1")) == lived["tenant-1"])
            let edges = try await rig.user.get(.deployments, "roost-default-edge", in: "roost")
            let environment = edges.spec["template"]["spec"]["containers"][0]["env"].elements ?? []
            let url = environment.first { $0["name"].string == "ROOST_REDIS_URL" }
            #expect(url?["value"].string == "$(ROOST_REDIS_0) redis-two/url=$(ROOST_REDIS_1)")
            #expect(!edges.json.text.contains(rig.redis.url))
        }
    }

    @Test func `an instance that is drained is left by its tenants, who find nothing old where they go`() async throws {
        try await Self.with { rig, second in
            let names = (1...4).map { "tenant-\($0)" }
            for name in names {
                try await rig.apply(ClusterRig.tenant(name), .tenants)
                try await rig.waitReady(name)
                try await Self.leave(name, in: rig.redis.url)
                try await Self.leave(name, in: second.url)
            }
            try await rig.apply(ClusterRig.cell("default", Self.spec(draining: Self.names[1])), .cells)
            try await rig.wait(for: .cells, "default", "the end of the drain") {
                $0?.condition("StoresReady")?["message"].string?.contains("nobody lives there any more") == true
            }
            for name in names {
                try await rig.wait(for: .tenants, name, in: "chat", "\(name) living in the first") {
                    $0.flatMap(Self.redis) == Self.names[0]
                }
            }
            #expect(try await rig.projection().tenants.values.allSatisfy { $0.hosted.redis == nil })
            // Who lived in the first has what it had there, who came has nothing of an earlier stay.
            var counts: [Int] = []
            for name in names { counts.append(try await Self.remains(of: name, in: rig.redis.url)) }
            #expect(counts.count { $0 > 0 } == 2 && counts.count { $0 == 0 } == 2)
        }
    }

    @Test func `an instance whose Secret is another one is the same, with all that is live there`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                #expect(Self.redis(of: try await rig.waitReady("acme")) == Self.names[0])
                try await Self.leave("acme", in: rig.redis.url)
                let before = try await Self.remains(of: "acme", in: rig.redis.url)
                try await rig.apply(ClusterRig.secret("renamed", ["url": rig.redis.url]))
                let spec: JSON = ["redis": ["urlSecretRef": ["name": "renamed", "key": "url"]]]
                try await rig.apply(ClusterRig.cell("default", spec), .cells)
                try await rig.wait(for: .tenants, "acme", in: "chat", "the new name") {
                    $0.flatMap(Self.redis) == "renamed/url"
                }
                #expect(before > 0)
                #expect(try await Self.remains(of: "acme", in: rig.redis.url) == before)
            }
        }
    }

    @Test func `one that is away is told by its name, and who lives in the other is served`() async throws {
        try await Self.with { rig, second in
            try await rig.apply(ClusterRig.tenant("acme"), .tenants)
            try await rig.waitReady("acme")
            second.end()
            try await rig.wait(for: .cells, "default", "the complaint", within: .seconds(60)) { cell in
                let condition = cell?.condition("StoresReady")
                return condition?["reason"] == "RedisUnavailable"
                    && condition?["message"].string?.contains("redis-two/url") == true
            }
            for name in ["beta", "gamma"] {
                try await rig.apply(ClusterRig.tenant(name), .tenants)
                #expect(Self.redis(of: try await rig.waitReady(name)) == Self.names[0])
            }
        }
    }

    @Test(arguments: [
        ([names[0], names[0]], "twice"), ([names[0], "alias/url"], "are one Redis"),
    ])
    func `two that are one are refused`(names: [String], words: String) async throws {
        try await ClusterRig.with { rig in
            try await rig.apply(ClusterRig.secret("alias", ["url": rig.redis.url]))
            try await rig.withOperator { _ in
                let instances = names.map { name -> JSON in
                    let secret = name.split(separator: "/").map(String.init)
                    return ["urlSecretRef": ["name": .string(secret[0]), "key": .string(secret[1])]]
                }
                try await rig.applyCell(["redis": .array(instances)])
                try await rig.wait(for: .cells, "default", "the refusal") { cell in
                    let condition = cell?.condition("StoresReady")
                    return condition?["reason"] == "NotConfigured"
                        && condition?["message"].string?.contains(words) == true
                }
            }
        }
    }
}
