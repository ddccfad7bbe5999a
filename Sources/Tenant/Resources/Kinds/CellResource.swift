/// One complete stack that tenants live in: what `Cell.spec` says.
///
/// `roost dev` reads and checks it and uses nothing of it: there the stores are in the process.
package struct CellSpec: Hashable, Sendable {
    /// Whether tenants without a `cellRef` live here.
    package var isDefault = false
    /// The namespaces whose tenants may live here; `nil` means all.
    package var allowedNamespaces: AllowedNamespaces?
    /// The hostnames that tenants may have here; empty for any.
    package var hostnameSuffixes: [HostnameSuffix] = []
    /// The fleet of edges.
    package var edge = CellEdge()
    /// The processes that do the cell's work; `nil` means that its edges do.
    package var worker: CellWorker?
    /// The Redis instances, each through a secret with its URL; a tenant lives on one of them.
    package var redis: [CellRedis] = []
    /// The PostgreSQL database, through a secret with its URL.
    package var postgres: SecretKeyReference?
    /// Where archives go, if anywhere.
    package var archive: CellArchive?
    /// The `kubernetes.io/tls` secret with the certificate of tenants that have none of their own.
    package var tlsSecretRef: ObjectReference?
    /// The gateway that routes each hostname, if not the Service alone.
    package var gateway: GatewayReference?
    /// The gateway's networks, whose word on who a client is holds: `PROXY` headers of IRC, `X-Forwarded-For` of HTTP.
    package var trustedProxies: [String] = []
    /// Who may say for whom it speaks (WEBIRC), if anybody.
    package var webirc: CellWebIRC?
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

extension CellSpec: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("default", \.isDefault, .flag, "Whether tenants without a cellRef live here."),
        Setting(
            "allowedNamespaces",
            \.allowedNamespaces,
            .object,
            "Which namespaces' tenants may live here: those that are named or selected; by default all, with {} none."
        ),
        Setting(
            "hostnameSuffixes",
            \.hostnameSuffixes,
            .list(of: .object, .objects(by: "suffix", \.suffix), most: 100),
            """
            Below which names tenants may have hostnames here; by default any. Of several that are meant for a hostname the \
            longest decides.
            """
        ),
        Setting("edge", \.edge, .object, "The fleet of edges."),
        Setting(
            "worker",
            \.worker,
            .object,
            "Processes that do what the cell wants done beside its clients (history, pushes, mail), so that edges need not: with it, {} is enough, there are some. By default edges do it."
        ),
        Setting(
            "redis",
            \.redis,
            .oneOrMore(.object),
            """
            The Redis instances: one, or a list of which a tenant lives on one. The first also has what all edges share. An \
            instance is known by its Secret and key.
            """
        ),
        Setting("postgres", \.postgres, .store, "The PostgreSQL database."),
        Setting(
            "archive",
            \.archive,
            .object,
            "Where archives go, if anywhere: one of s3, gcs and folder."
        ),
        Setting(
            "tls",
            \.tlsSecretRef,
            .certificate("A Secret of type kubernetes.io/tls in the operator's namespace."),
            "The certificate of tenants that have none of their own."
        ),
        Setting.group(
            "routes",
            isOpen: true,
            "How clients reach the edges beside the Service.",
            [
                Setting(
                    "gateway",
                    \.gateway,
                    .object,
                    "The Gateway API gateway that routes each hostname, if not the Service alone."
                ),
                Setting(
                    "trustedProxies",
                    \.trustedProxies,
                    .list(of: .network, .plain),
                    """
                    The gateway's networks, such as 10.0.0.0/8: connections to IRC's port from there begin with a PROXY \
                    header, and X-Forwarded-For of requests from there is believed.
                    """
                ),
                Setting(
                    "webirc",
                    \.webirc,
                    .object,
                    "Gateways from the web that speak IRC for many clients and say which (WEBIRC); by default nobody may."
                ),
            ]
        ),
    ]

    static let rules = [
        Schema.Rule(
            """
            !has(self.routes) || !has(self.routes.gateway) || !has(self.edge) || !has(self.edge.service) \
            || !has(self.edge.service.proxyProtocol) || !self.edge.service.proxyProtocol
            """,
            "a gateway sends no PROXY header to all ports, so proxyProtocol goes without routes.gateway"
        )
    ]

    static func check(_ value: Self, _ fields: ObjectFields) {
        guard value.gateway != nil, value.edge.service.proxyProtocol else { return }
        let text = "a gateway sends no PROXY header to all ports: leave spec.edge.service.proxyProtocol out"
        fields["routes"].report(.badValue, text)
    }
}

/// A Gateway API gateway.
package struct GatewayReference: Hashable, Sendable {
    /// The gateway's name.
    package var name = ""
    /// Its namespace, by default the operator's.
    package var namespace: String?
    /// The listener that passes IRC's TLS through; `nil` means any that fits.
    package var ircListener: String?
    /// The listener of HTTP; `nil` means any that fits.
    package var webListener: String?
}

extension GatewayReference: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("name", \.name, .objectName, required: "name the gateway", "The gateway's name."),
        Setting("namespace", \.namespace, .label, "The gateway's namespace; by default the operator's."),
        Setting.group(
            "listeners",
            "Which of the gateway's listeners the routes are for (sectionName); by default any that fits.",
            [
                Setting("irc", \.ircListener, .objectName, "The one that passes IRC's TLS through."),
                Setting("web", \.webListener, .objectName, "The one of HTTP."),
            ]
        ),
    ]
}

/// Gateways that speak IRC for clients elsewhere.
package struct CellWebIRC: Hashable, Sendable {
    /// The networks that they connect from.
    package var networks: [String] = []
    /// The password that they give.
    package var passwordSecretRef = SecretKeyReference()
}

extension CellWebIRC: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "networks",
            \.networks,
            .list(of: .network, .plain),
            required: "write networks: [10.0.0.0/8], those that the gateways connect from",
            "The networks that the gateways connect from. Whoever is there and knows the password can name any address."
        ),
        Setting(
            "passwordSecretRef",
            \.passwordSecretRef,
            .object,
            required: "write passwordSecretRef: {name: …, key: password}",
            """
            The key of a Secret in the operator's namespace that holds the gateways' password, one word. A new one holds \
            without a restart, within a minute or two; without a password no gateway is believed.
            """
        ),
    ]
}

extension SettingType where Value == SecretKeyReference {
    /// A store behind a URL that a Secret holds.
    fileprivate static var store: SettingType {
        SettingType.object.within(
            "urlSecretRef",
            required: "write urlSecretRef: {name: …, key: url}",
            "The key of a Secret in the operator's namespace that holds the URL."
        )
    }
}

extension SettingType where Value == String {
    /// A network in CIDR notation.
    static var network: SettingType {
        .text(
            "network",
            "network: write 10.0.0.0/8 or 2001:db8::/32",
            pattern: "^[0-9a-fA-F:.]{2,45}/[0-9]{1,3}$",
            { $0.contains("/") && IPNetwork($0) != nil ? $0 : nil }
        )
    }
}
