import Tenant
import Testing

@Suite struct Catalog {
    @Test(arguments: ["acme.localhost", "ACME.localhost", "Acme.LocalHost.", "acme.localhost."])
    func `a tenant is found under any spelling of its hostname`(name: String) async throws {
        let catalog = try await load(tenantYAML() + "\n---\n" + freePlan).catalog
        #expect(catalog.tenant(forHostname: name)?.id.text == "acme")
    }

    @Test(arguments: [
        "", ".", "localhost", "xacme.localhost", "acme.localhost..", String(repeating: "a", count: 100_000),
    ])
    func `unknown names find nothing`(name: String) async throws {
        let catalog = try await load(tenantYAML() + "\n---\n" + freePlan).catalog
        #expect(catalog.tenant(forHostname: name) == nil)
        #expect(TenantCatalog.empty.tenant(forHostname: name) == nil)
    }

    private func tenant(_ name: String, host: String, metadata: String = "") -> String {
        """
        apiVersion: roost.chat/v1alpha1
        kind: Tenant
        metadata: {name: \(name)\(metadata)}
        spec: {hostnames: [\(host)], planRef: {name: free}}
        """
    }

    @Test func `a hostname belongs to the first, and the other is told to whom`() async throws {
        let (_, catalog, errors) = try await load(
            [freePlan, self.tenant("zoo", host: "a.example"), self.tenant("ant", host: "A.example")]
                .joined(separator: "\n---\n")
        )
        #expect(catalog.tenants.keys.map(\.text) == ["zoo"])
        let error = try #require(errors.first)
        #expect(
            errors.count == 1 && error.reason == .conflict && error.field == "spec.hostnames[0]" && error.line == 13
        )
        #expect(error.message.contains("`a.example` belongs to Tenant zoo (") && error.message.contains("a.yaml:7)"))
    }

    @Test func `the older object keeps a hostname`() async throws {
        let (_, catalog, errors) = try await load(
            [
                freePlan, self.tenant("ant", host: "a.example", metadata: ", creationTimestamp: 2026-02-01T00:00:00Z"),
                self.tenant("zoo", host: "a.example", metadata: ", creationTimestamp: 2026-01-01T00:00:00Z"),
            ].joined(separator: "\n---\n")
        )
        #expect(catalog.tenants.keys.map(\.text) == ["zoo"])
        #expect(errors.map(\.resource) == ["Tenant ant"])
    }

    @Test func `a running tenant keeps its hostname against a file that sorts before it`() async throws {
        let before = try await load(freePlan + "\n---\n" + self.tenant("zoo", host: "a.example")).catalog
        let (resources, _, _) = try await load(
            [freePlan, self.tenant("ant", host: "a.example"), self.tenant("zoo", host: "a.example")]
                .joined(separator: "\n---\n")
        )
        let (catalog, errors) = TenantCatalog.make(from: resources, previous: before)
        #expect(catalog.tenants.keys.map(\.text) == ["zoo"])
        #expect(errors.map(\.resource) == ["Tenant ant"])
    }

    @Test func `a name belongs to one namespace`() async throws {
        let (_, catalog, errors) = try await load(
            [
                freePlan, self.tenant("acme", host: "a.example"),
                self.tenant("acme", host: "b.example", metadata: ", namespace: other"),
            ].joined(separator: "\n---\n")
        )
        #expect(catalog.tenant(forHostname: "a.example")?.namespace == "default")
        #expect(catalog.tenant(forHostname: "b.example") == nil)
        #expect(errors.map(\.field) == ["metadata.name"])
    }

    @Test func `a tenant that breaks stays as it was`() async throws {
        let before = try await load(freePlan + "\n---\n" + self.tenant("acme", host: "a.example")).catalog
        let (resources, _, _) = try await load(self.tenant("acme", host: "b.example"))
        let (catalog, errors) = TenantCatalog.make(from: resources, previous: before)
        #expect(errors.map(\.reason) == [.notFound])
        #expect(catalog.tenant(forHostname: "a.example")?.id.text == "acme")
        #expect(catalog.changes(since: before).isEmpty)
    }

    @Test func `a plan without history switches it off and refuses who asks for it`() async throws {
        let plan = freePlan + "\nspec: {features: [WebSocket]}"
        let silent = try await load(plan + "\n---\n" + tenantYAML())
        #expect(silent.errors.isEmpty)
        #expect(try #require(silent.catalog.tenants[.named("acme")]).history.enabled == false)
        let asking = try await load(
            plan + "\n---\n" + tenantYAML(spec: "  history: {enabled: true}\n  archive: {enabled: true}")
        )
        #expect(asking.errors.map(\.field) == ["spec.history.enabled", "spec.archive.enabled"])
        #expect(asking.errors.allSatisfy { $0.reason == .notInPlan })
    }
}
