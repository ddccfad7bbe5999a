// The least and the greatest that fields of cells and plans take.

import Tenant
import Testing

@Suite struct `Bounds of fields` {
    /// A field of `spec.edge`, `#` for its value, with the least and the greatest.
    private static let edge: [(field: String, bounds: ClosedRange<Int>)] = [
        ("shards: #", 1...1_024), ("connectionsPerPod: #", 1...10_000_000), ("replicas: #", 0...10_000),
        ("rollout: {maxSurge: #}", 1...100),
        ("autoscaling: {minReplicas: #, maxReplicas: 10000}", 0...10_000),
        ("autoscaling: {minReplicas: 0, maxReplicas: #}", 1...10_000), ("autoscaling: {targetConnections: #}", 1...100),
        ("autoscaling: {targetLoopUtilization: #}", 1...100), ("autoscaling: {bufferPods: #}", 0...1_000),
        ("autoscaling: {fallbackReplicas: #}", 1...10_000),
        ("autoscaling: {scaleDown: {maxPodsAtOnce: #}}", 1...10_000),
        ("autoscaling: {scaleUp: {maxPodsPerMinute: #}}", 1...10_000),
        ("autoscaling: {scaleUp: {maxPercentPerMinute: #}}", 0...10_000),
        ("pod: {tolerations: [{tolerationSeconds: #}]}", 0...2_147_483_647),
    ]

    private func cell(_ edge: String) -> String {
        """
        apiVersion: roost.chat/v1alpha1
        kind: Cell
        metadata: {name: a}
        spec:
          edge:
            \(edge)
        """
    }

    @Test(arguments: edge.indices)
    func `a number of a fleet is within its bounds`(index: Int) async throws {
        let (field, bounds) = Self.edge[index]
        for (value, fits) in [
            (bounds.lowerBound - 1, false), (bounds.lowerBound, true), (bounds.upperBound, true),
            (bounds.upperBound + 1, false),
        ] {
            let loaded = try await load(self.cell(field.replacing("#", with: "\(value)")))
            #expect(loaded.errors.allSatisfy { $0.severity == .warning } == fits, "\(value)")
        }
    }

