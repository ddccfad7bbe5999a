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

/// A cell's workers in Kubernetes.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct CellWorkersTests {
    private static let kinds: [KubeResource] = [
        .deployments, .podDisruptionBudgets, .networkPolicies, .serviceAccounts, .podMonitors,
    ]

    private static func reason(_ cell: KubeObject?) -> String? { cell?.condition("WorkerReady")?["reason"].string }

    /// What the edges' template says of who does the work.
    private static func isTold(_ rig: ClusterRig) async throws -> Bool {
        let edges = try await rig.user.get(.deployments, "roost-default-edge", in: "roost")
        return edges.spec["template"]["metadata"]["annotations"]["roost.chat/work"] == "Worker"
    }

    /// Leaves a record in the feed of a Redis, as an edge does, for nobody to read.
    private static func leave(_ count: Int, in url: String) async throws {
        let store = try await RedisLiveStore.connect(
            url: url,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let shard = try await TestShard(store)
        let log = LogKey(try #require(TenantID("acme")), .channel, "#lobby")
        for _ in 0..<count {
            let change = LogChange(log, payload: ByteBuffer(string: "said"), feed: FeedLabel("#lobby"))
            _ = try await shard.append(Transaction(changes: [change]))
        }
        await store.shutdown()
    }

    @Test func `a cell that has edges gets workers, and its edges are told once these are ready; and back`()
        async throws
    {
        try await ClusterRig.with(groups: [.podMonitors]) { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.wait(for: .cells, "default", "edges") {
                    $0?.condition("EdgeReady")?["reason"] == "Available" && $0?.status["readyReplicas"] == 2
                }
                #expect(try await !Self.isTold(rig))
                try await rig.applyCell(["worker": ["minReplicas": 3]])
                let cell = try await rig.wait(for: .cells, "default", "workers") {
                    Self.reason($0) == "Available"
                        && $0?.condition("WorkerReady")?["message"].string?.hasPrefix("3 of 3 workers are ready")
                            == true
                }
                #expect(try await Self.isTold(rig))
                // Edges are counted without them.
                #expect(cell?.status["replicas"] == 2 && cell?.condition("Ready")?["reason"] == "Serving")
                for kind in Self.kinds {
                    let object = try await rig.user.get(kind, "roost-default-worker", in: "roost")
                    #expect(object.labels[OperatorNames.cellLabel] == "default", "\(kind.plural)")
                }
                try await rig.applyCell()
                try await rig.wait(for: .serviceAccounts, "roost-default-worker", in: "roost", "workers going") {
                    $0 == nil
                }
                #expect(try await !Self.isTold(rig))
                for kind in Self.kinds {
                    let left = try await rig.user.list(kind, in: "roost").items.map(\.name)
                    #expect(!left.contains("roost-default-worker"), "\(kind.plural)")
                }
                try await rig.wait(for: .cells, "default", "nothing said of them") {
                    $0 != nil && Self.reason($0) == nil
                }
            }
        }
    }

    @Test func `workers that do not become ready leave the work to edges, and are complained of`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.wait(for: .cells, "default", "edges") { $0?.status["readyReplicas"] == 2 }
                rig.server.runDeploymentController(.readyOnCall)
                try await rig.applyCell(["worker": [:]])
                let cell = try await rig.wait(for: .cells, "default", "the complaint") {
                    Self.reason($0) == "NoWorkersReady" && $0?.condition("Ready")?["reason"] == "NoWorkersReady"
                }
                #expect(cell?.condition("WorkerReady")?["status"] == "False")
                // Everybody is served all the same.
                #expect(cell?.condition("Ready")?["status"] == "True")
                #expect(try await !Self.isTold(rig))
            }
        }
    }

    @Test func `how far behind history is stands in the condition`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell(["worker": [:]])
                try await rig.wait(for: .cells, "default", "workers") { Self.reason($0) == "Available" }
                try await Self.leave(3, in: rig.redis.url)
                try await rig.wait(for: .cells, "default", "what waits") {
                    $0?.condition("WorkerReady")?["message"].string?.hasSuffix("3 items wait in the feed") == true
                }
            }
        }
    }
}
