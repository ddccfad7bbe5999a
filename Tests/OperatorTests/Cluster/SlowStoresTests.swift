import KubeClient
import NIOCore
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// Stores that take their time hold up those who live there, and nobody else.
@Suite(.serialized)
struct SlowStoresTests {
    enum Store: CaseIterable { case redis, database }

    /// More than are looked at side by side.
    private static let many = 40

    private static func tenant(_ name: String, in cell: String, _ displayName: String = "Chat") -> KubeObject {
        ClusterRig.tenant(
            name,
            ["cellRef": ["name": .string(cell)], "displayName": .string(displayName)]
        )
    }

    @Test(arguments: Store.allCases)
    func `tenants of a cell whose stores stand still keep no other cell's from being served`(store: Store) async throws
    {
        try await TwoCells.with { cells in
            let rig = cells.rig
            let connector = StallingConnector("two", logger: rig.logger)
            // Longer than the test: nobody knows yet that they do not answer.
            try await rig.withOperator(connector: connector) {
                $0.storePatience = .seconds(300)
            } _: { _ in
                try await rig.apply(Self.tenant("acme", in: "default"), .tenants)
                try await rig.apply(Self.tenant("globex", in: "two"), .tenants)
                try await rig.waitReady("acme")
                try await rig.waitReady("globex")
                switch store {
                case .redis: try cells.otherRedis.freeze()
                case .database: connector.set(stalled: true)
                }
                for number in 0..<Self.many { try await rig.apply(Self.tenant("t\(number)", in: "two"), .tenants) }
                try await rig.apply(Self.tenant("initech", in: "default"), .tenants)
                try await rig.apply(Self.tenant("acme", in: "default", "Acme"), .tenants)
                for name in ["acme", "initech"] {
                    try await rig.wait(for: .tenants, name, in: "chat", "\(name) being served", within: .seconds(15)) {
                        $0?.condition("Ready")?["reason"] == "Serving"
                            && $0?.condition("Ready")?["observedGeneration"].int == $0?.generation
                    }
                }
                try await rig.apply(ClusterRig.cell(["edge": ["replicas": 3]]), .cells)
                try await rig.wait(for: .cells, "default", "a look at the cell", within: .seconds(15)) {
                    $0?.status["readyReplicas"] == 3
                }
                switch store {
                case .redis: try cells.otherRedis.thaw()
                case .database: connector.set(stalled: false)
                }
                for number in 0..<Self.many { try await rig.waitReady("t\(number)") }
            }
        }
    }

    @Test func `who lives in a cell whose Redis is known to be away is told so at once, and served when it is back`()
        async throws
    {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(Self.tenant("acme", in: "default"), .tenants)
                try await rig.waitReady("acme")
                try rig.redis.freeze()
                try await rig.wait(for: .cells, "default", "the stores being away") {
                    $0?.condition("StoresReady")?["reason"] == "RedisUnavailable"
                }
                try await rig.apply(Self.tenant("acme", in: "default", "Acme"), .tenants)
                try await rig.wait(for: .tenants, "acme", in: "chat", "acme being told", within: .seconds(5)) {
                    $0?.condition("Ready")?["reason"] == "StoreUnavailable"
                }
                try rig.redis.thaw()
                try await rig.waitReady("acme")
                #expect(try await rig.projection().tenants.values.first?.hosted.displayName == "Acme")
            }
        }
    }

    // MARK: Waiting

    @Test func `who waits for what does not come goes on when its time is over`() async {
        let gate = Gate()
        #expect(await !gate.passes(within: .milliseconds(20)))
        async let isOpen = gate.passes(within: .seconds(60))
        gate.open()
        #expect(await isOpen)
        #expect(await gate.passes(within: .zero))
    }
}
