import KubeAPIDouble
import KubeClient
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// Other passwords for a cell's stores, as docs/operations/backup-and-restore.md has it done.
@Suite(.serialized)
struct PasswordRotationTests {
    private static func wait(_ rig: ClusterRig, _ reason: String) async throws {
        try await rig.wait(for: .cells, "default", "StoresReady \(reason)") {
            $0?.condition("StoresReady")?["reason"].string == reason
        }
    }

    /// What the edges' template says of the stores: another makes other pods.
    private static func template(_ rig: ClusterRig) -> String? {
        let deployment = rig.server.object("deployments.apps", namespace: "roost", name: "roost-default-edge")
        return deployment?[path: ["spec", "template", "metadata", "annotations", "roost.chat/stores"]]?.string
    }

    private static func serves(_ rig: ClusterRig, _ tenant: String) async throws {
        try await rig.apply(ClusterRig.tenant(tenant), .tenants)
        try await rig.waitReady(tenant)
    }

    @Test func `a password that Redis does not know yet restarts no edge and takes nobody off the net`() async throws {
        try await ClusterRig.with { rig in
            @Sendable func url(_ password: String) -> String { "redis://cell:\(password)@127.0.0.1:\(rig.redis.port)" }
            func use(_ password: String) async throws {
                try await rig.apply(ClusterRig.secret("roost-redis", ["url": url(password)]))
            }
            try rig.redis.command("ACL", "SETUSER", "cell", "on", ">old", "~*", "&*", "+@all")
            try await use("old")
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.wait(for: .cells, "default") { $0?.condition("EdgeReady")?["reason"] == "Available" }
                let before = try #require(Self.template(rig))
                // Too early: the Secret before the store.
                try await use("new")
                try await Self.wait(rig, "RedisUnavailable")
                #expect(Self.template(rig) == before)
                try await Self.serves(rig, "acme")
                #expect(Self.template(rig) == before)
                // Both are right for as long as the fleet takes.
                try rig.redis.command("ACL", "SETUSER", "cell", ">new")
                try await Self.wait(rig, "Connected")
                try await until("the edges being replaced") { Self.template(rig) != before }
                try await rig.wait(for: .cells, "default") { $0?.condition("EdgeReady")?["reason"] == "Available" }
                try rig.redis.command("ACL", "SETUSER", "cell", "<old")
                try rig.redis.command("CLIENT", "KILL", "USER", "cell")
                try await Self.serves(rig, "globex")
                #expect(try await rig.projection(url("new")).tenants.count == 2)
            }
        }
    }

    @Test func `nor does an operator that begins while the password does not hold`() async throws {
        try await ClusterRig.with { rig in
            func use(_ password: String) async throws {
                let url = "redis://cell:\(password)@127.0.0.1:\(rig.redis.port)"
                try await rig.apply(ClusterRig.secret("roost-redis", ["url": url]))
            }
            try rig.redis.command("ACL", "SETUSER", "cell", "on", ">old", "~*", "&*", "+@all")
            try await use("old")
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.wait(for: .cells, "default") { $0?.condition("EdgeReady")?["reason"] == "Available" }
            }
            let before = try #require(Self.template(rig))
            try await use("new")
            try await rig.withOperator { _ in
                try await Self.wait(rig, "RedisUnavailable")
                #expect(Self.template(rig) == before)
                try await use("old")
                try await Self.wait(rig, "Connected")
                #expect(Self.template(rig) == before)
            }
        }
    }

    @Test func `PostgreSQL's password is another when another role acts as the owner`() async throws {
        let postgres = try PostgresServer.shared()
        let first = try postgres.makeDatabase()
        let database = try #require(first.split(separator: "/").last.map(String.init))
        let second = postgres.url(of: database, role: "\(database)_b")
        try await ClusterRig.with { rig in
            func use(_ url: String) async throws {
                try await rig.apply(ClusterRig.secret("roost-postgres", ["url": url]))
            }
            try await use(first)
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.wait(for: .cells, "default") { $0?.condition("EdgeReady")?["reason"] == "Available" }
                let before = try #require(Self.template(rig))
                try await Self.serves(rig, "acme")
                // Too early: there is no such role.
                try await use(second)
                try await Self.wait(rig, "PostgresUnavailable")
                #expect(Self.template(rig) == before)
                try await Self.serves(rig, "initech")
                try postgres.query("CREATE ROLE \(database)_b LOGIN IN ROLE roost", in: "postgres")
                try postgres.query("ALTER ROLE \(database)_b SET role = 'roost'", in: "postgres")
                try await Self.wait(rig, "Connected")
                try await until("the edges being replaced") { Self.template(rig) != before }
                try await Self.serves(rig, "globex")
                // What the one made the other owns: it is the same owner.
                #expect(try postgres.query("SELECT count(*) FROM tenants", in: database).contains("3"))
            }
        }
    }
}
