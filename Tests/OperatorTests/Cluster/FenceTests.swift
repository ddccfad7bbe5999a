import KubeAPIDouble
import KubeClient
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// What keeps an operator from writing what is not its own any more, and has it write what a store forgot.
@Suite(.serialized)
struct FenceTests {
    /// Time that stands still: who is measured by it never learns that its lease is over.
    private static let frozen = TimeSource(now: { .zero }) { _ in
        let (never, end) = AsyncStream.makeStream(of: Void.self)
        for await _ in never {}
        end.finish()
        throw CancellationError()
    }

    private static func acme(_ motd: String) -> KubeObject {
        ClusterRig.tenant("acme", ["motd": .string(motd), "tls": ["secretRef": ["name": "own"]]])
    }

    private func motd(_ rig: ClusterRig) async throws -> [String]? {
        try await rig.projection().tenants.values.first { $0.id.text == "acme" }?.hosted.motd
    }

    @Test func `an operator whose lease was taken while it was frozen does not overwrite the next one's work`()
        async throws
    {
        try await ClusterRig.with { rig in
            let first = try rig.startOperator("first", elects: true, electionTime: Self.frozen)
            try await rig.wait(for: .leases, "roost-operator", in: "roost") { $0?.spec["holderIdentity"] == "first" }
            try await rig.applyCell()
            let certificate = try TestCertificates.make(for: ["acme.chat.example.com"])
            try await rig.apply(ClusterRig.secret("own", in: "chat", certificate))
            try await rig.apply(Self.acme("one"), .tenants)
            try await rig.waitReady("acme")
            // It stops in the middle, with the second generation in its hands.
            let gate = rig.server.hold(KubeAPIMatch(verb: "get", resource: "secrets", name: "own"), times: 1)
            try await rig.apply(Self.acme("two"), .tenants)
            await gate.arrival(of: 1)
            let second = try rig.startOperator("second", elects: true)
            try await rig.wait(for: .leases, "roost-operator", in: "roost", "the second leading") {
                $0?.spec["holderIdentity"] == "second"
            }
            try await rig.apply(Self.acme("three"), .tenants)
            try await rig.waitReady("acme")
            #expect(try await self.motd(rig) == ["three"])
            gate.open()
            try await until("the first one leading no more") { first.service.election?.isLeader == false }
            #expect(try await self.motd(rig) == ["three"])
            try await rig.apply(ClusterRig.tenant("globex"), .tenants)
            try await rig.waitReady("globex")
            try await rig.wait(for: .leases, "roost-operator", in: "roost", "the second leading still") {
                $0?.spec["holderIdentity"] == "second"
            }
            await first.stop()
            await second.stop()
        }
    }

    @Test func `a lease that was lost and counts anew catches up with the term in the store`() async throws {
        try await ClusterRig.with { rig in
            let before = KubeObject(
                .leases,
                name: "roost-operator",
                namespace: "roost",
                ["spec": ["holderIdentity": "", "leaseTransitions": 7]]
            )
            _ = try await rig.user.create(.leases, before)
            let first = try rig.startOperator("first", elects: true)
            try await rig.applyCell()
            try await rig.apply(ClusterRig.tenant("acme"), .tenants)
            try await rig.waitReady("acme")
            await first.stop()
            try await rig.user.delete(.leases, "roost-operator", in: "roost")
            let second = try rig.startOperator("second", elects: true)
            try await rig.apply(ClusterRig.tenant("globex"), .tenants)
            try await rig.waitReady("globex")
            let lease = try await rig.user.get(.leases, "roost-operator", in: "roost")
            #expect(lease.spec["leaseTransitions"].int ?? 0 > 8)
            await second.stop()
        }
    }

