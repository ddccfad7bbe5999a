import KubeAPIDouble
import KubeClient
import NIOPosix
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// What edges remember of an administrator's log-in ends with the password in the Secret.
@Suite(.serialized)
struct AdminPasswordTests {
    @Test func `a password that a Secret replaces lets nobody in by what edges remember of it`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.secret("alice", in: "chat", ["password": "correct horse"]))
                let alice: JSON = ["account": "alice", "passwordSecretRef": ["name": "alice", "key": "password"]]
                try await rig.apply(ClusterRig.tenant("acme", ["admins": [alice]]), .tenants)
                try await rig.waitReady("acme")
                let id = try #require(TenantID("acme"))
                let durable = try DurableStore.open(rig.database("default"), logger: rig.logger)
                try await until("alice having an account") { try await !durable.accounts.list(of: id).isEmpty }

                let live = try await RedisLiveStore.connect(
                    url: rig.redis.url,
                    group: MultiThreadedEventLoopGroup.singleton,
                    logger: rig.logger
                )
                let (shard, log) = (try await TestShard(live), RememberedLogins.log(of: id))
                let fields = ["alice", "carol"].map { FieldChange.set(RememberedLogins.field(of: $0), [1]) }
                _ = try await shard.append(Transaction(changes: [LogChange(log, fields: fields)]))
                try await rig.apply(ClusterRig.secret("alice", in: "chat", ["password": "battery staple"]))
                // Secrets are looked at with their tenants.
                try await rig.apply(ClusterRig.tenant("acme", ["admins": [alice], "motd": "Welcome"]), .tenants)
                try await until("alice being forgotten") {
                    try await shard.load(log)?.fields.keys.map(\.name) == ["carol"]
                }
                await live.shutdown()
                await durable.close()
            }
        }
    }
}
