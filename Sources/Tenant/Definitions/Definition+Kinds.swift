// Our kinds. What their objects say is in the rows of settings; what is told of them, here.

extension Definition {
    /// Every kind that a cluster gets.
    package static let all = [tenant, plan, cell, tenantGrant, tenantQuota]

    static let ready = [
        Column(name: "Ready", type: "string", path: #".status.conditions[?(@.type=="Ready")].status"#),
        Column(name: "Reason", type: "string", path: #".status.conditions[?(@.type=="Ready")].reason"#),
    ]
    static let age = Column(name: "Age", type: "date", path: ".metadata.creationTimestamp")

    static let source = """
        It is made by scripts/generate-crds from the rows of settings in Sources/Tenant: change those. It accepts what they \
        accept; Tests/TenantTests compares them.
        """
    static let quotas = """
        A quota is a number or an object, which a structural schema cannot say with `type`: it goes without one, and the \
        keywords that only hold for a text, a list or a boolean refuse these; `anyOf` counts an object's fields, so that an \
        unknown one is one too many. What nothing reads yet has no default.
        """

    package static let tenant = Definition(
        "Tenant",
        TenantSpec.self,
        comment: "What `kubectl` may write as a Tenant. \(source)\n\n\(quotas)",
        isNamespaced: true,
        shortName: "rt",
        says: "One customer's chat network. A hostname and a plan suffice.",
        specSays: "What the tenant asks for. Everything but hostnames and planRef has a default.",
        columns: ready + [
            Column(name: "Plan", type: "string", path: ".spec.planRef.name"),
            Column(name: "Cell", type: "string", path: ".status.cell"),
            Column(
                name: "Host",
                type: "string",
                path: ".spec.hostnames[0]",
                says: "The name under which it is reached."
            ),
            Column(
                name: "Connections",
                type: "integer",
                path: ".status.usage.connections",
                says: "Connections at once."
            ),
            Column(
                name: "Limit",
                type: "integer",
                path: ".status.usage.connectionsLimit",
                says: "The most connections."
            ),
            age, Column(name: "Accounts", type: "integer", path: ".status.usage.accounts", isWide: true),
            Column(name: "Channels", type: "integer", path: ".status.usage.channels", isWide: true),
            Column(name: "Messages/s", type: "number", path: ".status.usage.messagesPerSecond", isWide: true),
            Column(name: "Archive", type: "integer", path: ".status.archive.bytes", says: "Bytes.", isWide: true),
            Column(name: "Lag", type: "integer", path: ".status.archive.lagSeconds", says: "Seconds.", isWide: true),
        ],
        status: [
            "cell": .words("The Cell that serves it now."),
            "redis": .words("Which of that Cell's Redis instances has what is live of it, as its Secret and key."),
            "hostnames": [
                "description": "The hostnames under which it is served now.", "type": "array",
                "x-kubernetes-list-type": "set", "items": ["type": "string"],
            ],
            "endpoints": [
                "description": "Where clients connect.", "type": "object",
                "properties": [
                    "irc": .words("IRC over TLS, such as ircs://acme.example.com:6697."),
                    "webSocket": .words("IRC over WebSocket, such as wss://acme.example.com/irc."),
                    "addresses": [
                        "description":
                            "What the hostnames must lead to in DNS: the addresses of the cell's load balancer, if it has one.",
                        "type": "array", "x-kubernetes-list-type": "atomic", "items": ["type": "string"],
                    ],
                ],
            ],
            "reserved": [
                "description":
                    "What it was accepted with, and takes of the budgets of its namespace; what is not there has no limit.",
                "type": "object",
                "properties": ["connections": .count("Connections."), "storage": .count("Bytes of history.")],
            ],
            "usage": [
                "description": "What it uses, as of the last look.", "type": "object",
                "properties": [
                    "connections": .count("Connections now, over all pods."),
                    "connectionsLimit": .count("The most connections, if there is a limit."),
                    "accounts": .count("Registered accounts."),
                    "channels": .count("Channels, registered ones included."),
                    "historyBytes": .count("Bytes of history."),
                    "messagesPerSecond": [
                        "description": "Messages in a second, lately.", "type": "number", "minimum": 0,
                    ],
                ],
            ],
            "archive": archive,
        ],
        rules: [
            .init(
                "self.metadata.name.size() <= 63 && !self.metadata.name.contains('.')",
                "a tenant is named by one label: 1 to 63 of a-z, 0-9 and -"
            )
        ]
    )

    static let plan = Definition(
        "Plan",
        PlanSpec.self,
        comment: "What `kubectl` may write as a Plan. \(source)\n\n\(quotas)",
        shortName: "rp",
        says: "Quotas, features and prices that tenants share.",
        specSays: "What the plan offers. Everything has a default.",
        columns: [
            Column(name: "Tenants", type: "integer", path: ".status.tenants", says: "Tenants on this plan."),
            Column(name: "Base", type: "string", path: ".spec.price.base", says: "The price of an interval."),
            Column(name: "Currency", type: "string", path: ".spec.price.currency"), age,
        ],
        status: ["tenants": .count("Tenants on this plan: not those who name it and are refused.")]
    )

    static let cell = Definition(
        "Cell",
        CellSpec.self,
        comment: """
            What `kubectl` may write as a Cell. \(source)

            `redis` is an object or a list, which a structural schema cannot say with `type`: it goes without one, and the \
            keywords that only hold for a text, a number or a boolean refuse these.
            """,
        shortName: "rc",
        says: "One complete stack that tenants live in, a fleet of edges with its stores.",
        specSays: "What the stack is made of. Everything has a default.",
        columns: ready + [
            Column(name: "Desired", type: "integer", path: ".status.desiredReplicas", says: "Pods that are wanted."),
            Column(name: "Ready-Pods", type: "integer", path: ".status.readyReplicas", says: "Pods that serve."),
            Column(name: "Connections", type: "integer", path: ".status.connections", says: "Connections at once."),
            Column(name: "Tenants", type: "integer", path: ".status.tenants", says: "Tenants that live here."),
            Column(name: "Image", type: "string", path: ".status.image", says: "The image that runs."), age,
        ],
        status: [
            "replicas": pods("Pods that there are."), "readyReplicas": pods("Pods that serve."),
            "desiredReplicas": pods("Pods that are wanted."),
            "selector": .words("The label selector of the pods, for the scale subresource."),
            "connections": .count("Connections over all pods."), "tenants": .count("Tenants that live here."),
            "retainedTenants": .count("Deleted tenants whose data is kept until their time is over."),
            "image": .words("The image that all pods run."),
            "wantedImage": .words("The image that they are meant to run."),
        ],
        rules: [
            .init(
                "self.metadata.name.size() <= 57 && !self.metadata.name.contains('.')",
                "a cell is named by one label of at most 57 bytes, since its Service is called roost-NAME"
            )
        ],
        scale: [
            "specReplicasPath": ".spec.edge.replicas", "statusReplicasPath": ".status.replicas",
            "labelSelectorPath": ".status.selector",
        ]
    )

    private static func pods(_ says: String) -> PlainValue {
        Schema(["type": "integer", "minimum": 0]).described(says).plain
    }
}
