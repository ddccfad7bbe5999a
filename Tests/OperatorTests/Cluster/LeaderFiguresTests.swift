import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Observability
import Operator
import StateStore
import Synchronization
import TestSupport
import Testing

/// Who tells of cells and of what waits: alerts are made of it, so it is told once, and by who knows.
@Suite(.serialized)
struct LeaderFiguresTests {
    /// What only who leads knows.
    private static let known = [
        "roost_cell_desired_replicas{", "roost_operator_queue_depth{",
        "roost_tenants{cell=\"default\",reason=\"Serving\"",
    ]

    private static func told(_ running: ClusterRig.Running) async -> [String] {
        let text = await running.service.metrics.registry.render()
        return Self.known.filter(text.contains)
    }

    @Test func `who follows tells nothing of cells and queues, nor does who leads no more`() async throws {
        try await ClusterRig.with { rig in
            let first = try rig.startOperator("first", elects: true)
            try await rig.applyCell()
            try await rig.apply(ClusterRig.tenant("acme"), .tenants)
            try await rig.waitReady("acme")
            try await until("the leader's figures") { await Self.told(first) == Self.known }
            let second = try rig.startOperator("second", elects: true)
            await second.service.synced()
            #expect(await Self.told(second) == [])
            // Somebody hands the lease over.
            try rig.server.patch(
                "leases.coordination.k8s.io",
                namespace: "roost",
                name: "roost-operator",
                ["spec": ["holderIdentity": "second"]]
            )
            try await until("the second one leading") { second.service.election?.isLeader == true }
            try await until("the second one's figures") { await Self.told(second) == Self.known }
            #expect(first.service.election?.isLeader == false)
            try await until("the first one's silence") { await Self.told(first).isEmpty }
            await first.stop()
            await second.stop()
        }
    }

    @Test func `who follows has nothing waiting, and looks at everything when it begins to lead`() async throws {
        try await ClusterRig.with { rig in
            let first = try rig.startOperator("first", elects: true)
            try await rig.applyCell()
            for number in 0..<20 { try await rig.apply(ClusterRig.tenant("t\(number)"), .tenants) }
            for number in 0..<20 { try await rig.waitReady("t\(number)") }
            let second = try rig.startOperator("second", elects: true)
            await second.service.synced()
            #expect(second.service.waiting.map(\.count) == [0, 0, 0])
            for number in 0..<20 {
                try await rig.apply(ClusterRig.tenant("t\(number)", ["displayName": "T"]), .tenants)
            }
            for number in 0..<20 { try await rig.waitReady("t\(number)") }
            #expect(second.service.waiting.map(\.count) == [0, 0, 0])
            await first.stop()
            #expect(first.service.waiting.map(\.count) == [0, 0, 0])
            // What it heard of while it followed is looked at.
            _ = try rig.redis.command("FLUSHALL")
            try await until("the second one leading") { second.service.election?.isLeader == true }
            try await until("everybody being served") { try await rig.projection().tenants.count == 20 }
            await second.stop()
        }
    }

    /// Time that goes on when a test says so; who sleeps does not wake.
    private final class HandClock: Sendable {
        let now = Mutex(Duration.zero)

        var source: TimeSource {
            TimeSource(now: { self.now.withLock { $0 } }) { _ in
                let (never, end) = AsyncStream.makeStream(of: Void.self)
                for await _ in never {}
                end.finish()
                throw CancellationError()
            }
        }
    }

    @Test func `who wakes after its lease was over tells nothing, though it does not know yet that it follows`()
        async throws
    {
        try await ClusterRig.with { rig in
            let clock = HandClock()
            let running = try rig.startOperator("first", elects: true, electionTime: clock.source)
            try await rig.applyCell()
            try await rig.apply(ClusterRig.tenant("acme"), .tenants)
            try await until("the leader's figures") { await Self.told(running) == Self.known }
            clock.now.withLock { $0 += .seconds(60) }
            #expect(await Self.told(running) == [])
            await running.stop()
        }
    }

