import Yams

/// One complete stack that tenants live in: what `Cell.spec` says.
///
/// `roost dev` reads and checks it and uses nothing of it: there the stores are in the process.
package struct CellSpec: Hashable, Sendable {
    /// Whether tenants without a `cellRef` live here, by default not.
    package let isDefault: Bool
    /// The fleet of edges.
    package let edge: CellEdge
    /// The Redis instances, each through a secret with its URL; a tenant lives on one of them.
    package let redis: [SecretKeyReference]
    /// The PostgreSQL database, through a secret with its URL.
    package let postgres: SecretKeyReference?
    /// Where archives go, if anywhere.
    package let archive: CellArchive?
    /// The `kubernetes.io/tls` secret with the certificate of tenants that have none of their own.
    package let tlsSecretRef: ObjectReference?
    /// The gateway that routes each hostname, if not the Service alone.
    package let gateway: GatewayReference?
    /// The gateway's networks, whose word on who a client is holds: `PROXY` headers of IRC, `X-Forwarded-For` of HTTP.
    package let trustedProxies: [String]
}

/// A `Cell` of group `roost.chat/v1alpha1`.
package struct CellResource: Sendable {
    /// The name that a tenant's `cellRef` gives.
    package let metadata: ObjectMeta
    /// What it says.
    package let spec: CellSpec
    /// Where it was written.
    package let source: ResourceSource
}

/// The bucket for archives.
package struct CellArchive: Hashable, Sendable {
    /// The S3 endpoint's URL.
    package let endpoint: String
    /// The region that requests are signed for.
    package let region: String
    /// The bucket's name.
    package let bucket: String
    /// The secret with the access key.
    package let credentialsSecretRef: ObjectReference
}

/// A Gateway API gateway.
package struct GatewayReference: Hashable, Sendable {
    /// The gateway's name.
    package let name: String
    /// Its namespace, by default the operator's.
    package let namespace: String?
}

extension CellSpec {
    static func read(_ cursor: FieldCursor) -> CellSpec? {
        guard cursor.isPresent else {
            return CellSpec(
                isDefault: false,
                edge: CellEdge.read(cursor),
                redis: [],
                postgres: nil,
                archive: nil,
                tlsSecretRef: nil,
                gateway: nil,
                trustedProxies: []
            )
        }
        return cursor.object { fields in
            let edge = CellEdge.read(fields["edge"])
            var gateway: GatewayReference?
            var trustedProxies: [String]?
            _ = fields["routes"].object { routes in
                gateway = routes["gateway"].object(GatewayReference.read)
                trustedProxies = routes["trustedProxies"].list { network in
                    network.parsed("network: write 10.0.0.0/8 or 2001:db8::/32") {
                        $0.contains("/") && IPNetwork($0) != nil ? $0 : nil
                    }
                }
                return ()
            }
            if gateway != nil, edge.service.proxyProtocol {
                let text = "a gateway sends no PROXY header to all ports: leave spec.edge.service.proxyProtocol out"
                fields["routes"].report(.badValue, text)
            }
            return CellSpec(
                isDefault: fields["default"].bool() ?? false,
                edge: edge,
                redis: Self.readStores(fields["redis"]),
                postgres: Self.readStore(fields["postgres"]),
                archive: fields["archive"].object { archive in
                    archive["s3"].required("write s3: {endpoint, region, bucket, credentialsSecretRef}")
                        .object(CellArchive.read)
                },
                tlsSecretRef: ObjectReference.readNested(fields["tls"]),
                gateway: gateway,
                trustedProxies: trustedProxies ?? []
            )
        }
    }

    /// One instance, or a list of them.
    private static func readStores(_ cursor: FieldCursor) -> [SecretKeyReference] {
        if case .sequence = cursor.node { return cursor.list(Self.readStore) ?? [] }
        return Self.readStore(cursor).map { [$0] } ?? []
    }

    private static func readStore(_ cursor: FieldCursor) -> SecretKeyReference? {
        cursor.object { fields in
            SecretKeyReference.read(fields["urlSecretRef"].required("write urlSecretRef: {name: …, key: url}"))
        }
    }
}

extension CellArchive {
    static func read(_ fields: ObjectFields) -> CellArchive? {
        let endpoint = fields["endpoint"].required("write the S3 endpoint's URL")
            .parsed("URL: begin it with https:// or http://") {
                $0.hasPrefix("https://") || $0.hasPrefix("http://") ? $0 : nil
            }
        let region = fields["region"].line()
        let bucket = fields["bucket"].required("name the bucket").line()
        let credentials = ObjectReference.read(
            fields["credentialsSecretRef"].required("write credentialsSecretRef: {name: …}")
        )
        guard let endpoint, let bucket, let credentials else { return nil }
        return CellArchive(
            endpoint: endpoint,
            region: region ?? "us-east-1",
            bucket: bucket,
            credentialsSecretRef: credentials
        )
    }
}

extension GatewayReference {
    static func read(_ fields: ObjectFields) -> GatewayReference? {
        let name = fields["name"].required("name the gateway").parsed(ObjectMeta.nameRule) {
            DNSName.isSubdomain($0) ? $0 : nil
        }
        let namespace = fields["namespace"].parsed(ObjectMeta.labelRule) { TenantID($0)?.text }
        return name.map { GatewayReference(name: $0, namespace: namespace) }
    }
}
