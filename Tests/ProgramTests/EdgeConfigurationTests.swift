import Foundation
import Testing

@testable import roost

/// What `roost edge` reads, and what it says about what it cannot use.
struct EdgeConfigurationTests {
    private static let needed = [
        "ROOST_REDIS_URL": "redis://localhost", "ROOST_DATABASE_URL": "postgres://localhost/roost",
        "ROOST_SECRET_FILE": "/keys/secret",
    ]

    private func read(_ environment: [String: String]) throws -> EdgeConfiguration {
        try EdgeConfiguration(file: nil, environment: Self.needed.merging(environment) { $1 })
    }

    private func problems(_ environment: [String: String]) -> [Substring] {
        do {
            _ = try self.read(environment)
            return []
        } catch { return "\(error)".split(separator: "\n") }
    }

    @Test func `tenants come from a folder unless something else is said`() throws {
        let configuration = try self.read(["ROOST_TENANTS": "/tenants"])
        #expect(configuration.tenants == "/tenants")
        #expect(!configuration.projection)
        #expect(configuration.capacityConnections == 20_000)
        #expect(!configuration.podName.isEmpty)
    }

    @Test func `the keys of an edge that an operator looks after are read from the environment too`() throws {
        let configuration = try self.read([
            "ROOST_PROJECTION": "true", "ROOST_SEALING_KEY_FILE": "/keys/sealing", "ROOST_POD_NAME": "edge-1",
            "ROOST_CAPACITY_CONNECTIONS": "5000",
        ])
        #expect(configuration.projection)
        #expect(configuration.sealingKeyFile == "/keys/sealing")
        #expect(configuration.podName == "edge-1")
        #expect(configuration.capacityConnections == 5000)
    }

    @Test func `nothing is pushed unless somebody is named, and what is said of pushes is checked`() throws {
        #expect(try PushSettings(contact: "", networks: [], authorities: "", named: "push.") == nil)
        let configuration = try self.read([
            "ROOST_TENANTS": "/tenants", "ROOST_PUSH_CONTACT": "mailto:o@acme.example",
            "ROOST_PUSH_NETWORKS": "10.0.0.0/8 fd00::/8",
        ])
        let settings = try PushSettings(
            contact: configuration.pushContact,
            networks: configuration.pushNetworks,
            authorities: "",
            named: "push."
        )
        #expect(settings?.contact == "mailto:o@acme.example")
        #expect(settings?.networks.count == 2)
        for (contact, networks, authorities, problem) in [
            ("", ["10.0.0.0/8"], "", "push.contact: is missing: without it nothing is pushed"),
            ("o@acme.example", [], "", "push.contact: write a mailto: or https: URL"),
            ("mailto:", [], "", "push.contact: write a mailto: or https: URL"),
            ("mailto:a b", [], "", "push.contact: write a mailto: or https: URL"),
            ("mailto:a", ["10"], "", "push.networks: `10` is no network: write one such as 10.0.0.0/8"),
            ("mailto:a", [], "/nowhere.pem", "push.authorities: /nowhere.pem has no certificates in PEM"),
        ] {
            do {
                let settings = try PushSettings(
                    contact: contact,
                    networks: networks,
                    authorities: authorities,
                    named: "push."
                )
                Issue.record("taken: \(settings?.contact ?? "")")
            } catch { #expect("\(error)" == problem) }
        }
    }

    @Test func `further live stores are told apart by their names`() throws {
        let urls = "redis://h/0 two/url=redis://user:pass=word@h2 three=rediss://h3"
        let configuration = try self.read(["ROOST_TENANTS": "/tenants", "ROOST_REDIS_URL": urls])
        #expect(configuration.redisURLs.first == "redis://h/0")
        #expect(configuration.furtherRedis.map(\.name) == ["two/url", "three"])
        #expect(configuration.furtherRedis.map(\.url) == ["redis://user:pass=word@h2", "rediss://h3"])
    }

    @Test(arguments: ["redis://a redis://b?x=y", "redis://a two=redis://b two=redis://c", "redis://a =redis://b"])
    func `a further live store without a name of its own is refused, and its URL not shown`(urls: String) throws {
        let problems = self.problems(["ROOST_TENANTS": "/tenants", "ROOST_REDIS_URL": urls])
        #expect(problems == ["redis.url: all but the first are NAME=URL, each with another name"])
    }

    @Test func `the same keys are read from YAML`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/roost-edge-\(UUID().uuidString).yaml"
        let yaml = """
            projection: true
            sealingKeyFile: /keys/sealing
            podName: edge-1
            capacity: {connections: 5000}
            """
        try yaml.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let configuration = try EdgeConfiguration(file: path, environment: Self.needed)
        #expect(configuration.projection)
        #expect(configuration.sealingKeyFile == "/keys/sealing")
        #expect(configuration.podName == "edge-1")
        #expect(configuration.capacityConnections == 5000)
    }

