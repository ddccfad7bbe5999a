import FoundationEssentials
import KubeAPIDouble
import KubeClient
import NIOCore
import Synchronization
import TestSupport
import Testing

/// Who leads, judged by each one's own clock.
struct ElectionTests {
    private static func candidate(_ client: KubeClient, _ identity: String) -> LeaderElection {
        var timing = LeaderElection.Timing()
        timing.lease = .seconds(1)
        timing.renewDeadline = .milliseconds(600)
        timing.retry = .milliseconds(100)
        return LeaderElection(
            client,
            name: "leader",
            namespace: "chat",
            identity: identity,
            timing: timing,
            logger: ClientTests.logger
        )
    }

    /// Waits to be cancelled.
    private static func forever() async {
        let (never, end) = AsyncStream.makeStream(of: Void.self)
        for await _ in never {}
        end.finish()
    }

    /// Leads until told otherwise, and counts who leads at a time.
    private final class Crown: Sendable {
        private let state = Mutex((now: Set<String>(), most: 0))
        let crowned: AsyncStream<String>
        private let continuation: AsyncStream<String>.Continuation

        init() { (self.crowned, self.continuation) = AsyncStream.makeStream() }

        var most: Int { self.state.withLock { $0.most } }

        func wear(_ name: String) async {
            self.state.withLock {
                $0.now.insert(name)
                $0.most = max($0.most, $0.now.count)
            }
            self.continuation.yield(name)
            await ElectionTests.forever()
            self.state.withLock { _ = $0.now.remove(name) }
        }

        func next(_ what: String) async throws -> String? {
            let crowned = self.crowned
            return try await within(.seconds(20), what) { await crowned.first { _ in true } }
        }
    }

    @Test func `one leads at a time, and who stops gives the lease back`() async throws {
        try await ClientTests.with { server, client in
            let crown = Crown()
            let tasks = ["a", "b", "c"].map { name in
                (name, Task { try await Self.candidate(client, name).run { _ in await crown.wear(name) } })
            }
            var left = tasks
            while !left.isEmpty {
                let leader = try await crown.next("somebody leading")
                let index = try #require(left.firstIndex { $0.0 == leader })
                let (_, task) = left.remove(at: index)
                task.cancel()
                _ = await task.result
            }
            #expect(crown.most == 1)
            let lease = try await client.get(.leases, "leader", in: "chat")
            #expect(lease.spec["holderIdentity"] == "")
            #expect(lease.spec["leaseTransitions"] == 2)
            _ = server
        }
    }

    @Test func `a leader that cannot renew stops before another may begin`() async throws {
        try await ClientTests.with { server, client in
            let port = try #require(server.baseURL.split(separator: ":").last.flatMap { Int($0) })
            let way = try await FaultProxy(to: port)
            let far = try KubeClient(
                .init(server: "http://127.0.0.1:\(way.port)"),
                userAgent: "far",
                logger: ClientTests.logger
            )
            let crown = Crown()
            let first = Task { try await Self.candidate(far, "far").run { _ in await crown.wear("far") } }
            #expect(try await crown.next("the first leading") == "far")
            let second = Task { try await Self.candidate(client, "near").run { _ in await crown.wear("near") } }
            way.set(.refuse)
            way.cut()
            #expect(try await crown.next("the second leading") == "near")
            #expect(crown.most == 1)
            for task in [first, second] {
                task.cancel()
                _ = await task.result
            }
            await far.shutdown()
            await way.end()
        }
    }

    @Test func `the times of another machine are not believed`() async throws {
        try await ClientTests.with { _, client in
            // Held by somebody whose clock is a year ahead, or behind: what counts is that it does not change.
            let lease = KubeObject(
                .leases,
                name: "leader",
                namespace: "chat",
                [
                    "spec": [
                        "holderIdentity": "other", "leaseDurationSeconds": 1, "leaseTransitions": 4,
                        "renewTime": "2099-01-01T00:00:00.000000Z", "acquireTime": "2099-01-01T00:00:00.000000Z",
                    ]
                ]
            )
            _ = try await client.create(.leases, lease)
            let crown = Crown()
            let began = ContinuousClock.now
            let task = Task { try await Self.candidate(client, "a").run { _ in await crown.wear("a") } }
            #expect(try await crown.next("leading") == "a")
            #expect(ContinuousClock.now - began >= .seconds(1))
            task.cancel()
            _ = await task.result
        }
    }

    @Test func `each time of leading has a higher term, whoever leads and whatever was met`() async throws {
        try await ClientTests.with { _, client in
            let (terms, continuation) = AsyncStream.makeStream(of: UInt64.self)
            let task = Task {
                try await Self.candidate(client, "a").run { term in
                    continuation.yield(term)
                    // Ends by itself the first time, and finds another's trace the second time.
                    if term == 1 { throw LeaderElection.Superseded(term: 40) }
                    if term > 40 { await Self.forever() }
                }
            }
            let seen = try await within(.seconds(20), "three times of leading") {
                await terms.prefix(3).reduce(into: []) { $0.append($1) }
            }
            #expect(seen == [0, 1, 41])
            task.cancel()
            _ = await task.result
            let lease = try await client.get(.leases, "leader", in: "chat")
            #expect(lease.spec["leaseTransitions"] == 41)
        }
    }

    @Test func `a leader that cannot find out whether its lease was taken stops in time`() async throws {
        try await ClientTests.with { server, client in
            let (led, continuation) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
            let election = Self.candidate(client, "a")
            let task = Task {
                try await election.run { _ in
                    continuation.yield(.now)
                    await Self.forever()
                    continuation.yield(.now)
                }
            }
            var moments = led.makeAsyncIterator()
            _ = await moments.next()
            // Its renewals are refused, and its question why is not answered.
            _ = server.fail(KubeAPIMatch(verb: "update", resource: "leases"), with: .conflict, times: nil)
            let gate = server.hold(KubeAPIMatch(verb: "get", resource: "leases"), times: nil)
            await gate.arrival(of: 1)
            let asked = ContinuousClock.now
            let stopped = try #require(await moments.next())
            // The deadline is 0.6 s; a request may take 30 s.
            #expect(stopped - asked < .seconds(10))
            #expect(!election.isLeader)
            gate.open()
            task.cancel()
            _ = await task.result
        }
    }
}
