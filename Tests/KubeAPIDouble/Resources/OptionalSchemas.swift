// The fields of cert-manager's, the Gateway API's and the Prometheus operator's kinds as far as an operator would write
// them; what is not written out takes anything.

/// Schemas of the groups that a cluster may lack.
enum OptionalSchemas {
    static let certificate = BuiltInSchemas.object(
        """
        { spec: { secretName: str dnsNames: [str] commonName: str duration: str renewBefore: str
            issuerRef: { name: str kind: str group: str } usages: [str] isCA: bool revisionHistoryLimit: int
            privateKey: { algorithm: str encoding: str rotationPolicy: str size: int } subject: any
            secretTemplate: { annotations: map(str) labels: map(str) } ipAddresses: [str] uris: [str]
            emailAddresses: [str] keystores: any additionalOutputFormats: any encodeUsagesInRequest: bool
            nameConstraints: any otherNames: any literalSubject: str renewBeforePercentage: int }
          status: { conditions: [@condition]<type> notBefore: str notAfter: str renewalTime: str revision: int
            nextPrivateKeySecretName: str failedIssuanceAttempts: int lastFailureTime: str } }
        """
    )

    private static let parents = """
        [{ group: str = gateway.networking.k8s.io kind: str = Gateway namespace: str name: str sectionName: str
          port: int }]
        """
    private static let backends = """
        [{ group: str kind: str = Service namespace: str name: str port: int weight: int = 1 filters: any }]
        """
    private static let routeStatus = """
        { parents: [{ parentRef: any controllerName: str conditions: [@condition]<type> }] }
        """

    /// As the kind's definition has it: 16 hostnames at most.
    private static func route(_ text: String) -> SchemaNode {
        var limits = SchemaNode.Limits()
        limits.maxItems = 16
        let hostnames = SchemaNode(kind: .array, items: SchemaNode(kind: .string), limits: limits)
        let object = BuiltInSchemas.object(text)
        guard let spec = object.properties["spec"] else { return object }
        return object.with(properties: ["spec": spec.with(properties: ["hostnames": hostnames])])
    }

    static let httpRoute = route(
        """
        { spec: { parentRefs: \(parents) hostnames: [str]
            rules: [{ name: str matches: any filters: any timeouts: any backendRefs: \(backends) }] }
          status: \(routeStatus) }
        """
    )
    static let tlsRoute = route(
        """
        { spec: { parentRefs: \(parents) hostnames: [str] rules: [{ name: str backendRefs: \(backends) }] }
          status: \(routeStatus) }
        """
    )
    static let podMonitor = BuiltInSchemas.object(
        """
        { spec: { selector: @selector namespaceSelector: { any: bool matchNames: [str] } jobLabel: str
            podTargetLabels: [str] podMetricsEndpoints: [any] sampleLimit: int attachMetadata: any }
          status: any }
        """
    )
}
