// A tenant's hostnames at a gateway (gateway.networking.k8s.io): IRC over TLS passes through to the edges, which have the
// certificate; HTTP is routed by its Host. The routes live beside the Service that they lead to.

import KubeClient
import Tenant

/// The routes of a tenant.
enum TenantRoutes {
    static func name(_ tenant: TenantID) -> String { "roost-\(tenant)" }

    static func objects(
        _ tenant: TenantID,
        tlsRoutes: KubeResource?,
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
        return [tlsRoutes.map { route($0, port: 6697) }, route(.httpRoutes, port: 80)].compactMap(\.self)
    }
}