    @Test(
        arguments: [
            (3, 2, "2 is less than minReplicas, 3: raise it"), (2, 2, nil), (51, nil, nil),
        ] as [(Int, Int?, String?)]
    )
    func `the maximum is no less than the minimum`(fewest: Int, most: Int?, error: String?) async throws {
        let most = most.map { ", maxReplicas: \($0)" } ?? ""
        let loaded = try await load(self.cell("autoscaling: {minReplicas: \(fewest)\(most)}"))
        #expect(loaded.errors.first?.message == error)
        if most.isEmpty { #expect(loaded.resources.cells["a"]?.spec.edge.autoscaling.maxReplicas == 51) }
    }

    /// A field of a plan's price for messages.
    private func plan(_ fields: String) -> String {
        """
        \(freePlan)
        spec:
          price:
            currency: EUR
            prices:
              - {meter: messages, \(fields)}
        """
    }

    @Test(arguments: [
        ("model: Unit, unit: \"1\", included: 0", true), ("model: Unit, unit: \"1\", included: -1", false),
        ("model: Unit, unit: \"1\", included: 1000000000000000", true),
        ("model: Unit, unit: \"1\", included: 1000000000000001", false),
        ("model: Package, unit: \"1\", size: 1", true), ("model: Package, unit: \"1\", size: 0", false),
        ("model: Package, unit: \"1\", size: 1000000000000000", true),
        ("model: Package, unit: \"1\", size: 1000000000000001", false),
        ("model: Unit, unit: \"0\"", true), ("model: Unit, unit: \"-0.01\"", false), ("model: Flat", false),
        ("model: Unit, unit: \"1\", minimum: \"2\", maximum: \"2\"", true),
        ("model: Unit, unit: \"1\", minimum: \"2.01\", maximum: \"2\"", false),
        ("model: Unit, unit: \"1\", minimum: \"1\", maximum: \"2\"", true),
        ("model: Volume, tiers: [{upTo: 1, unit: \"1\"}, {upTo: 2, unit: \"1\"}, {unit: \"1\"}]", true),
        ("model: Volume, tiers: [{upTo: 2, unit: \"1\"}, {upTo: 2, unit: \"1\"}, {unit: \"1\"}]", false),
        ("model: Volume, tiers: [{upTo: 0, unit: \"1\"}, {unit: \"1\"}]", false),
        ("model: Volume, tiers: [{upTo: 1000000000000000, unit: \"1\"}, {unit: \"1\"}]", true),
        ("model: Volume, tiers: [{upTo: 1000000000000001, unit: \"1\"}, {unit: \"1\"}]", false),
        ("model: Volume, tiers: [{unit: \"1\"}, {unit: \"1\"}]", false),
        ("model: Volume, tiers: [{upTo: 1, unit: \"1\"}]", false), ("model: Volume, tiers: []", false),
    ])
    func `a price is within its bounds`(fields: String, fits: Bool) async throws {
        #expect(try await load(self.plan(fields)).errors.allSatisfy { $0.severity == .warning } == fits)
    }

    @Test(arguments: [
        ("EUR", true), ("AAA", true), ("ZZZ", true), ("eur", false), ("EU", false), ("EURO", false), ("E@R", false),
        ("E[R", false),
    ])
    func `a currency is three capital letters`(currency: String, fits: Bool) async throws {
        let plan = "\(freePlan)\nspec: {price: {currency: \"\(currency)\"}}"
        #expect(try await load(plan).errors.allSatisfy { $0.severity == .warning } == fits)
    }

    @Test(arguments: [
        ("warnAt: [1, 100]", true), ("warnAt: [0]", false), ("warnAt: [101]", false), ("warnAt: [90, 80]", true),
        ("warnAt: [80, 80]", false),
    ])
    func `warnings are at a part of the limit`(field: String, fits: Bool) async throws {
        let plan = "\(freePlan)\nspec: {quotas: {connections: {limit: 5, \(field)}}}"
        #expect(try await load(plan).errors.allSatisfy { $0.severity == .warning } == fits)
    }

    @Test(arguments: [
        (".inf", false), ("-.INF", false), (".NaN", false), ("1_000", false), ("1e3", false), ("0x1F", false),
        ("0b1", false), ("0o7", false), (".5", false), ("+1", false), ("inf", true), ("nan", true), ("infinity", true),
        ("0xg", true), ("0x", true), ("1.2.3", true), (".", true), ("e3", true), ("_1", true),
    ])
    func `a text without quotes is what kubectl takes it for`(text: String, isText: Bool) async throws {
        let loaded = try await load(tenantYAML(spec: "  displayName: \(text)") + "\n---\n" + freePlan)
        #expect(loaded.errors.map(\.reason) == (isText ? [] : [.wrongType]))
        if isText { #expect(loaded.catalog.sorted.first?.displayName == text) }
    }

    @Test func `what is no size is told from what is no number`() async throws {
        for (value, reason) in [("true", ResourceError.Reason.wrongType), ("\"many\"", .badValue)] {
            let plan = "\(freePlan)\nspec: {quotas: {historyBytes: \(value)}}"
            #expect(try await load(plan).errors.map(\.reason) == [reason])
        }
    }

    @Test func `the nearest of several names is proposed`() async throws {
        let errors = try await load(self.plan("model: Unit, unit: \"1\", mimimum: \"1\"")).errors
        #expect(errors.count == 1 && errors.first?.message.contains("`minimum`") == true, "\(errors)")
        let far = try await load(self.plan("model: Unit, unit: \"1\", abcminimum: \"1\"")).errors
        #expect(far.count == 1 && far.first?.message.contains("did you mean") == false, "\(far)")
    }

    @Test func `a fleet of which nothing is said has the numbers that are documented`() async throws {
        let edge = try #require(try await load(self.cell("autoscaling: {}")).resources.cells["a"]).spec.edge
        #expect(edge.rolloutMaxSurge == 100)
        #expect(edge.shards == 1 && edge.connectionsPerPod == 20_000 && edge.replicas == nil)
        #expect(edge.drainAnnouncement == .seconds(30) && edge.drainGracePeriod == .seconds(300))
        let scaling = edge.autoscaling
        #expect(scaling.minReplicas == 2 && scaling.maxReplicas == 50 && scaling.bufferPods == 1)
        #expect(scaling.targetConnections == 70 && scaling.targetLoopUtilization == 60)
        #expect(scaling.scaleDownStabilization == .seconds(600) && scaling.scaleDownMaxPodsAtOnce == nil)
        #expect(scaling.scaleUpMaxPodsPerMinute == 4 && scaling.scaleUpMaxPercentPerMinute == 100)
        #expect(scaling.fallbackReplicas == 4)
        let whole =
            "autoscaling: {targetConnections: 11, targetLoopUtilization: 12, bufferPods: 13, fallbackReplicas: 14}"
        let said = try #require(try await load(self.cell(whole)).resources.cells["a"]).spec.edge.autoscaling
        #expect(said.targetConnections == 11 && said.targetLoopUtilization == 12)
        #expect(said.bufferPods == 13 && said.fallbackReplicas == 14)
    }

    @Test(arguments: [("1", true), ("\"500m\"", true), ("512Mi", true), ("[1]", false), ("{a: 1}", false)])
    func `a resource is asked for in a quantity`(quantity: String, fits: Bool) async throws {
        let loaded = try await load(self.cell("resources: {requests: {cpu: \(quantity)}}"))
        #expect(loaded.errors.map(\.reason) == (fits ? [] : [.wrongType]))
    }

    @Test func `a price of which little is said includes nothing and is for one unit`() async throws {
        let plan = try await load(self.plan("model: Unit, unit: \"1\"")).resources.plans["free"]
        let price = try #require(plan?.spec.price?.prices.first)
        #expect(price.included == 0 && price.size == 1 && price.tiers.isEmpty && price.minimum == nil)
        #expect(plan?.spec.price?.interval == .month && plan?.spec.price?.base == .zero)
    }

    @Test func `an administrator has a password`() async throws {
        func text(_ password: String) -> String {
            """
            \(tenantYAML(spec: "  admins: [{account: alice, passwordSecretRef: {name: s, key: password}}]"))
            ---
            \(freePlan)
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: s}
            stringData: {password: "\(password)"}
            """
        }
        #expect(try await load(text("x")).errors == [])
        let error = try #require(try await load(text("")).errors.first)
        #expect(error.reason == .badValue && error.field == "spec.admins[0].passwordSecretRef.key")
    }

    @Test func `a host name of 253 bytes is found, with a dot behind it too`() async throws {
        let host = Array(repeating: String(repeating: "a", count: 62), count: 4).joined(separator: ".") + ".a"
        let yaml = tenantYAML().replacing("acme.localhost", with: host) + "\n---\n" + freePlan
        let catalog = try await load(yaml).catalog
        #expect(catalog.tenant(forHostname: host) != nil && catalog.tenant(forHostname: host + ".") != nil)
        #expect(catalog.tenant(forHostname: host + "..") == nil)
    }

    @Test(arguments: [(78, true), (80, true), (81, false)])
    func `a long value is shown in part`(length: Int, isWhole: Bool) async throws {
        let value = String(repeating: "x", count: length)
        let errors = try await load("\(freePlan)\nspec: {quotas: {historyBytes: \"\(value)\"}}").errors
        let shown = isWhole ? "`\(value)`" : "`\(value.prefix(77))…`"
        #expect(errors.first?.message.contains(shown) == true, "\(errors)")
    }

    @Test(arguments: ["---", "--- ", "---\t", "---\r"])
    func `a document begins with three dashes and nothing else`(mark: String) async throws {
        let loaded = try await load(freePlan + "\n\(mark)\n" + tenantYAML())
        #expect(loaded.errors == [] && loaded.catalog.sorted.count == 1)
    }

    @Test(arguments: [("a_1z", true), ("z9", true), ("a-b", false), ("A", false), ("", false), ("a.b", false)])
    func `a meter's name is small letters, digits and underscores`(name: String, fits: Bool) async throws {
        let yaml = self.plan("model: Flat, unit: \"1\"").replacing("meter: messages", with: "meter: \"\(name)\"")
        #expect(try await load(yaml).errors.allSatisfy { $0.severity == .warning } == fits)
    }

    @Test func `a tenant has a hostname at least`() async throws {
        let yaml = tenantYAML().replacing("[acme.localhost]", with: "[]") + "\n---\n" + freePlan
        let errors = try await load(yaml).errors
        #expect(errors.count == 1 && errors.first?.message.hasPrefix("is empty: write at least one") == true)
        let wrong = try await load(tenantYAML().replacing("acme.localhost", with: "1.2.3.4") + "\n---\n" + freePlan)
        #expect(wrong.errors.count == 1 && wrong.errors.first?.field == "spec.hostnames[0]")
    }

    @Test func `what is said of pods is taken`() async throws {
        let pod = """
            pod: {imagePullSecrets: [{name: s}], nodeSelector: {a: b}, annotations: {c: d}, priorityClassName: high}
                autoscaling:
                  scaleDown: {maxPodsAtOnce: 15, stabilization: 7m}
                  scaleUp: {maxPodsPerMinute: 3, maxPercentPerMinute: 20}
            """
        let edge = try #require(try await load(self.cell(pod)).resources.cells["a"]).spec.edge
        #expect(edge.pod.imagePullSecrets.map(\.name) == ["s"] && edge.pod.nodeSelector == ["a": "b"])
        #expect(edge.pod.annotations == ["c": "d"] && edge.pod.priorityClassName == "high")
        #expect(edge.autoscaling.scaleDownMaxPodsAtOnce == 15)
        #expect(edge.autoscaling.scaleDownStabilization == .seconds(420))
        #expect(edge.autoscaling.scaleUpMaxPodsPerMinute == 3 && edge.autoscaling.scaleUpMaxPercentPerMinute == 20)
    }

    @Test func `one tenant that comes, changes or goes is a change`() throws {
        var changes = CatalogChanges()
        #expect(changes.isEmpty)
        for set in [\CatalogChanges.added, \.changed, \.removed] {
            changes[keyPath: set] = [try .named("acme")]
            #expect(!changes.isEmpty)
            changes[keyPath: set] = []
        }
    }

    @Test(arguments: [
        // Whatever may be trusted to say who its clients are.
        ("192.0.2.0/0", true), ("192.0.2.0/32", true), ("192.0.2.0/33", false), ("2001:db8::/128", true),
        ("2001:db8::/129", false), ("2001:db8::/0", true), ("192.0.2.0/", false), ("192.0.2.0", false),
        ("192.0.2.0/0008", false), ("192.0.2.0/08", true), ("192.0.2.0/8/8", false), ("192.0.2/8", false),
        ("192.0.2.0/+8", false), ("192.0.2.0/:", false), ("192.0.2.0//", false), ("/8", false),
    ])
    func `a network is an address and how many of its bits count`(network: String, fits: Bool) async throws {
        let cell = """
            apiVersion: roost.chat/v1alpha1
            kind: Cell
            metadata: {name: a}
            spec: {routes: {trustedProxies: ["\(network)"]}}
            """
        #expect(try await load(cell).errors.allSatisfy { $0.severity == .warning } == fits)
    }
}
