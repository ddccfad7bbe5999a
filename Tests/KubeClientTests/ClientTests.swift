import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

/// The client against an API server.
struct ClientTests {
    private static let config = KubeResource.configMaps

    static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// Runs a body with a server and a client.
    static func with(
        identity: KubeConfiguration.Identity = .anonymous,
        token: String? = nil,
        _ body: (KubeAPIDouble, KubeClient) async throws -> Void
    ) async throws {
        let server = try await KubeAPIDouble.start(namespaces: ["chat"], token: token)
        let client = try KubeClient(
            KubeConfiguration(server: server.baseURL, identity: identity),
            userAgent: "test",
            logger: Self.logger
        )
        let result: Result<Void, any Error>
        do { result = .success(try await body(server, client)) } catch { result = .failure(error) }
        await client.shutdown()
        await server.shutdown()
        try result.get()
    }

    static func map(_ name: String, _ data: JSON = ["a": "1"]) -> KubeObject {
        KubeObject(.configMaps, name: name, namespace: "chat", ["data": data])
    }

    @Test func `objects are made, read, replaced, patched and deleted`() async throws {
        try await Self.with { _, client in
            let made = try await client.create(Self.config, Self.map("one"))
            #expect(try await client.get(Self.config, "one", in: "chat") == made)
            var changed = made
            changed.json["data"] = ["a": "2", "b": "3"]
            let replaced = try await client.replace(Self.config, changed)
            let stale = try await #require(throws: KubeError.self) { try await client.replace(Self.config, changed) }
            #expect(stale.isConflict)
            let patched = try await client.patch(
                Self.config,
                "one",
                in: "chat",
                manager: "test",
                ["data": .object(["a": .null, "c": "4"])]
            )
            #expect(patched.json["data"] == ["b": "3", "c": "4"])
            #expect(replaced.resourceVersion != patched.resourceVersion)
            try await client.delete(Self.config, "one", in: "chat")
            #expect(try await client.find(Self.config, "one", in: "chat") == nil)
            // What is not there is as good as deleted.
            try await client.delete(Self.config, "one", in: "chat")
        }
    }

