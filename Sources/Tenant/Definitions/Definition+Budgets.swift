// The kinds by which the platform says what teams may have.

extension Definition {
    private static func column(_ name: String, _ path: String, _ says: String) -> Column {
        Column(name: name, type: "string", path: path, says: says)
    }

    static let tenantGrant = Definition(
        "TenantGrant",
        TenantGrantSpec.self,
        comment: "What `kubectl` may write as a TenantGrant. \(Self.source)\n\n\(Self.quotas)",
        isNamespaced: true,
        shortName: "rtg",
        says: "What the platform gives the tenant of the same name and namespace beside its plan.",
        specSays: "What it is given. What is left out stays as the plan has it.",
        columns: Self.ready + [column("Why", ".spec.reason", "Why, for people."), Self.age],
        status: .object([])
    )

    static let tenantQuota = Definition(
        "TenantQuota",
        TenantQuotaSpec.self,
        comment: """
            What `kubectl` may write as a TenantQuota. \(Self.source)

            A size is a number or a text, which a structural schema cannot say with `type`.
            """,
        isNamespaced: true,
        shortName: "rtq",
        says: "What the tenants of its namespace may have together. Of several, each holds.",
        specSays: "The budget. What is left out is not limited.",
        columns: [
            column("Within", #".status.conditions[?(@.type=="WithinBudget")].status"#, "Whether no more is given out."),
            column("Reason", #".status.conditions[?(@.type=="WithinBudget")].reason"#, "Why, in a word."),
            Column(name: "Tenants", type: "integer", path: ".status.used.tenants", says: "Tenants that there are."),
            Column(name: "Of", type: "integer", path: ".spec.tenants", says: "The most tenants."),
            Column(name: "Connections", type: "integer", path: ".status.used.connections", says: "The sum of quotas."),
            Column(name: "Of-Conns", type: "integer", path: ".spec.connections", says: "The most that it may be."),
            column("Storage", ".status.used.storage", "The sum of quotas."),
            column("Of-Storage", ".spec.storage", "The most that it may be."), Self.age,
        ],
        status: [
            "used": amounts("What is given out, also beyond the budget where it was lowered later."),
            "left": amounts("What may be given out yet."),
        ]
    )

    private static func amounts(_ says: String) -> PlainValue {
        [
            "description": .text(says), "type": "object",
            "properties": [
                "tenants": .count("Tenants."), "connections": .count("Connections."), "storage": .words("A size."),
            ],
        ]
    }
}
