import Foundation
import Testing

@testable import roost

/// What an operator writes for edges is what edges read.
struct OperatorsConfigurationTests {
    private static let cells = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../PackagingTests/cells")

    /// The configuration of a cell of Tests/PackagingTests, which Tests/OperatorTests writes.
    private func configuration(_ cell: String) throws -> EdgeConfiguration {
        let file = Self.cells.appending(path: "\(cell).json")
        let objects = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]] ?? []
        let map = try #require(objects.first { $0["kind"] as? String == "ConfigMap" })
        let text = try #require((map["data"] as? [String: String])?["edge.yaml"])
        let written = FileManager.default.temporaryDirectory.appending(path: "roost-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: written) }
        try text.write(to: written, atomically: true, encoding: .utf8)
        let environment = ["ROOST_REDIS_URL": "redis://a", "ROOST_DATABASE_URL": "postgres://a/b"]
        return try EdgeConfiguration(file: written.path, environment: environment)
    }

    @Test(arguments: ["least", "everything", "gateway"])
    func `edges take every key that an operator writes`(cell: String) throws {
        let configuration = try self.configuration(cell)
        #expect(configuration.projection && configuration.secretFile == "/etc/roost/keys/secret")
    }

    @Test func `workers take every key that an operator writes`() throws {
        let file = Self.cells.deletingLastPathComponent().appending(path: "workers/everything.json")
        let objects = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]] ?? []
        let map = try #require(objects.first { $0["kind"] as? String == "ConfigMap" })
        let text = try #require((map["data"] as? [String: String])?["worker.yaml"])
        let written = FileManager.default.temporaryDirectory.appending(path: "roost-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: written) }
        try text.write(to: written, atomically: true, encoding: .utf8)
        let environment = ["ROOST_REDIS_URL": "redis://a", "ROOST_DATABASE_URL": "postgres://a/b"]
        let configuration = try WorkerConfiguration(file: written.path, environment: environment)
        #expect(configuration.projection && configuration.secretFile == "/etc/roost/keys/secret")
        #expect(configuration.mailPasswordFile == "/etc/roost/mail/password")
    }

    @Test func `issuers and name servers of a cell reach its edges`() throws {
        let configuration = try self.configuration("everything")
        #expect(configuration.oauthNetworks == ["10.20.0.0/16"])
        #expect(configuration.oauthAuthorities == "/etc/roost/issuers/authorities.pem")
        #expect(configuration.nameServers == ["10.0.0.10", "10.0.0.11:8053", "[2001:db8::53]:53"])
    }
}
