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
            [freePlan, self.tenant("zoo", host: "a.example"), self.tenant("ant", host: "a.example")]
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
                self.tenant("acme", host: "c.example", metadata: ", namespace: other"),
                self.tenant("bob", host: "c.example"),
            ].joined(separator: "\n---\n")
        )
        #expect(catalog.tenant(forHostname: "a.example")?.namespace == "default")
        #expect(catalog.tenant(forHostname: "b.example") == nil)
        // Who has no name holds no hostname either.
        #expect(catalog.tenant(forHostname: "c.example")?.id.text == "bob")
        #expect(errors.map(\.field) == ["metadata.name", "metadata.name"])
    }

    @Test func `a name stays with the namespace that has it, whichever comes first`() async throws {
        let before = try await load(freePlan + "\n---\n" + self.tenant("acme", host: "a.example")).catalog
        let (resources, _, _) = try await load(
            [
                freePlan, self.tenant("acme", host: "b.example", metadata: ", namespace: other"),
                self.tenant("acme", host: "a.example"),
            ].joined(separator: "\n---\n")
        )
        let (catalog, errors) = TenantCatalog.make(from: resources, previous: before)
        #expect(catalog.tenant(forHostname: "a.example")?.namespace == "default")
        #expect(catalog.tenant(forHostname: "b.example") == nil && errors.map(\.field) == ["metadata.name"])
    }

    @Test func `a tenant that breaks stays as it was`() async throws {
        let before = try await load(freePlan + "\n---\n" + self.tenant("acme", host: "a.example")).catalog
        let (resources, _, _) = try await load(self.tenant("acme", host: "b.example"))
        let (catalog, errors) = TenantCatalog.make(from: resources, previous: before)
        #expect(errors.map(\.reason) == [.notFound])
        #expect(catalog.tenant(forHostname: "a.example")?.id.text == "acme")
        #expect(catalog.changes(since: before).isEmpty)
    }

    /// What tenants and hostnames there are before, what the files say then in their order, and who has which name after.
    @Test(arguments: [
        // `one` wants the name of `two`, and `ant` that of `one`.
        (["ant=h0", "one=h1", "two=h2"], ["ant=h1", "one=h2", "two=h2"], ["h0=ant", "h1=one", "h2=two"]),
        (["one=h1", "two=h2"], ["ant=h1", "one=h2", "two=h2"], ["h1=one", "h2=two"]),
        (["one=h1", "two=h2"], ["two=h2", "one=h2", "ant=h1"], ["h1=one", "h2=two"]),
        // Both want the same new name, and the one that comes too late finds its old one given out.
        (["ant=h0", "two=h2", "one=h1"], ["ant=h1", "two=h9", "one=h9"], ["h0=ant", "h1=one", "h9=two"]),
        (["one=h1", "two=h2"], ["two=h9", "one=h9", "ant=h1"], ["h1=one", "h9=two"]),
        // Each wants the name of the next, the last one's is not to be had.
        (["a=h1", "b=h2", "c=h3"], ["a=h2", "b=h3", "c=h3", "ant=h1"], ["h1=a", "h2=b", "h3=c"]),
        (["zoo=h3", "yak=h2", "two=h1"], ["yak=h3", "two=h2", "zoo=h3", "ant=h1"], ["h3=zoo", "h2=yak", "h1=two"]),
        // Names that change hands without a quarrel.
        (["one=h1", "two=h2"], ["one=h2", "two=h1"], ["h2=one", "h1=two"]),
        (["one=h1"], ["ant=h1", "one=h5"], ["h1=ant", "h5=one"]),
    ])
    func `no tenant whose file is there loses its place by what others want`(
        before: [String],
        files: [String],
        expected: [String]
    ) async throws {
        func text(_ tenants: [String]) -> String {
            let parts = tenants.map { $0.split(separator: "=").map(String.init) }
            return ([freePlan] + parts.map { self.tenant($0[0], host: $0[1] + ".example") }).joined(
                separator: "\n---\n"
            )
        }
        let previous = try await load(text(before)).catalog
        let (catalog, _) = TenantCatalog.make(from: try await load(text(files)).resources, previous: previous)
        let after = catalog.sorted.flatMap { tenant in tenant.hostnames.map { "\($0.dropLast(8))=\(tenant.id.text)" } }
        #expect(after.sorted() == expected.sorted())
    }

    @Test func `a plan without history switches it off and refuses who asks for it`() async throws {
        let plan = freePlan + "\nspec: {features: [WebSocket]}"
        let silent = try await load(plan + "\n---\n" + tenantYAML())
        #expect(silent.errors.isEmpty)
        #expect(try #require(silent.catalog.tenants[.named("acme")]).history.enabled == false)
        let asking = try await load(
            plan + "\n---\n" + tenantYAML(spec: "  history: {enabled: true}\n  archive: {enabled: true}")
        )
        #expect(asking.errors.mistakes.map(\.field) == ["spec.history.enabled", "spec.archive.enabled"])
        #expect(asking.errors.mistakes.allSatisfy { $0.reason == .notInPlan })
    }

    @Test func `who keeps no history cannot archive it`() async throws {
        let plan = freePlan + "\nspec: {features: [WebSocket, History, Archive]}"
        let spec = "  history: {enabled: false}\n  archive: {enabled: true}"
        let asking = try await load(plan + "\n---\n" + tenantYAML(spec: spec))
        #expect(asking.errors.mistakes.map(\.field) == ["spec.archive.enabled"])
        let keeping = try await load(plan + "\n---\n" + tenantYAML(spec: "  archive: {enabled: true}"))
        #expect(keeping.errors.mistakes.isEmpty)
    }
}
