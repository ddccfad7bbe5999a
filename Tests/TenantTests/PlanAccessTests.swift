// Who may be on a plan, and how much of it a tenant may take for itself.

import Tenant
import Testing

@Suite struct `What a plan lets tenants have` {
    private static let plan = """
        \(freePlan)
        spec:
          quotas:
            connections: 100
            accounts: {limit: 50, mode: Soft}
            historyBytes: 1Gi
            channelMembers: 0
          overrides: {connections: 500, historyBytes: 10Gi}
        """

    @Test(arguments: [
        ("{connections: 100}", nil), ("{connections: 40}", nil), ("{connections: 500}", nil),
        ("{connections: 501}", "spec.quotas.connections: 501 requested"),
        ("{connections: 5000000}", "gives 100 and lets tenants raise it to 500: write 500 or less"),
        ("{connections: {limit: 500, warnAt: [50]}}", nil), ("{connections: {limit: 500, mode: Hard}}", nil),
        ("{connections: {limit: 1, mode: Soft}}", "Soft would let through more than the 500"),
        ("{accounts: 50}", nil), ("{accounts: {limit: 20, mode: Hard}}", nil),
        ("{accounts: {limit: 20, mode: Soft}}", nil),
        ("{accounts: 51}", "51 requested, the plan `free` gives 50: write 50 or less"),
        ("{historyBytes: 10Gi}", nil), ("{historyBytes: 11Gi}", "11Gi requested, the plan `free` gives 1Gi"),
        ("{channelMembers: 1}", "1 requested, the plan `free` gives 0: write 0 or less"), ("{channelMembers: 0}", nil),
        // What the plan does not limit anybody may limit as they like.
        ("{channels: 1000000}", nil), ("{channels: {limit: 5, mode: Soft}}", nil),
    ])
    func `is the most that they may write`(quotas: String, refused: String?) async throws {
        let loaded = try await load(tenantYAML(spec: "  quotas: \(quotas)") + "\n---\n" + Self.plan)
        #expect(loaded.catalog.tenants.isEmpty == (refused != nil))
        let told = loaded.errors.mistakes
        #expect(told.map(\.reason) == (refused == nil ? [] : [.abovePlan]))
        if let refused { #expect(told.first.map { "\($0)".contains(refused) } == true, "\(told)") }
    }

    @Test func `is taken back from what they had before`() async throws {
        let ceiling = QuotaCeiling(try #require(try await load(Self.plan).resources.plans["free"]?.spec))
        var had = Quotas.unlimited
        had.connections = Quota(limit: 5_000_000, mode: .soft, warnAt: [90])
        had.channels = Quota(limit: 7)
        let has = ceiling.lowering(had)
        #expect(has.connections == Quota(limit: 500, mode: .hard, warnAt: [90]))
        #expect(has.accounts == Quota(limit: 50) && has.channels == Quota(limit: 7))
        had.connections = Quota(limit: 150)
        #expect(ceiling.lowering(had).connections.limit == 150)
    }

    @Test(arguments: [
        ("{connections: 5000}", "", Optional(Quota(limit: 5000, mode: .hard))),
        ("{connections: 5000}", "  quotas: {connections: 4000}", Quota(limit: 4000)),
        ("{connections: 5000}", "  quotas: {connections: 5001}", nil),
        ("{connections: {limit: 200, mode: Soft}}", "  quotas: {connections: {limit: 501, mode: Soft}}", nil),
        (
            "{connections: {limit: 200, mode: Soft}}", "  quotas: {connections: {limit: 150, mode: Soft}}",
            Quota(limit: 150, mode: .soft)
        ),
        (
            "{connections: {limit: 200, warnAt: [50]}}", "  quotas: {connections: 100}",
            Quota(limit: 100, mode: .hard, warnAt: [50])
        ),
        // It takes the plan's place, also where it is less; what tenants may raise for themselves they may still.
        ("{connections: 50}", "", Quota(limit: 50)),
        ("{connections: 50}", "  quotas: {connections: 500}", Quota(limit: 500)),
    ])
    func `is raised for the tenant that is granted more, and for no other`(
        granted: String,
        spec: String,
        has: Quota?
    ) async throws {
        func grant(_ name: String, _ quotas: String) -> String {
            """
            apiVersion: roost.chat/v1alpha1
            kind: TenantGrant
            metadata: {name: \(name)}
            spec: {quotas: \(quotas), reason: a conference}
            """
        }
        let other = tenantYAML("other", spec: "  quotas: {connections: 5000}")
        let documents = [tenantYAML(spec: spec), other, Self.plan, grant("acme", granted)]
        let loaded = try await load(documents.joined(separator: "\n---\n"))
        #expect(loaded.catalog.tenants[try .named("acme")]?.quotas.connections == has)
        #expect(loaded.catalog.tenants[try .named("other")] == nil)
    }

    @Test(arguments: [
        ("{}", false), ("{names: [chat]}", true), ("{names: [other]}", false), ("{selector: {}}", true),
        ("{selector: {matchLabels: {team: a}}}", true), ("{selector: {matchLabels: {team: b}}}", false),
        ("{selector: {matchLabels: {team: a, stage: b}}}", false),
        ("{names: [chat], selector: {matchLabels: {team: b}}}", true),
        ("{selector: {matchExpressions: [{key: team, operator: In, values: [b, a]}]}}", true),
        ("{selector: {matchExpressions: [{key: team, operator: In, values: [b]}]}}", false),
        ("{selector: {matchExpressions: [{key: stage, operator: In, values: [b]}]}}", false),
        ("{selector: {matchExpressions: [{key: team, operator: NotIn, values: [a]}]}}", false),
        ("{selector: {matchExpressions: [{key: stage, operator: NotIn, values: [a]}]}}", true),
        ("{selector: {matchExpressions: [{key: team, operator: Exists}]}}", true),
        ("{selector: {matchExpressions: [{key: stage, operator: Exists}]}}", false),
        ("{selector: {matchExpressions: [{key: stage, operator: DoesNotExist}]}}", true),
        ("{selector: {matchLabels: {team: a}, matchExpressions: [{key: team, operator: DoesNotExist}]}}", false),
    ])
    func `is for the namespaces that it names or selects`(allowed: String, contains: Bool) async throws {
        let loaded = try await load("\(freePlan)\nspec: {allowedNamespaces: \(allowed)}")
        let namespaces = try #require(loaded.resources.plans["free"]?.spec.allowedNamespaces)
        #expect(namespaces.contains("chat", labels: ["team": "a"]) == contains)
    }

    @Test func `is for everybody where nothing is said`() async throws {
        #expect(try await load(freePlan).resources.plans["free"]?.spec.allowedNamespaces == nil)
    }

    @Test(arguments: [
        (0, "0"), (1000, "1000"), (1024, "1Ki"), (1 << 30, "1Gi"), (3 << 29, "1536Mi"), (1 << 50, "1Pi"),
        (1 << 40, "1Ti"), (1 << 41, "2Ti"), (1 << 39, "512Gi"), (1 << 60, "1Ei"), (1 << 61, "2Ei"),
        (1 << 59, "512Pi"),
    ])
    func `is written as people write sizes`(bytes: Int, text: String) {
        #expect(QuotaName.historyBytes.text(bytes) == text)
        #expect(ByteQuantity.parse(text) == Int64(bytes))
        #expect(QuotaName.connections.text(bytes) == "\(bytes)")
    }

    @Test(arguments: [
        ("chat.example.com", "chat.example.com"), ("a.chat.example.com", "chat.example.com"),
        ("a.vip.chat.example.com", "vip.chat.example.com"), ("vip.chat.example.com", "vip.chat.example.com"),
        ("notchat.example.com", nil), ("example.com", nil), ("a.acme.org", "acme.org"), ("acme.org.example.com", nil),
    ])
    func `has hostnames of which the longest suffix decides, in whatever order they stand`(
        hostname: String,
        suffix: String?
    ) async throws {
        let suffixes = ["chat.example.com", "vip.chat.example.com", "acme.org"]
        for order in [suffixes, suffixes.reversed()] {
            let list = order.map { "{suffix: \($0)}" }.joined(separator: ", ")
            let loaded = try await load(
                """
                apiVersion: roost.chat/v1alpha1
                kind: Cell
                metadata: {name: one}
                spec: {hostnameSuffixes: [\(list)]}
                """
            )
            #expect(try #require(loaded.resources.cells["one"]).spec.rule(for: hostname)?.suffix == suffix)
        }
    }
}