    @Test func `who wakes after its lease was over changes no object, though it does not know yet that it follows`()
        async throws
    {
        try await ClusterRig.with { rig in
            let clock = HandClock()
            let running = try rig.startOperator("first", elects: true, electionTime: clock.source)
            try await rig.applyCell(["edge": ["replicas": 2]])
            try await rig.wait(for: .cells, "default") { $0?.condition("EdgeReady")?["reason"] == "Available" }
            clock.now.withLock { $0 += .seconds(60) }
            // All that makes it apply, scale, delete and take hold of something.
            try await rig.applyCell(["edge": ["replicas": 3, "shards": 2]])
            try await rig.apply(ClusterRig.tenant("acme"), .tenants)
            for pod in rig.server.objects("pods", namespace: "roost") {
                let asked: DoubleJSON = ["metadata": ["annotations": [.init(OperatorNames.drainAnnotation): "true"]]]
                let name = pod[at: "metadata.name"]?.string ?? ""
                try rig.server.patch("pods", namespace: "roost", name: name, asked)
            }
            rig.server.forgetCalls()
            try await until("some looks") {
                rig.server.count(verb: "get", resource: "secrets", name: "roost-redis") > 3
            }
            let writes = rig.server.calls.filter { !["get", "list", "watch"].contains($0.verb) }
            #expect(writes.filter { $0.resource != "events" && $0.resource != "leases" } == [])
            await running.stop()
        }
    }

    // MARK: What is told

    /// The lines of a metric.
    private static func lines(_ name: String, _ running: ClusterRig.Running) async -> [Substring] {
        await running.service.metrics.registry.render().split(separator: "\n").filter { $0.hasPrefix(name + "{") }
    }

    /// In how many days the first certificate ends, of the cell's or of its tenants'.
    private static func days(_ whose: String, _ running: ClusterRig.Running) async -> Int? {
        let lines = await Self.lines("roost_cell_certificate_end_timestamp_seconds", running)
        let line = lines.first { $0.contains("of=\"\(whose)\"") }
        guard let end = line?.split(separator: " ").last.flatMap({ Double($0) }) else { return nil }
        return Int(((end - Date().timeIntervalSince1970) / 86_400).rounded())
    }

    @Test func `each condition of a cell is told with its reason and how bad that is, until the cell is gone`()
        async throws
    {
        try await ClusterRig.with { rig in
            try await rig.withOperator { running in
                @Sendable func told() async -> [Substring] { await Self.lines("roost_cell_condition", running) }
                try await rig.applyCell()
                let available = """
                    roost_cell_condition{cell="default",type="EdgeReady",status="True",reason="Available",severity="well"} 1
                    """
                try await until("the edges being told") { await told().contains { $0 == available } }
                var second = ClusterRig.cell("two", isDefault: false, ["redis": ["urlSecretRef": ["name": "none"]]])
                second.json["metadata"]["annotations"] = ["roost.chat/abandon-retained": "true"]
                try await rig.apply(second, .cells)
                let away = """
                    roost_cell_condition{cell="two",type="StoresReady",status="False",reason="SecretNotFound",severity="complaint"} 1
                    """
                try await until("the stores being told") { await told().contains { $0 == away } }
                #expect(await told().count { $0.contains("cell=\"two\",type=\"Ready\"") } == 1)
                try await rig.user.delete(.cells, "two")
                try await until("the second cell being forgotten") { await !told().contains { $0.contains("\"two\"") } }
                #expect(await told().contains { $0 == available })
            }
        }
    }

    @Test func `it is told when the first certificate ends, also of one whose Secret is gone`() async throws {
        try await ClusterRig.with { rig in
            func serve(_ name: String, days: Double) async throws {
                let certificate = try TestCertificates.make(for: ["\(name).chat.example.com"], days: days)
                try await rig.apply(ClusterRig.secret(name, in: "chat", certificate))
                try await rig.apply(ClusterRig.tenant(name, ["tls": ["secretRef": ["name": .string(name)]]]), .tenants)
                try await rig.waitReady(name)
            }
            try await rig.withOperator { running in
                try await rig.applyCell()
                try await until("the cell's own") { await Self.days("cell", running) == 30 }
                #expect(await Self.days("tenants", running) == nil)
                try await serve("acme", days: 10)
                try await serve("globex", days: 20)
                try await until("the first of the tenants'") { await Self.days("tenants", running) == 10 }
            }
            try await rig.user.delete(.secrets, "acme", in: "chat")
            // Who leads next finds it with the edges alone.
            try await rig.withOperator { running in
                try await until("the first of the tenants'") { await Self.days("tenants", running) == 10 }
                try await serve("acme", days: 25)
                try await until("the other tenant's") { await Self.days("tenants", running) == 20 }
                try await rig.apply(ClusterRig.tenant("globex"), .tenants)
                try await until("the one that is left") { await Self.days("tenants", running) == 25 }
            }
        }
    }
}
