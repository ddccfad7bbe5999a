import FoundationEssentials
import KubeAPIDouble
import KubeClient
import NIOCore
import TestSupport
import Testing

/// Events: counted, bounded, and where people look for them.
struct EventTests {
    private static func happening(_ name: String, _ note: String = "it happened") -> EventRecorder.Happening {
        EventRecorder.Happening(
            regarding: [
                "apiVersion": "v1", "kind": "ConfigMap", "name": .string(name), "namespace": "chat",
                "uid": .string("uid-\(name)"),
            ],
            kind: .normal,
            reason: "Happened",
            action: "Test",
            note: note
        )
    }

    private static func recording(
        _ client: KubeClient,
        _ limits: EventRecorder.Limits = .init(),
        _ body: (EventRecorder) async throws -> Void
    ) async throws {
        let recorder = EventRecorder(
            client,
            controller: "roost.chat/test",
            instance: "one",
            limits: limits,
            logger: ClientTests.logger
        )
        let task = Task { await recorder.run() }
        let result: Result<Void, any Error>
        do { result = .success(try await body(recorder)) } catch { result = .failure(error) }
        task.cancel()
        await task.value
        try result.get()
    }

    /// Waits until the events of the namespace are as a test wants them.
    private static func wait(
        _ client: KubeClient,
        _ what: String,
        _ holds: @escaping @Sendable ([KubeObject]) -> Bool
    ) async throws -> [KubeObject] {
        try await within(.seconds(20), what) {
            while true {
                let list = try await client.list(.events, in: "chat")
                if holds(list.items) { return list.items }
                let from = list.resourceVersion
                try await client.watch(.events, in: "chat", from: from, timeout: .seconds(30)) { _ in false }
            }
        }
    }

    @Test func `what happens again is counted on its event`() async throws {
        try await ClientTests.with { server, client in
            try await Self.recording(client) { recorder in
                for _ in 0..<3 { recorder.record(Self.happening("one")) }
                recorder.record(Self.happening("one", "something else"))
                let events = try await Self.wait(client, "two events") { events in
                    events.count == 2 && events.contains { $0.json["series"]["count"] == 3 }
                }
                #expect(events.allSatisfy { $0.json["regarding"]["name"] == "one" })
                #expect(events.allSatisfy { $0.json["reportingController"] == "roost.chat/test" })
            }
        }
    }

    @Test func `one noisy object does not drown the others`() async throws {
        try await ClientTests.with { server, client in
            var limits = EventRecorder.Limits()
            limits.burst = 5
            try await Self.recording(client, limits) { recorder in
                for number in 0..<50 { recorder.record(Self.happening("noisy", "number \(number)")) }
                recorder.record(Self.happening("quiet"))
                let events = try await Self.wait(client, "the quiet one") { events in
                    events.contains { $0.json["regarding"]["name"] == "quiet" }
                }
                #expect(events.filter { $0.json["regarding"]["name"] == "noisy" }.count == 5)
                #expect(recorder.dropped == 45)
            }
        }
    }

    @Test func `a note that is too long is cut, and one that cannot be sent is counted`() async throws {
        try await ClientTests.with { server, client in
            try await Self.recording(client) { recorder in
                recorder.record(Self.happening("one", String(repeating: "é", count: 2000)))
                let events = try await Self.wait(client, "the event") { !$0.isEmpty }
                let note = events.first?.json["note"].string ?? ""
                #expect(note.utf8.count <= 1024)
                #expect(note.hasSuffix("…"))
                _ = server.fail(KubeAPIMatch(verb: "create", resource: "events"), with: .internalError, times: 1)
                recorder.record(Self.happening("two"))
                recorder.record(Self.happening("three"))
                _ = try await Self.wait(client, "the one after it") { events in
                    events.contains { $0.json["regarding"]["name"] == "three" }
                }
                #expect(recorder.dropped == 1)
            }
        }
    }
}
