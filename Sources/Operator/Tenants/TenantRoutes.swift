// A tenant's hostnames at a gateway (gateway.networking.k8s.io): IRC over TLS passes through to the edges, which have the
// certificate; HTTP is routed by its Host. The routes live beside the Service that they lead to.

import KubeClient
import Numbers
import Tenant

/// The routes of a tenant.
enum TenantRoutes {
    /// How many hostnames a route may have.
    static let most = 16

    /// What chooses a tenant's routes.
    static func selector(_ tenant: TenantID) -> ListOptions {
        ListOptions(labelSelector: "\(OperatorNames.tenantLabel)=\(tenant)")
    }

    static func objects(
        _ tenant: TenantID,
        tlsRoutes: KubeResource?,
        hostnames: [String],
        cell: String,
        gateway: GatewayReference,
        namespace: String
    ) -> [(KubeResource, KubeObject)] {
        let kinds = [
            tlsRoutes.map { ($0, Int64(6697), gateway.ircListener) }, (.httpRoutes, 80, gateway.webListener),
        ].compactMap(\.self)
        let parts = stride(from: 0, to: hostnames.count, by: Self.most).map {
            hostnames.dropFirst($0).prefix(Self.most)
        }
        return kinds.flatMap { resource, port, listener in
            parts.enumerated().map { number, hostnames in
                var object = KubeObject(
                    resource,
                    // With a dot, which no tenant's name has: what follows a hyphen may be another's.
                    name: "roost-\(tenant)" + (number == 0 ? "" : ".\(number.plus(1))"),
                    namespace: namespace,
                    [
                        "spec": [
                            "parentRefs": [
                                [
                                    "name": .string(gateway.name),
                                    "namespace": .string(gateway.namespace ?? namespace), "sectionName": JSON(listener),
                                ]
                            ],
                            "hostnames": .array(hostnames.map(JSON.string)),
                            "rules": [
                                [
                                    "backendRefs": [
                                        ["name": .string(OperatorNames.service(cell)), "port": .integer(port)]
                                    ]
                                ]
                            ],
                        ]
                    ]
                )
                object.json["metadata"]["labels"] = JSON(
                    OperatorNames.labels(cell).merging([OperatorNames.tenantLabel: tenant.text]) { $1 }
                )
                return (resource, object)
            }
        }
    }

    /// What the gateway says to routes.
    ///
    /// - Parameters:
    ///   - wanted: The routes that are asked for.
    ///   - found: Those that there are.
    /// - Returns: That it has taken them if it has taken each as it is now, with all that it refers to.
    static func verdict(on wanted: [(KubeResource, KubeObject)], found: [KubeObject]) -> TenantView.Routes {
        var waiting: TenantView.Routes?
        for (resource, object) in wanted {
            let name = "\(resource.kind) \(object.name)"
            let route = found.first { $0.kind == resource.kind && $0.key == object.key }
            guard let route, Self.asks(route, as: object) else { return .pending(name) }
            switch Self.answer(to: route, parent: object.spec["parentRefs"][0]) {
            case .taken: continue
            case .none: waiting = waiting ?? .pending(name)
            // Somebody has to do something about it, whatever comes of the others.
            case .refused(let why): return .refused("\(name): \(why)")
            }
        }
        return waiting ?? .accepted
    }

    private enum Answer {
        case none
        case taken
        case refused(String)
    }

    /// Whether a route says what is wanted: what a gateway says to another one is no answer.
    private static func asks(_ route: KubeObject, as object: KubeObject) -> Bool {
        route.spec["hostnames"] == object.spec["hostnames"]
            && Self.isSame(route.spec["parentRefs"][0], object.spec["parentRefs"][0], in: route.namespace)
            && route.spec["rules"][0]["backendRefs"][0]["name"] == object.spec["rules"][0]["backendRefs"][0]["name"]
    }

    private static func isSame(_ left: JSON, _ right: JSON, in namespace: String) -> Bool {
        func place(_ reference: JSON) -> [String?] {
            [reference["name"].string, reference["namespace"].string ?? namespace, reference["sectionName"].string]
        }
        return place(left) == place(right)
    }

    private static func answer(to route: KubeObject, parent: JSON) -> Answer {
        let parents = (route.status["parents"].elements ?? []).filter {
            Self.isSame($0["parentRef"], parent, in: route.namespace)
        }
        var isTaken = false
        for condition in parents.flatMap({ $0["conditions"].elements ?? [] }) {
            let type = condition["type"].string
            guard type == "Accepted" || type == "ResolvedRefs",
                condition["observedGeneration"].int ?? route.generation >= route.generation
            else { continue }
            switch (type, condition["status"].string) {
            case (_, "False"):
                let words = [condition["reason"].string, condition["message"].string].compactMap(\.self)
                return .refused(words.filter { !$0.isEmpty }.joined(separator: ": "))
            case ("Accepted", "True"): isTaken = true
            default: continue
            }
        }
        return isTaken ? .taken : .none
    }
}
