import Foundation
import Testing

@testable import roost

/// What `roost worker` reads, and how an edge is told that workers do the cell's work.
struct WorkerConfigurationTests {
    private static let needed = [
        "ROOST_REDIS_URL": "redis://localhost", "ROOST_DATABASE_URL": "postgres://localhost/roost",
    ]

    private func read(_ environment: [String: String]) throws -> WorkerConfiguration {
        try WorkerConfiguration(file: nil, environment: Self.needed.merging(environment) { $1 })
    }

    private func problems(_ environment: [String: String]) -> [Substring] {
        do {
            _ = try self.read(environment)
            return []
        } catch { return "\(error)".split(separator: "\n") }
    }

    @Test func `a worker needs stores and tenants, and no secret as long as nothing is derived from it`() throws {
        let configuration = try self.read(["ROOST_PROJECTION": "true"])
        #expect(configuration.projection && configuration.secretFile.isEmpty)
        #expect(configuration.listenMetrics == "[::]:9090" && configuration.leaseSeconds == 15)
        #expect(!configuration.podName.isEmpty)
        #expect(try self.read(["ROOST_TENANTS": "/tenants"]).tenants == "/tenants")
    }

    @Test func `its file has the keys of an edge that it needs, of several live stores too`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/roost-worker-\(UUID().uuidString).yaml"
        let yaml = """
            redis: {url: ["redis://a", "two=redis://b"]}
            projection: true
            secretFile: /keys/secret
            listen: {metrics: off}
            push: {contact: "mailto:o@acme.example", networks: [10.0.0.0/8]}
            mail: {server: "smtp://mail.example.com:587", from: chat@example.com}
            lease: {seconds: 5}
            podName: worker-1
            """
        try yaml.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let configuration = try WorkerConfiguration(file: path, environment: ["ROOST_DATABASE_URL": "postgres://a/b"])
        #expect(configuration.furtherRedis.map(\.name) == ["two"] && configuration.redisURLs.first == "redis://a")
        #expect(configuration.secretFile == "/keys/secret" && configuration.listenMetrics == nil)
        #expect(configuration.pushContact == "mailto:o@acme.example" && configuration.pushNetworks == ["10.0.0.0/8"])
        #expect(configuration.mailServer == "smtp://mail.example.com:587" && configuration.leaseSeconds == 5)
        #expect(configuration.podName == "worker-1")
    }

    @Test(arguments: [
        "listen: {irc: \"[::]:6667\"}", "certificates: [a.pem,b.pem]", "sealingKeyFile: /keys/sealing",
        "shards: 2", "work: Worker",
    ])
    func `what only edges have is no key of it`(line: String) throws {
        let path = FileManager.default.temporaryDirectory.path + "/roost-worker-\(UUID().uuidString).yaml"
        try "projection: true\n\(line)\n".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: EdgeConfiguration.Problem.self) {
            try WorkerConfiguration(file: path, environment: Self.needed)
        }
        #expect(try #require(error).description.contains("there is no such key; the keys are redis.url"))
    }

    @Test(
        arguments: [
            ([:], "tenants: is missing: name the folder"),
            (["ROOST_PROJECTION": "true", "ROOST_TENANTS": "/t"], "tenants: is set beside projection: remove one"),
            (["ROOST_TENANTS": "/t", "ROOST_PUSH_CONTACT": "mailto:a"], "secretFile: is missing: pushes and codes"),
            (["ROOST_TENANTS": "/t", "ROOST_MAIL_SERVER": "smtp://m:587"], "secretFile: is missing: pushes and codes"),
            (["ROOST_TENANTS": "/t", "ROOST_LEASE_SECONDS": "2"], "ROOST_LEASE_SECONDS: `2` does not fit"),
            (["ROOST_TENANTS": "/t", "ROOST_POD_NAME": ""], "podName: is empty"),
            (["ROOST_TENANTS": "/t", "ROOST_LOG_FORMAT": "xml"], "log.format: is text or json"),
            (["ROOST_TENANTS": "/t", "ROOST_REDIS_URL": ""], "redis.url: is missing"),
        ] as [([String: String], String)]
    )
    func `a mistake is named with its key and what to do`(environment: [String: String], problem: String) {
        let problems = self.problems(environment)
        #expect(problems.count == 1 && problems.first?.hasPrefix(problem) == true, "\(problems)")
    }

    @Test func `an edge does the cell's work unless it is told that workers do`() throws {
        let environment = Self.needed.merging(["ROOST_TENANTS": "/t", "ROOST_SECRET_FILE": "/s"]) { $1 }
        #expect(try EdgeConfiguration(file: nil, environment: environment).work == "Edge")
        let told = environment.merging(["ROOST_WORK": "Worker"]) { $1 }
        #expect(try EdgeConfiguration(file: nil, environment: told).work == "Worker")
        let wrong = environment.merging(["ROOST_WORK": "workers"]) { $1 }
        let error = #expect(throws: EdgeConfiguration.Problem.self) {
            try EdgeConfiguration(file: nil, environment: wrong)
        }
        #expect(error?.description == "work: is Edge or Worker")
    }
}
