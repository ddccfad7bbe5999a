/// The reasons of the kinds by which the platform says what teams may have, in the documentation's order.
extension ConditionCatalog {
    /// What conditions of a TenantGrant say.
    package static let tenantGrant: [ConditionRow] = [
        .init("Ready", "InEffect", .well, "the tenant of its name has what it says"),
        .init(
            "Ready",
            "NoTenant",
            .notice,
            "there is no tenant of its name in its namespace; it takes effect when there is one",
            do: "look at the spelling, or wait"
        ),
        .init(
            "Ready",
            "InvalidSpec",
            .complaint,
            "the object says something that its definition could not refuse; it gives nothing",
            do: "correct the field that the message names"
        ),
    ]

    /// What conditions of a TenantQuota say.
    package static let tenantQuota: [ConditionRow] = [
        .init("Ready", "Valid", .well, "it holds"),
        .init(
            "Ready",
            "InvalidSpec",
            .complaint,
            "the object says something that its definition could not refuse; until then nothing more is given out",
            do: "correct the field that the message names"
        ),
        .init("WithinBudget", "WithinBudget", .well, "the tenants of the namespace have no more than it allows"),
        .init(
            "WithinBudget",
            "TenantsWait",
            .notice,
            "(status True) there are tenants that want more than is left; the message names them",
            do: "raise it, or have the team ask for less; they are accepted as soon as there is room"
        ),
        .init(
            "WithinBudget",
            "Overcommitted",
            .notice,
            """
            more is given out than it allows, since it was lowered or made later; who was accepted keeps what it has, and may \
            be changed in all that asks for no more; nobody else is accepted
            """,
            do: "wait until the team needs less, lower quotas of its tenants with it, or raise the budget"
        ),
    ]
}
