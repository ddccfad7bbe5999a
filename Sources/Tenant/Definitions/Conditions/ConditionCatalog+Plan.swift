/// The reasons of one kind, in the documentation's order.
extension ConditionCatalog {
    /// What conditions of a Plan say.
    package static let plan: [ConditionRow] = [
        .init("Ready", "Valid", .well, "tenants may be on it"),
        .init(
            "Ready",
            "InvalidSpec",
            .complaint,
            "the object says something that its definition could not refuse",
            do: "correct the field that the message names"
        ),
        .init("InUse", "InUse", .well, "whether tenants are on it"),
        .init("InUse", "Unused", .well, "whether tenants are on it"),
        .init("SettingsIgnored", "NotImplemented", .notice, "as for a tenant"),
        .init(
            "Deleting",
            "StillUsed",
            .notice,
            "deletion waits until no tenant is on it",
            do: "put those in the message on another plan"
        ),
    ]
}
