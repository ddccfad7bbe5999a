import KubeAPIDouble
import KubeClient
import Operator
import Tenant
import TestSupport
import Testing

/// A tenant's routes at a gateway: what is asked for, and what the gateway says to it.
@Suite(.serialized)
struct RoutesTests {
    private static let kinds = ["tlsroutes.gateway.networking.k8s.io", "httproutes.gateway.networking.k8s.io"]
    private static let gateway: JSON = [
        "name": "edge", "namespace": "infra", "listeners": ["irc": "passthrough", "web": "https"],
    ]

    private static func with(_ body: (ClusterRig) async throws -> Void) async throws {
        try await ClusterRig.with(groups: [.gatewayAPI]) { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell(["routes": ["gateway": Self.gateway]])
                try await body(rig)
            }
        }
    }

    /// The routes that there are, TLS before HTTP.
    private static func routes(_ rig: ClusterRig) -> [(kind: String, route: DoubleJSON)] {
        Self.kinds.flatMap { kind in rig.server.objects(kind, namespace: "roost").map { (kind, $0) } }
    }

    /// What a gateway says to a route.
    private enum Answer: CaseIterable {
        case refused, unresolved, ofAnEarlierOne, ofAnotherListener, taken

        /// The reason of the condition, and words of its message.
        var expected: (reason: String, words: String) {
            switch self {
            case .refused, .unresolved: ("RoutesRefused", "NotAllowedByListeners: by the rules of infra")
            case .ofAnEarlierOne, .ofAnotherListener: ("Pending", "yet")
            case .taken: ("Serving", "")
            }
        }
    }

    /// Speaks for the gateway, of one route.
    private static func say(_ answer: Answer, to found: (kind: String, route: DoubleJSON), _ rig: ClusterRig) throws {
        let generation = found.route[at: "metadata.generation"]?.int ?? 0
        var reference = found.route[at: "spec.parentRefs"]?[0] ?? .null
        if answer == .ofAnotherListener { reference["sectionName"] = "another" }
        let said = [("Accepted", answer != .refused), ("ResolvedRefs", answer != .unresolved)]
        let conditions: [DoubleJSON] = said.map { type, holds in
            [
                "type": .string(type), "status": holds ? "True" : "False",
                "observedGeneration": .int(answer == .ofAnEarlierOne ? generation - 1 : generation),
                "reason": holds ? .string(type) : "NotAllowedByListeners", "message": "by the rules of infra",
                "lastTransitionTime": "2026-01-01T00:00:00Z",
            ]
        }
        let parent: DoubleJSON = [
            "parentRef": reference, "controllerName": "example.com/gateway", "conditions": .array(conditions),
        ]
        let name = found.route[at: "metadata.name"]?.string ?? ""
        let status: DoubleJSON = ["status": ["parents": [parent]]]
        try rig.server.patch(found.kind, namespace: "roost", name: name, status, subresource: "status")
    }

    private static func hostnames(_ count: Int) -> [String] {
        (1...count).map { "h\($0).chat.example.com" }
    }

    /// How many hostnames each route has.
    private static func counts(_ rig: ClusterRig) -> [String: Int] {
        Self.routes(rig).reduce(into: [:]) { counts, found in
            let name = found.route[at: "metadata.name"]?.string ?? ""
            counts["\(found.kind.prefix { $0 != "." }) \(name)"] = found.route[at: "spec.hostnames"]?.array?.count
        }
    }

    /// The same of both kinds.
    private static func both(_ counts: [String: Int]) -> [String: Int] {
        counts.reduce(into: [:]) { both, count in
            for kind in ["tlsroutes", "httproutes"] { both["\(kind) roost-\(count.key)"] = count.value }
        }
    }

    @Test func `a route has sixteen hostnames at most, and goes when it has none`() async throws {
        try await Self.with { rig in
            @Sendable func acme(_ count: Int) -> KubeObject {
                ClusterRig.tenant("acme", hostnames: Self.hostnames(count), ["deletionPolicy": "Delete"])
            }
            // A name that would be the second route's, were it made with a hyphen.
            try await rig.apply(ClusterRig.tenant("acme-2"), .tenants)
            try await rig.waitReady("acme-2", reason: "Pending")
            try await rig.apply(acme(33), .tenants)
            try await rig.waitReady("acme", reason: "Pending")
            #expect(Self.counts(rig) == Self.both(["acme-2": 1, "acme": 16, "acme.2": 16, "acme.3": 1]))
            try await rig.apply(acme(16), .tenants)
            try await until("the routes being fewer") { Self.counts(rig) == Self.both(["acme-2": 1, "acme": 16]) }
            try await rig.user.delete(.tenants, "acme", in: "chat")
            try await until("the routes being gone") { Self.counts(rig) == Self.both(["acme-2": 1]) }
        }
    }

    @Test func `each kind of route goes to its own listener`() async throws {
        try await Self.with { rig in
            try await rig.apply(ClusterRig.tenant("acme"), .tenants)
            try await rig.waitReady("acme", reason: "Pending")
            let sections = Self.routes(rig).map { $0.route[at: "spec.parentRefs"]?[0]?["sectionName"] }
            #expect(sections == ["passthrough", "https"])
        }
    }

    @Test func `routes are taken once the gateway has taken each of them as it is now`() async throws {
        try await Self.with { rig in
            try await rig.apply(ClusterRig.tenant("acme"), .tenants)
            try await rig.waitReady("acme", reason: "Pending")
            let routes = Self.routes(rig)
            #expect(routes.count == 2)
            // Of two the one and the other, while the gateway has taken the rest.
            for (name, route, other) in [("TLSRoute", routes[0], routes[1]), ("HTTPRoute", routes[1], routes[0])] {
                try Self.say(.taken, to: other, rig)
                for answer in Answer.allCases {
                    try Self.say(answer, to: route, rig)
                    let text = "\(name) \(answer)"
                    try await rig.apply(ClusterRig.tenant("acme", ["displayName": .string(text)]), .tenants)
                    let tenant = try await rig.waitReady("acme", reason: answer.expected.reason)
                    guard answer != .taken else { continue }
                    let message = tenant.condition("RoutesReady")?["message"].string ?? ""
                    #expect(
                        message.contains("\(name) roost-acme") && message.contains(answer.expected.words),
                        "\(text)"
                    )
                }
            }
            #expect(try await rig.waitReady("acme").condition("RoutesReady")?["reason"] == "Accepted")
        }
    }
}
