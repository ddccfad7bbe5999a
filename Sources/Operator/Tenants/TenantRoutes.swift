// A tenant's hostnames at a gateway (gateway.networking.k8s.io): IRC over TLS passes through to the edges, which have the
// certificate; HTTP is routed by its Host. The routes live beside the Service that they lead to.

import KubeClient
import Synchronization
import Tenant

/// Remembers which routes were applied, so that what did not change costs no request.
final class AppliedRoutes: Sendable {
    private let hashes = Mutex<[TenantID: Int]>([:])

    func isApplied(_ routes: [KubeObject], of tenant: TenantID) -> Bool {
        self.hashes.withLock { $0[tenant] == routes.hashValue }
    }

    func applied(_ routes: [KubeObject], of tenant: TenantID) {
        self.hashes.withLock { $0[tenant] = routes.isEmpty ? nil : routes.hashValue }
    }
}

/// The routes of a tenant.
enum TenantRoutes {
    static func name(_ tenant: TenantID) -> String { "roost-\(tenant)" }

    static func objects(
        _ tenant: TenantID,
        hostnames: [String],
        cell: String,
        gateway: GatewayReference,
        namespace: String
    ) -> [(KubeResource, KubeObject)] {
        func route(_ resource: KubeResource, port: Int64) -> (KubeResource, KubeObject) {
            var object = KubeObject(
                resource,
                name: Self.name(tenant),
                namespace: namespace,
                [
                    "spec": [
                        "parentRefs": [
                            ["name": .string(gateway.name), "namespace": .string(gateway.namespace ?? namespace)]
                        ],
                        "hostnames": .array(hostnames.map(JSON.string)),
                        "rules": [
                            ["backendRefs": [["name": .string(OperatorNames.service(cell)), "port": .integer(port)]]]
                        ],
                    ]
                ]
            )
            object.json["metadata"]["labels"] = JSON(
                OperatorNames.labels(cell).merging([OperatorNames.tenantLabel: tenant.text]) { $1 }
            )
            return (resource, object)
        }
        return [route(.tlsRoutes, port: 6697), route(.httpRoutes, port: 80)]
    }
}
