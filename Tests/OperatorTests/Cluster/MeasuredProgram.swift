import Foundation
import KubeAPIDouble
import KubeClient
import NIOCore
import TestChildren
import TestSupport

/// Operator or edge as they are shipped, with what their processes take.
final class MeasuredProgram: Sendable {
    private let child: Child
    private let metrics: Int

    private init(_ arguments: [String], _ environment: [String: String], in folder: String, metrics: Int) throws {
        let name = arguments.first == "edge" ? "roost" : "roost-operator"
        // The operator is the same program by its other name.
        let program = "\(folder)/\(name)"
        try? FileManager.default.createSymbolicLink(
            atPath: program,
            withDestinationPath: URL(filePath: try BuiltProgram.path()).path
        )
        let log = "\(folder)/\(name)-\(metrics).log"
        self.child = try Child(program, arguments, environment: environment, output: .file(log))
        self.metrics = metrics
    }

    static func startOperator(_ rig: ClusterRig) throws -> MeasuredProgram {
        let file = "\(rig.folder)/kubeconfig"
        let text = """
            {"apiVersion": "v1", "kind": "Config", "current-context": "a",
             "clusters": [{"name": "a", "cluster": {"server": "\(rig.server.baseURL)"}}],
             "users": [{"name": "a", "user": {}}],
             "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a", "namespace": "roost"}}]}
            """
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let port = try FreePort.find()
        return try MeasuredProgram(
            ["run", "--kubeconfig", file, "--namespace", "roost", "--metrics", "127.0.0.1:\(port)"],
            ["ROOST_LOG_LEVEL": "warning"],
            in: rig.folder,
            metrics: port
        )
    }

    static func startEdge(
        _ rig: ClusterRig,
        _ keys: KubeObject,
        redis: String,
        database: String
    ) throws -> MeasuredProgram {
        for name in ["secret", "sealing"] {
            let value = keys.json["data"][name].string.flatMap { Data(base64Encoded: $0) } ?? Data()
            try value.write(to: URL(filePath: "\(rig.folder)/\(name)"))
        }
        let port = try FreePort.find()
        return try MeasuredProgram(
            ["edge"],
            [
                "ROOST_REDIS_URL": redis, "ROOST_DATABASE_URL": database, "ROOST_PROJECTION": "true",
                "ROOST_SECRET_FILE": "\(rig.folder)/secret", "ROOST_SEALING_KEY_FILE": "\(rig.folder)/sealing",
                "ROOST_LISTEN_IRC": "off", "ROOST_LISTEN_HTTP": "off", "ROOST_LISTEN_HTTPS": "off",
                "ROOST_LISTEN_IRCS": "127.0.0.1:\(try FreePort.find())", "ROOST_LISTEN_METRICS": "127.0.0.1:\(port)",
                "ROOST_LOG_LEVEL": "warning",
            ],
            in: rig.folder,
            metrics: port
        )
    }

    func end() {
        self.child.send(SIGTERM)
        self.child.wait()
    }

    // MARK: What it takes

    /// Prints its memory, now and at most, and the time of the processor that it took.
    func tell(_ what: String) {
        let status = (try? String(contentsOfFile: "\(self.child.process)/status", encoding: .utf8)) ?? ""
        func mebibytes(_ name: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
        }
        let times = (try? String(contentsOfFile: "\(self.child.process)/stat", encoding: .utf8)) ?? ""
        let fields = times.split(separator: " ").dropFirst(13).prefix(2).compactMap { Double($0) }
        let seconds = fields.reduce(0, +) / 100
        print("measured: \(what): \(mebibytes("VmRSS")) MiB, at most \(mebibytes("VmHWM")) MiB, \(seconds) s of CPU")
    }

    private func get(_ path: String) throws -> String {
        try Child("/usr/bin/curl", ["-s", "http://127.0.0.1:\(self.metrics)\(path)"], output: .pipe).readAll()
    }

    func waitReady() async throws {
        try await until("readiness", within: .minutes(10)) { try self.get("/readyz").hasPrefix("ok") }
    }

    func waitLeading() async throws {
        try await until("leading", within: .minutes(10)) {
            try self.get("/metrics").contains("roost_operator_queue_depth{")
        }
    }

    /// Waits until nothing has waited to be looked at for five seconds.
    func waitIdle() async throws {
        var since: ContinuousClock.Instant?
        while since.map({ ContinuousClock.now - $0 < .seconds(5) }) ?? true {
            let isIdle = try self.get("/metrics").contains("roost_operator_queue_depth{kind=\"Tenant\"} 0\n")
            since = isIdle ? since ?? .now : nil
            let next = ContinuousClock.now + .milliseconds(500)
            try await until("a pause") { ContinuousClock.now > next }
        }
    }
}