    @Test func `a second cell on the same Redis is refused, and the first one is served on`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                try await rig.waitReady("acme")
                try await rig.apply(ClusterRig.secret("postgres-two", ["url": rig.database("two")]))
                let spec: JSON = ["postgres": ["urlSecretRef": ["name": "postgres-two", "key": "url"]]]
                try await rig.apply(ClusterRig.cell("two", isDefault: false, spec), .cells)
                try await rig.wait(for: .cells, "two", "the refusal") { cell in
                    let condition = cell?.condition("StoresReady")
                    return condition?["reason"] == "StoresInUse"
                        && condition?["message"].string?.contains("cell default") == true
                }
                try await rig.apply(ClusterRig.tenant("acme", ["motd": "Hello"]), .tenants)
                try await rig.waitReady("acme")
                #expect(try await self.motd(rig) == ["Hello"])
                #expect(try await rig.user.find(.deployments, "roost-two-edge", in: "roost") == nil)
            }
            // Whoever leads next, it is the older one's.
            try await rig.withOperator { _ in
                try await rig.apply(ClusterRig.tenant("acme", ["motd": "Again"]), .tenants)
                try await rig.waitReady("acme")
                #expect(try await self.motd(rig) == ["Again"])
                #expect(try await rig.user.get(.cells, "two").condition("StoresReady")?["reason"] == "StoresInUse")
            }
        }
    }

    @Test func `a second cell that reaches the same Redis by another name is refused, until the first one is gone`()
        async throws
    {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                try await rig.waitReady("acme")
                let alias = rig.redis.url.replacing("127.0.0.1", with: "localhost")
                #expect(StorePlace(redis: alias) != StorePlace(redis: rig.redis.url))
                try await rig.apply(ClusterRig.secret("redis-two", ["url": alias]))
                try await rig.apply(ClusterRig.secret("postgres-two", ["url": rig.database("two")]))
                let spec: JSON = [
                    "redis": ["urlSecretRef": ["name": "redis-two", "key": "url"]],
                    "postgres": ["urlSecretRef": ["name": "postgres-two", "key": "url"]],
                ]
                try await rig.apply(ClusterRig.cell("two", isDefault: false, spec), .cells)
                try await rig.wait(for: .cells, "two", "the refusal") { cell in
                    let condition = cell?.condition("StoresReady")
                    return condition?["reason"] == "StoresInUse"
                        && condition?["message"].string?.contains("cell default of namespace roost") == true
                }
                #expect(try await rig.user.find(.deployments, "roost-two-edge", in: "roost") == nil)
                try await rig.apply(ClusterRig.tenant("acme", ["motd": "Hello"]), .tenants)
                try await rig.waitReady("acme")
                #expect(try await self.motd(rig) == ["Hello"])
                let goes: JSON = ["deletionPolicy": "Delete"]
                try await rig.apply(ClusterRig.tenant("acme", goes), .tenants)
                try await rig.waitReady("acme")
                try await rig.user.delete(.tenants, "acme", in: "chat")
                try await rig.user.delete(.cells, "default")
                try await rig.wait(for: .cells, "two", "its stores") { cell in
                    cell?.condition("StoresReady")?["status"] == "True"
                }
            }
        }
    }

    @Test(
        arguments: [
            ("redis://h", "redis://h:6379/0", true), ("redis://:secret@H:6379", "rediss://other:w?o/r@h/0", true),
            // What is published goes to all databases of a Redis.
            ("redis://h/1", "redis://h/2", true), ("redis://h:1", "redis://h:2", false),
            ("redis://[::1]", "redis://[::1]:6379/0", true),
            ("unix:///run/a?db=1", "unix:///run/b?db=1", false), ("unix:///run/a?db=1", "unix:///run/a?db=2", true),
            ("redis://h/x", "redis://h/y", false), ("redis://h/x", "redis://h/x", true),
        ]
    )
    func `a Redis is known by its place, whoever asks`(one: String, other: String, same: Bool) {
        #expect((StorePlace(redis: one) == StorePlace(redis: other)) == same)
        #expect(StorePlace(redis: one) != StorePlace(database: one))
    }

    @Test(
        arguments: [
            ("postgres://a:b@h/db", "postgresql://c@h:5432/db?sslmode=require", true),
            ("postgres://a@h/db", "postgres://a@h/other", false), ("sqlite:/a", "sqlite:/b", false),
            ("postgresql:///roost?host=pg-a", "postgresql:///roost?host=pg-b", false),
            ("postgresql://a@h/", "postgresql://b@h/", false), ("postgresql://a:x@h", "postgresql://a:y@h/", true),
            // However it is said.
            ("postgresql://a@H/roost", "postgresql:///%72oost?host=h&port=5432", true),
            ("postgresql://a@h/", "postgresql://b@h/a", true), ("postgresql://a@h,i/a", "postgresql://a@i,h/a", false),
            ("postgresql://a:x/y@h/db", "postgresql://a:z/y@h/db", false),
        ]
    )
    func `a database is known by its place, whoever asks`(one: String, other: String, same: Bool) {
        #expect((StorePlace(database: one) == StorePlace(database: other)) == same)
    }

    @Test func `a Redis that goes back in time gets again what it forgot`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                for name in ["early", "gone"] { try await rig.apply(ClusterRig.tenant(name), .tenants) }
                for name in ["early", "gone"] { try await rig.waitReady(name) }
                try await until("the whole projection") { try await rig.projection().isComplete }
                try rig.redis.remember()
                _ = try rig.redis.command("SET", "after", "1")
                try await rig.apply(ClusterRig.tenant("late"), .tenants)
                try await rig.waitReady("late")
                try await rig.user.delete(.tenants, "gone", in: "chat")
                try await rig.wait(for: .tenants, "gone", in: "chat", "the deletion") { $0 == nil }
                #expect(Set(try await rig.projection().tenants.keys.map(\.text)) == ["early", "late"])
                try rig.redis.goBack()
                #expect(try rig.redis.command("EXISTS", "after") == "0")
                try await until("what was forgotten") {
                    guard let state = try? await rig.projection() else { return false }
                    return Set(state.tenants.keys.map(\.text)) == ["early", "late"] && state.isComplete
                }
                try await rig.waitReady("late")
            }
        }
    }
}