    @Test(arguments: [
        ("shards", "0"), ("shards", "1025"), ("drain.seconds", "-1"), ("drain.seconds", "86401"),
        ("drain.longest", "-1"), ("drain.longest", "86401"), ("listen.stsPort", "0"), ("listen.stsPort", "65536"),
        ("lease.seconds", "3601"), ("lease.seconds", "1e3"), ("capacity.connections", "10000001"),
    ])
    func `a number out of its bounds is told with its line and what is allowed`(key: String, value: String) throws {
        let path = FileManager.default.temporaryDirectory.path + "/roost-edge-\(UUID().uuidString).yaml"
        let name = key.split(separator: ".")
        let line = name.count == 1 ? "\(key): \(value)" : "\(name[0]): {\(name[1]): \(value)}"
        try "tenants: /tenants\n\(line)\n".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: EdgeConfiguration.Problem.self) {
            try EdgeConfiguration(file: path, environment: Self.needed)
        }
        let text = try #require(error).description
        #expect(text.hasPrefix("\(path):2: \(key): the value does not fit: write a whole number from "), "\(text)")
    }

    private static let mistakes: [(environment: [String: String], key: String, advice: String)] = [
        ([:], "tenants", "set projection to true"),
        (["ROOST_PROJECTION": "true", "ROOST_SEALING_KEY_FILE": "/k", "ROOST_TENANTS": "/t"], "tenants", "remove one"),
        (["ROOST_PROJECTION": "true"], "sealingKeyFile", "name the file"),
        (["ROOST_TENANTS": "/t", "ROOST_SEALING_KEY_FILE": "/k"], "sealingKeyFile", "projection: true"),
        (["ROOST_TENANTS": "/t", "ROOST_POD_NAME": ""], "podName", "write the pod's name"),
        (["ROOST_TENANTS": "/t", "ROOST_CAPACITY_CONNECTIONS": "0"], "ROOST_CAPACITY_CONNECTIONS", "1 to 10000000"),
        (
            ["ROOST_TENANTS": "/t", "ROOST_CAPACITY_CONNECTIONS": "9223372036854775807"], "ROOST_CAPACITY_CONNECTIONS",
            "1 to 10000000"
        ),
        (["ROOST_TENANTS": "/t", "ROOST_SHARDS": "1025"], "ROOST_SHARDS", "1 to 1024"),
        (["ROOST_TENANTS": "/t", "ROOST_DRAIN_SECONDS": "9223372036854775807"], "ROOST_DRAIN_SECONDS", "0 to 86400"),
        (["ROOST_TENANTS": "/t", "ROOST_LEASE_SECONDS": "99999999999999999999"], "ROOST_LEASE_SECONDS", "3 to 3600"),
        (["ROOST_TENANTS": "/t", "ROOST_LEASE_SECONDS": "2"], "ROOST_LEASE_SECONDS", "3 to 3600"),
        (["ROOST_TENANTS": "/t", "ROOST_PROJECTION": "yes"], "ROOST_PROJECTION", "does not fit"),
    ]

    @Test(arguments: mistakes.indices)
    func `a mistake is named with its key and what to do`(index: Int) {
        let (environment, key, advice) = Self.mistakes[index]
        let problems = self.problems(environment)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("\(key): ") == true)
        #expect(problems.first?.contains(advice) == true, "\(problems)")
    }
}
