import Foundation
package import NIOCore
import TestChildren
import TestSupport

/// A `roost edge` that gets its tenants from the live store.
package final class EdgeProcess: Sendable {
    /// What went wrong, with what the process printed.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    /// Where it takes IRC over TLS.
    package let ircs: SocketAddress
    private let metrics: SocketAddress
    private let folder: String
    private let child: Child

    /// Starts it, on free ports and with a folder of its own.
    ///
    /// - Parameters:
    ///   - redis: Its live store's URL.
    ///   - database: Its durable store's URL.
    ///   - key: Both of its keys.
    ///   - name: What it is called in figures.
    ///   - configuration: What its file says, as far as it can be followed here; nil for none.
    /// - Throws: What keeps it from starting.
    package init(
        redis: String,
        database: String,
        key: [UInt8],
        name: String = "edge-test",
        configuration: String? = nil
    ) throws {
        self.folder = FileManager.default.temporaryDirectory.path + "/roost-edge-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        for name in ["sealing", "secret"] { try Data(key).write(to: URL(filePath: "\(self.folder)/\(name)")) }
        let (ircs, metrics) = (try FreePort.find(), try FreePort.find())
        self.ircs = try SocketAddress(ipAddress: "127.0.0.1", port: ircs)
        self.metrics = try SocketAddress(ipAddress: "127.0.0.1", port: metrics)
        var environment = [
            "ROOST_REDIS_URL": redis, "ROOST_DATABASE_URL": database, "ROOST_PROJECTION": "true",
            "ROOST_SEALING_KEY_FILE": "\(self.folder)/sealing", "ROOST_SECRET_FILE": "\(self.folder)/secret",
            "ROOST_LISTEN_IRCS": "127.0.0.1:\(ircs)", "ROOST_LISTEN_METRICS": "127.0.0.1:\(metrics)",
            "ROOST_LISTEN_HTTP": "off", "ROOST_LISTEN_HTTPS": "off", "ROOST_POD_NAME": name,
            "ROOST_LEASE_SECONDS": "3",
        ]
        var arguments = ["edge"]
        if let configuration {
            arguments += ["--config", "\(self.folder)/edge.yaml"]
            try configuration.write(toFile: "\(self.folder)/edge.yaml", atomically: true, encoding: .utf8)
        } else {
            environment["ROOST_CAPACITY_CONNECTIONS"] = "123"
            environment["ROOST_DRAIN_SECONDS"] = "1"
        }
        self.child = try Child(
            BuiltProgram.path(),
            arguments,
            environment: environment,
            output: .file("\(self.folder)/log")
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    /// What it printed.
    package var output: String { (try? String(contentsOfFile: "\(self.folder)/log", encoding: .utf8)) ?? "" }

    /// What an address of its operations listener answers; empty if nobody answers.
    package func get(_ path: String) async -> String {
        let answer = try? await Client.talk(at: self.metrics) { conversation in
            try await conversation.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return String(decoding: try await conversation.hearAll(), as: UTF8.self)
        }
        return answer ?? ""
    }

    /// Waits until it answers something.
    package func answers(_ path: String, _ holds: @escaping @Sendable (String) -> Bool) async throws {
        do {
            try await until(path) { await holds(self.get(path)) }
        } catch { throw Failure(description: "\(error): \(await self.get(path))\n\(self.output)") }
    }

    /// Asks it to end.
    package func terminate() { self.child.send(SIGTERM) }

    /// Waits for its end.
    package func status() async throws -> Int32 {
        try await within(.seconds(60), "the end") { await self.child.status() }
    }

    /// Ends it in any case.
    package func kill() async {
        self.child.send(SIGKILL)
        _ = await self.child.status()
    }
}
