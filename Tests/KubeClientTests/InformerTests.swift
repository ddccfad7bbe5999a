import Backoff
import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

/// The local copy of a collection, whatever becomes of its watch.
struct InformerTests {
    /// What a copy told, to be waited for.
    private final class Told: Sendable {
        private let state = Mutex<[String]>([])
        private let changes: AsyncStream<String>
        private let continuation: AsyncStream<String>.Continuation

        init() { (self.changes, self.continuation) = AsyncStream.makeStream() }

        func hear(_ change: Informer.Change) {
            let kind =
                change.object == nil ? "gone" : change.previous == nil ? "new" : change.isResync ? "same" : "changed"
            self.continuation.yield("\(kind) \(change.key.name)")
        }

        /// Waits until something was told; what came before it is passed over.
        func wait(for text: String) async throws {
            let changes = self.changes
            try await within(.seconds(20), text) {
                for await told in changes where told == text { return }
            }
        }
    }

    private static func running(
        _ client: KubeClient,
        resync: Duration = .seconds(600),
        _ body: (Informer, Told) async throws -> Void
    ) async throws {
        var timing = Informer.Timing()
        timing.backoff = Backoff(first: .milliseconds(10), longest: .milliseconds(50))
        timing.resync = resync
        let informer = Informer(client, .configMaps, in: "chat", timing: timing, logger: ClientTests.logger)
        let told = Told()
        let task = Task { await informer.run { told.hear($0) } }
        try await within(.seconds(20), "the first list") { await informer.synced() }
        let result: Result<Void, any Error>
        do { result = .success(try await body(informer, told)) } catch { result = .failure(error) }
        task.cancel()
        await task.value
        try result.get()
    }

    @Test func `it has what was there and hears what comes, changes and goes`() async throws {
        try await ClientTests.with { _, client in
            _ = try await client.create(.configMaps, ClientTests.map("before"))
            try await Self.running(client) { informer, told in
                #expect(informer[ObjectKey(namespace: "chat", name: "before")] != nil)
                _ = try await client.create(.configMaps, ClientTests.map("one"))
                try await told.wait(for: "new one")
                _ = try await client.patch(.configMaps, "one", in: "chat", manager: "t", ["data": ["a": "2"]])
                try await told.wait(for: "changed one")
                let known = informer[ObjectKey(namespace: "chat", name: "one")]
                #expect(known?.json["data"]["a"] == "2")
                #expect(known?.metadata["managedFields"] == .null)
                try await client.delete(.configMaps, "one", in: "chat")
                try await told.wait(for: "gone one")
                #expect(informer.all.map(\.name) == ["before"])
            }
        }
    }

    @Test func `a cut watch goes on where it was`() async throws {
        try await ClientTests.with { server, client in
            try await Self.running(client) { _, told in
                for round in 0..<5 {
                    server.cutWatches(abruptly: round % 2 == 0)
                    try server.put(DoubleJSON(parsing: ClientTests.map("m\(round)").json.data))
                    try await told.wait(for: "new m\(round)")
                }
                // It was not listed again for that.
                #expect(server.count(verb: "list", resource: "configmaps") == 1)
            }
        }
    }

    @Test func `what an expired history hides is found by listing again`() async throws {
        try await ClientTests.with { server, client in
            _ = try await client.create(.configMaps, ClientTests.map("goes"))
            _ = try await client.create(.configMaps, ClientTests.map("stays"))
            try await Self.running(client) { informer, told in
                let gate = server.hold(KubeAPIMatch(verb: "watch", resource: "configmaps"))
                server.cutWatches()
                await gate.arrival(of: 1)
                // While nobody watches.
                try server.delete("configmaps", namespace: "chat", name: "goes")
                try server.put(DoubleJSON(parsing: ClientTests.map("comes").json.data))
                server.expireHistory(closingWatches: true)
                gate.open()
                // The copy is whole before anything is told.
                try await told.wait(for: "gone goes")
                #expect(Set(informer.all.map(\.name)) == ["stays", "comes"])
                #expect(server.count(verb: "list", resource: "configmaps") == 2)
            }
        }
    }

    @Test func `bookmarks keep a quiet watch from growing too old`() async throws {
        try await ClientTests.with { server, client in
            try await Self.running(client) { _, told in
                // Much happens elsewhere, and what it was is forgotten.
                for number in 0..<20 {
                    _ = try await client.create(.secrets, KubeObject(.secrets, name: "s\(number)", namespace: "chat"))
                }
                server.sendBookmarks()
                _ = try await client.create(.configMaps, ClientTests.map("one"))
                try await told.wait(for: "new one")
                server.cutWatches()
                try server.put(DoubleJSON(parsing: ClientTests.map("two").json.data))
                try await told.wait(for: "new two")
                #expect(server.count(verb: "list", resource: "configmaps") == 1)
            }
        }
    }

    @Test func `what is told again is spread over the time`() async throws {
        try await ClientTests.with { _, client in
            for number in 0..<20 { _ = try await client.create(.configMaps, ClientTests.map("n\(number)")) }
            let again = Mutex<[ContinuousClock.Instant]>([])
            var timing = Informer.Timing()
            timing.resync = .seconds(2)
            let informer = Informer(client, .configMaps, in: "chat", timing: timing, logger: ClientTests.logger)
            let began = ContinuousClock.now
            let task = Task { await informer.run { if $0.isResync { again.withLock { $0.append(.now) } } } }
            try await until("all are told again") { again.withLock { $0.count >= 20 } }
            task.cancel()
            await task.value
            let times = again.withLock(\.self)
            #expect(times[19] - times[0] > .seconds(1) && times[19] - began > .milliseconds(1700))
        }
    }

    @Test func `everything is told again now and then`() async throws {
        try await ClientTests.with { _, client in
            _ = try await client.create(.configMaps, ClientTests.map("one"))
            try await Self.running(client, resync: .milliseconds(20)) { _, told in
                try await told.wait(for: "same one")
                try await told.wait(for: "same one")
            }
        }
    }

    @Test func `refusals and broken answers are waited out`() async throws {
        try await ClientTests.with { server, client in
            _ = server.fail(KubeAPIMatch(verb: "list"), with: .internalError, times: 2)
            _ = server.disconnect(KubeAPIMatch(verb: "watch"), times: 2)
            try await Self.running(client) { _, told in
                _ = try await client.create(.configMaps, ClientTests.map("one"))
                try await told.wait(for: "new one")
            }
        }
    }
}