    @Test func `an object of another uid is not deleted in the place of the one that was meant`() async throws {
        try await Self.with { _, client in
            _ = try await client.create(Self.config, Self.map("one"))
            let error = try await #require(throws: KubeError.self) {
                try await client.delete(Self.config, "one", in: "chat", uid: "somebody-else")
            }
            #expect(error.isConflict)
            #expect(try await client.find(Self.config, "one", in: "chat") != nil)
        }
    }

    @Test func `applying owns what it says, gives up what it leaves out and says who else owns a field`() async throws {
        try await Self.with { _, client in
            _ = try await client.apply(Self.config, Self.map("one", ["a": "1", "b": "1"]), manager: "me")
            let second = try await client.apply(Self.config, Self.map("one", ["a": "1"]), manager: "me")
            #expect(second.json["data"] == ["a": "1"])
            let other = Self.map("one", ["a": "2"])
            let error = try await #require(throws: KubeError.self) {
                try await client.apply(Self.config, other, manager: "you", force: false)
            }
            #expect(error.isConflict)
            #expect(error.description.contains("me"))
            #expect(try await client.apply(Self.config, other, manager: "you").json["data"] == ["a": "2"])
        }
    }

    @Test func `a long list comes in pages, whole and once`() async throws {
        try await Self.with { server, client in
            for number in 0..<1203 {
                try server.put([
                    "apiVersion": "v1", "kind": "ConfigMap",
                    "metadata": ["name": .string("m\(number)"), "namespace": "chat"],
                ])
            }
            server.forgetCalls()
            let list = try await client.list(Self.config, in: "chat")
            #expect(Set(list.items.map(\.name)).count == 1203)
            #expect(list.items.count == 1203)
            #expect(server.count(verb: "list", resource: "configmaps") == 3)
            #expect(list.items.allSatisfy { $0.kind == "ConfigMap" })
        }
    }

    @Test func `errors keep the server's own reason and message`() async throws {
        try await Self.with { _, client in
            let missing = try await #require(throws: KubeError.self) {
                try await client.get(Self.config, "nothing", in: "chat")
            }
            #expect(missing.isNotFound)
            #expect(missing.description == "configmaps \"nothing\" not found (404 NotFound)")
            _ = try await client.create(Self.config, Self.map("one"))
            let twice = try await #require(throws: KubeError.self) {
                try await client.create(Self.config, Self.map("one"))
            }
            #expect(twice.isAlreadyExists)
            #expect(!twice.isConflict)
            let lease = KubeObject(.leases, name: "l", namespace: "chat", ["spec": ["leaseDurationSeconds": "ten"]])
            let bad = try await #require(throws: KubeError.self) { try await client.create(.leases, lease) }
            #expect(bad.status?.code == 422 || bad.status?.code == 400)
        }
    }

    @Test func `a server that asks to wait is asked again, and one that goes on asking is told of`() async throws {
        try await Self.with { server, client in
            _ = server.fail(KubeAPIMatch(verb: "list"), with: .tooManyRequests(retryAfter: 0), times: 2)
            #expect(try await client.list(Self.config, in: "chat").items.isEmpty)
            #expect(server.count(verb: "list", resource: "configmaps") == 3)
            let fault = server.fail(KubeAPIMatch(verb: "list"), with: .tooManyRequests(retryAfter: 0), times: nil)
            let error = try await #require(throws: KubeError.self) { try await client.list(Self.config, in: "chat") }
            #expect(error.status?.reason == "TooManyRequests")
            server.disarm(fault)
        }
    }

    @Test func `a token that was replaced in its file is used once the old one is refused`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)").path()
        try Data("old\n".utf8).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await Self.with(identity: .tokenFile(file), token: "new") { _, client in
            let error = try await #require(throws: KubeError.self) { try await client.list(Self.config, in: "chat") }
            #expect(error.status?.code == 401)
            try Data("new\n".utf8).write(to: URL(filePath: file))
            #expect(try await client.list(Self.config, in: "chat").items.isEmpty)
        }
    }

    @Test func `an exec plugin is run once for many requests, and its word is never shown`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "exec-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let script = """
            #!/bin/sh
            echo run >> "$COUNT"
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"hush"}}'
            """
        let program = "\(folder)/plugin"
        try Data(script.utf8).write(to: URL(filePath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let count = "\(folder)/count"
        let plugin = ExecPlugin(command: program, environment: ["COUNT": count])
        try await Self.with(identity: .exec(plugin), token: "hush") { _, client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await client.list(Self.config, in: "chat") } }
                try await group.waitForAll()
            }
            #expect(try String(contentsOfFile: count, encoding: .utf8) == "run\n")
        }
        try await Self.with(identity: .exec(ExecPlugin(command: "/bin/false", installHint: "install it"))) {
            _,
            client in
            let error = try await #require(throws: KubeError.self) { try await client.list(Self.config, in: "chat") }
            guard case .credential(let reason) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(reason.contains("/bin/false"))
        }
    }

    @Test func `a server that is not there is unreachable, not a crash`() async throws {
        let client = try KubeClient(.init(server: "http://127.0.0.1:1"), userAgent: "test", logger: Self.logger)
        let error = try await #require(throws: KubeError.self) { try await client.list(Self.config) }
        guard case .unreachable = error else {
            Issue.record("\(error)")
            return
        }
        await client.shutdown()
    }

    @Test func `optional kinds are found or not`() async throws {
        try await Self.with { server, client in
            let monitors = KubeResource("monitoring.coreos.com", "v1", "podmonitors", kind: "PodMonitor")
            let before = try await client.serves(monitors)
            server.serve(.podMonitors)
            let after = try await client.serves(monitors)
            let always = try await client.serves(.pods)
            #expect([before, after, always] == [false, true, true])
        }
    }
}
