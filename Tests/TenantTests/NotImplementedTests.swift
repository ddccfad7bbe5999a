// That nobody who writes a setting believes in it where nothing reads it.

import Foundation
import Tenant
import Testing

/// A line of `spec`, the fields of which its author is told, and what.
private struct Written: Sendable, CustomTestStringConvertible {
    let spec: String
    let told: [String]
    var meanwhile = "this version"

    var testDescription: String { self.spec }
}

@Suite struct `Settings that nothing reads` {
    private static let tenants: [Written] = [
        Written(spec: "accounts: {registration: Open}", told: []),
        Written(spec: "accounts: {registration: Approval}", told: []),
        Written(spec: "accounts: {registration: Email}", told: []),
        Written(spec: "accounts: {registration: Closed}", told: []),
        Written(spec: "accounts: {sasl: [PLAIN, EXTERNAL]}", told: []),
        Written(spec: "accounts: {sasl: [PLAIN, SCRAM-SHA-256]}", told: []),
        Written(spec: "sessions: {resumeGrace: 2m, multipleClients: false}", told: []),
        Written(spec: "archive: {enabled: true, schedule: \"15 3 * * *\", retention: 1d}", told: []),
        Written(spec: "archive: {enabled: false}", told: []),
        Written(
            spec: "ircx: {dialect: draft, ownerPrefix: \"~\"}",
            told: ["spec.ircx.dialect"]
        ),
        Written(spec: "ircx: {dialect: pyircx, ownerPrefix: \".\"}", told: []),
        Written(
            spec: "quotas: {archiveBytes: 1Gi, apiRequestsPerSecond: {limit: 5}, channels: 3}",
            told: ["spec.quotas.apiRequestsPerSecond"]
        ),
        Written(spec: "history: {enabled: true, retention: 1d, directMessages: false}", told: []),
        Written(spec: "motd: hello", told: []),
    ]

    @Test(arguments: tenants)
    private func `are told to who writes them in a tenant, which is served all the same`(written: Written) async throws
    {
        let (_, catalog, errors) = try await load(tenantYAML(spec: "  \(written.spec)") + "\n---\n" + freePlan)
        #expect(errors.map(\.field) == written.told)
        for error in errors {
            #expect(error.reason == .notImplemented && error.severity == .warning && error.line == 7)
            #expect(
                error.message.contains("this version does not act on it: ") && error.message.contains(written.meanwhile)
            )
            #expect(
                error.description.contains("/a.yaml:7:") && error.description.contains(": warning: Tenant acme: spec.")
            )
        }
        #expect(catalog.sorted.map(\.id.text) == ["acme"])
    }

    private static let others: [Written] = [
        Written(spec: "Plan {displayName: Free}", told: ["spec.displayName"]),
        Written(spec: "Plan {features: [WebSocket, Api]}", told: ["spec.features"]),
        Written(spec: "Plan {features: [WebSocket, History]}", told: []),
        Written(spec: "Plan {price: {currency: EUR}}", told: ["spec.price"]),
        Written(spec: "Plan {quotas: {archiveBytes: 1}}", told: []),
        Written(
            spec: "Cell {archive: {s3: {endpoint: \"https://a\", bucket: abc}, keysSecretRef: {name: c}}}",
            told: []
        ),
        Written(spec: "Cell {edge: {shards: 2}, default: true}", told: []),
    ]

    @Test(arguments: others)
    private func `are told to who writes them in a plan or a cell`(written: Written) async throws {
        let (kind, spec) = (written.spec.prefix(4), written.spec.dropFirst(5))
        let text = "apiVersion: roost.chat/v1alpha1\nkind: \(kind)\nmetadata: {name: a}\nspec: \(spec)"
        let (resources, _, errors) = try await load(text)
        #expect(errors.map(\.field) == written.told)
        #expect(errors.allSatisfy { $0.reason == .notImplemented && $0.line == 4 })
        #expect(resources.plans.count + resources.cells.count == 1)
    }

    @Test func `are of no interest where the object is left out for a mistake`() async throws {
        let spec = "  ircx: {dialect: draft}\n  colour: red"
        let (_, catalog, errors) = try await load(tenantYAML(spec: spec) + "\n---\n" + freePlan)
        #expect(errors.map(\.reason) == [.unknownField] && catalog.sorted.isEmpty)
    }

    /// An API server puts defaults into objects: nobody could tell who wrote them.
    @Test(arguments: CustomResource.allCases)
    func `have no default in a definition`(resource: CustomResource) throws {
        let schema = try resource.schema()
        let lines = try #require(Definition.all.first { $0.kind == resource.rawValue }).lines
        for line in lines where line.meanwhile != nil {
            let steps = line.path.split(separator: ".").map { FieldStep.field(String($0)) }
            let node = try #require(schema.node(steps[...]), "\(line.path)")
            #expect(node.fallback == nil, "\(line.path)")
        }
        // As the API server stores it.
        #expect(try resource.decode(schema.defaulted(resource.least)).errors == [])
    }
}
