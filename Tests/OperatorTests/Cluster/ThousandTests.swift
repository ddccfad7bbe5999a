import FoundationEssentials
import KubeAPIDouble
import KubeClient
import NIOCore
import Operator
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// Many tenants at once.
@Suite(.serialized)
struct ThousandTests {
    private static let count = 1000

    @Test func `a thousand tenants created at once are all served within their budget, with few requests`() async throws
    {
        try await ClusterRig.with { rig in
            try await rig.withOperator { running in
                try await rig.applyCell()
                let budget: JSON = ["tenants": .integer(Int64(Self.count)), "connections": 500_000]
                try await rig.apply(
                    .init(.tenantQuotas, name: "team", namespace: "chat", ["spec": budget]),
                    .tenantQuotas
                )
                try await rig.wait(for: .cells, "default") { $0?.condition("StoresReady")?["status"] == "True" }
                // Usage is told now and then; here only what the creation costs is counted.
                let before = running.service.metrics.requests
                let informer = Informer(rig.user, .tenants, in: "chat", logger: rig.logger)
                let ready = Mutex<Set<String>>([])
                let (all, done) = AsyncStream.makeStream(of: Void.self)
                let watching = Task {
                    await informer.run { change in
                        guard change.object?.condition("Ready")?["status"] == "True" else { return }
                        let number = ready.withLock {
                            $0.insert(change.key.name)
                            return $0.count
                        }
                        if number == Self.count { done.yield() }
                    }
                }
                let began = ContinuousClock.now
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for part in 0..<8 {
                        group.addTask {
                            for number in stride(from: part, to: Self.count, by: 8) {
                                try await rig.apply(ClusterRig.tenant("t\(number)"), .tenants)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let created = ContinuousClock.now - began
                try await within(.seconds(240), "a thousand tenants being ready") { for await _ in all { return } }
                let took = ContinuousClock.now - began
                watching.cancel()
                let requests = running.service.metrics.requests - before
                print("1,000 tenants: created in \(created), all ready after \(took), \(requests) requests")
                // A finalizer, a status, an event each; the plan's and the cell's counts beside them.
                #expect(requests < Self.count * 4)
                let state = try await rig.projection()
                #expect(state.tenants.count == Self.count)
            }
        }
    }
}
