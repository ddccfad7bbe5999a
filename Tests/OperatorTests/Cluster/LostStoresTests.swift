import KubeClient
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// Stores that never come back: the ways out that the documents name.
@Suite(.serialized)
struct LostStoresTests {
    @Test func `a Redis that is lost for good is replaced by an empty one, and tenants go on or leave`() async throws {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                try await cells.liveWithBob()
                rig.redis.end()
                try await rig.wait(for: .cells, "default", "Redis being away") {
                    $0?.condition("StoresReady")?["reason"] == "RedisUnavailable"
                }
                let other = try RedisServer()
                defer { other.end() }
                try await rig.apply(ClusterRig.secret("roost-redis", ["url": other.url]))
                try await until("acme being served from the new one") {
                    try await rig.projection(other.url).tenants[cells.acme] != nil
                }
                try await cells.live(in: "two")
                #expect(try await cells.has("bob", cells.second))
            }
        }
    }

    @Test func `who lived where all is lost can go, or begin anew elsewhere, and then the Cell can go`() async throws {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                try await cells.liveWithBob()
                try await rig.apply(ClusterRig.tenant("globex"), .tenants)
                try await rig.waitReady("globex")
            }
            try await rig.apply(ClusterRig.secret("roost-postgres", ["url": "sqlite:/dev/null/nowhere"]))
            try await rig.withOperator { _ in
                try await rig.user.delete(.tenants, "acme", in: "chat")
                try await rig.wait(for: .tenants, "acme", in: "chat", "acme waiting") {
                    $0?.condition("StoreReady")?["message"].string?.contains("deleting waits") == true
                }
                try await rig.apply(ClusterRig.tenant("globex", ["cellRef": ["name": "two"]]), .tenants)
                try await rig.wait(for: .tenants, "globex", in: "chat", "globex waiting") {
                    $0?.condition("StoreReady")?["message"].string?.contains("moving waits for cell default") == true
                }
                // What kubectl annotate does.
                let lost: JSON = ["metadata": ["annotations": ["roost.chat/stores-lost": "true"]]]
                _ = try await rig.user.patch(.cells, "default", manager: "kubectl", lost)
                try await rig.wait(for: .tenants, "acme", in: "chat", "acme being gone") { $0 == nil }
                try await rig.wait(for: .tenants, "globex", in: "chat", "globex beginning anew") {
                    $0?.status["cell"] == "two" && $0?.condition("Ready")?["reason"] == "Serving"
                }
                try await rig.user.delete(.cells, "default")
                try await rig.wait(for: .cells, "default", "the cell being gone") { $0 == nil }
            }
        }
    }

    @Test func `to say that stores are lost which answer changes nothing`() async throws {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                try await cells.liveWithBob()
                let lost: JSON = ["metadata": ["annotations": ["roost.chat/stores-lost": "true"]]]
                _ = try await rig.user.patch(.cells, "default", manager: "kubectl", lost)
                try await cells.live(in: "two")
                #expect(try await cells.has("bob", cells.second))
                try await cells.delete()
                #expect(try await cells.second.tenants.find(cells.acme)?.state == .retained)
            }
        }
    }
}
