/// The reasons of one kind, in the documentation's order.
extension ConditionCatalog {
    /// What conditions of a Tenant say.
    package static let tenant: [ConditionRow] = [
        .init("Ready", "Serving", .well, "clients may connect"),
        .init(
            "Ready",
            "NoPodsReady",
            .complaint,
            "all of it is in place, and no edge of its cell is ready",
            do: "look at the Cell"
        ),
        .init("Admitted", "Admitted", .well, "plan, cell, name and hostnames are in order"),
        .init(
            "Admitted",
            "InvalidSpec",
            .complaint,
            "the object says something that its definition could not refuse, such as a duration that is too long",
            do: "correct the field that the message names"
        ),
        .init(
            "Admitted",
            "PlanNotFound",
            .complaint,
            "there is no Plan of the name in `planRef`",
            do: "create it, or name another"
        ),
        .init(
            "Admitted",
            "NotInPlan",
            .complaint,
            "the tenant asks for something that its plan excludes",
            do: "take it out, or change the plan"
        ),
        .init(
            "Admitted",
            "QuotaAbovePlan",
            .complaint,
            """
            the tenant writes more of a quota than its plan allows; if it was served before, it is served on as it was, with \
            no more than its plan allows now
            """,
            do:
                "write what the message allows; the platform raises `spec.overrides` of the Plan, or makes a TenantGrant"
        ),
        .init(
            "Admitted",
            "PlanNotAllowed",
            .complaint,
            "the Plan's `allowedNamespaces` lack the tenant's namespace; if it was served before, it is served on as it was",
            do: "name another Plan, or have the platform allow this one, for the tenant alone with a TenantGrant"
        ),
        .init(
            "Admitted",
            "CellNotAllowed",
            .complaint,
            "the Cell's `allowedNamespaces` lack the tenant's namespace; if it was served before, it is served on as it was",
            do: "name another Cell, or have the platform allow this one"
        ),
        .init(
            "Admitted",
            "HostnameNotAllowed",
            .complaint,
            """
            the Cell's `hostnameSuffixes` have none for the hostname that the tenant's namespace may use; if it was served \
            before, it is served on as it was
            """,
            do: "choose a hostname below a suffix that the message names, or have the platform allow this one"
        ),
        .init(
            "Admitted",
            "BudgetExceeded",
            .complaint,
            """
            the namespace's TenantQuota has not left what the tenant asks for: another tenant, or higher quotas; if it was \
            served before, it is served on as it was
            """,
            do: "ask for what the message says is left, or have the platform raise the budget"
        ),
        .init(
            "Admitted",
            "HostnameTaken",
            .complaint,
            "another tenant has the hostname, and is older or serves it already",
            do: "choose another, or remove it there"
        ),
        .init(
            "Admitted",
            "NameTaken",
            .complaint,
            "a tenant of the same name exists in another namespace, or its data is being kept or erased",
            do: """
                choose another name, or create it in the namespace that the message names; if it is being erased, the \
                name is free some minutes later
                """
        ),
        .init(
            "Admitted",
            "CellNotFound",
            .complaint,
            "there is no Cell of the name in `cellRef`",
            do: "create it, or name another"
        ),
        .init(
            "Admitted",
            "NoDefaultCell",
            .complaint,
            "the tenant names no cell, and none is marked with `default: true` (of several the oldest counts)",
            do: "mark one, or set `cellRef`"
        ),
        .init(
            "Admitted",
            "SecretNotFound",
            .complaint,
            """
            a Secret or key that an admin's `passwordSecretRef` names does not exist; the tenant is served without this \
            administrator
            """,
            do: "create it in the tenant's namespace"
        ),
        .init(
            "Admitted",
            "SecretForbidden",
            .complaint,
            "the operator may not read it; as above",
            do: "the message has the server's words; see the operator's role"
        ),
        .init("StoreReady", "Projected", .well, "the edges have the tenant as it is written"),
        .init(
            "StoreReady",
            "NotAdmitted",
            .complaint,
            "its plan, cell, name or hostnames are not in order",
            do: "see `Admitted`"
        ),
        .init(
            "StoreReady",
            "CellNotReady",
            .complaint,
            "the cell's stores are away or not configured",
            do: "look at the Cell"
        ),
        .init(
            "StoreReady",
            "Moving",
            .notice,
            """
            it is on its way to another cell; the message says what it waits for, or why it could not be moved. While this is \
            True it is served where it lives; while it is False its data is copied and nobody can connect
            """,
            do: """
                wait; if it waits for a cell or a store, look at that. Setting `cellRef` back ends it, and has it served at \
                its old place at once; see [Stores that never come back](backup-and-restore.md#stores-that-never-come-back)
                """
        ),
        .init(
            "StoreReady",
            "Erasing",
            .notice,
            "what an earlier tenant of its name left in the cell is erased first; of a tenant that is deleted, its archive is",
            do: "wait; if the message says why the archive could not be erased, see to that"
        ),
        .init(
            "StoreReady",
            "Held",
            .notice,
            "it is to be deleted, and `spec.archive.hold` says that nothing of it goes; nobody can connect",
            do: "remove the hold once nobody needs the archive any more; then it is deleted"
        ),
        .init(
            "StoreReady",
            "StoreUnavailable",
            .complaint,
            "a store failed while it was being changed, or deleting waits for one",
            do: "look at the Cell; it goes on by itself"
        ),
        .init("CertificateReady", "Served", .well, "its own certificate is served, until the date in the message"),
        .init("CertificateReady", "CellCertificate", .well, "the cell's certificate is for all its hostnames"),
        .init(
            "CertificateReady",
            "NoCertificate",
            .complaint,
            "neither the tenant nor its cell has one: clients cannot connect",
            do: "set `spec.tls` of one of them"
        ),
        .init(
            "CertificateReady",
            "SecretNotFound",
            .complaint,
            "the Secret in `spec.tls` does not exist, and no issuer is configured",
            do: "create it in the tenant's namespace"
        ),
        .init(
            "CertificateReady",
            "SecretForbidden",
            .complaint,
            "the operator may not read it; what was served before is served on",
            do: "the message has the server's words; see the operator's role"
        ),
        .init(
            "CertificateReady",
            "Issuing",
            .notice,
            "cert-manager was asked and has not delivered; also where its certificate is not for all hostnames, or ended",
            do: "`kubectl -n NAMESPACE describe certificate`, in the namespace of its Secret"
        ),
        .init(
            "CertificateReady",
            "CertificateTaken",
            .complaint,
            "another Certificate, of a website or of another tenant, fills the Secret in `spec.tls`: cert-manager was not asked",
            do: "name a Secret that nothing else fills"
        ),
        .init(
            "CertificateReady",
            "ApplyRejected",
            .complaint,
            """
            the API server refused the Certificate, or somebody else set a field of it, which is not taken back; the tenant is \
            served all the same
            """,
            do: "the message has its words: often cert-manager's webhook, a policy, or who set the field"
        ),
        .init(
            "CertificateReady",
            "InvalidCertificate",
            .complaint,
            "the Secret holds no certificate with its key",
            do: "replace it; what was served before is served on"
        ),
        .init(
            "CertificateReady",
            "Expired",
            .complaint,
            "its time is over, or that of the cell's; one that holds, and that the edges have, is served on",
            do: "renew it"
        ),
        .init(
            "CertificateReady",
            "HostnameNotCovered",
            .complaint,
            "it is not for all hostnames",
            do: "have it issued for those in the message, or remove them"
        ),
        .init("RoutesReady", "ServiceOnly", .well, "the cell has no gateway; clients come through the Service"),
        .init("RoutesReady", "Accepted", .well, "the gateway has taken each of the routes as it is now"),
        .init(
            "RoutesReady",
            "Pending",
            .notice,
            "the gateway has not said anything to the one in the message yet",
            do: "`kubectl -n roost describe tlsroute,httproute`, in the operator's namespace"
        ),
        .init(
            "RoutesReady",
            "RoutesRefused",
            .complaint,
            "the gateway does not take a route (`Accepted`), or what it refers to (`ResolvedRefs`)",
            do:
                "the message has its words: often a listener that allows no routes of the operator's namespace, or other hostnames"
        ),
        .init(
            "RoutesReady",
            "GatewayApiMissing",
            .complaint,
            """
            the Cell names a gateway and the cluster has no Gateway API, or no TLSRoute in it, without which IRC is not \
            routed
            """,
            do: """
                install it (TLSRoute is in the standard channel since 1.5, before in the experimental one), or remove \
                `spec.routes` from the Cell
                """
        ),
        .init(
            "RoutesReady",
            "ApplyRejected",
            .complaint,
            "the API server refused a route; clients come through the Service",
            do: "the message has its words: often a policy or a webhook"
        ),
        .init("WithinQuota", "WithinQuota", .well, "below every limit"),
        .init(
            "WithinQuota",
            "NearLimit",
            .notice,
            "one is near its limit, by the quota's `warnAt`",
            do: "raise it in time, or talk to the customer"
        ),
        .init(
            "WithinQuota",
            "LimitReached",
            .complaint,
            "one is at its limit; a hard one refuses what exceeds it, but for `archiveBytes`: archiving goes on",
            do: "raise it, or talk to the customer"
        ),
        .init(
            "WithinQuota",
            "Unknown",
            .notice,
            "the cell has not told yet what is used",
            do: "wait some seconds; then look at the Cell"
        ),
        .init(
            "SettingsIgnored",
            "NotImplemented",
            .notice,
            """
            the object says something that this version does not act on; the message has the fields and what is done \
            instead. Without such fields there is no such condition
            """,
            do: "leave them out, or wait for a version that does; [Settings](settings.md) has them all"
        ),
        .init("Suspended", "Active", .well, "(status False) clients may connect"),
        .init(
            "Suspended",
            "Cordoned",
            .notice,
            "(status False) nobody new may connect; who is connected stays",
            do: "`kubectl roost uncordon`"
        ),
        .init("Suspended", "Suspended", .notice, "(status True) nobody may connect", do: "`kubectl roost resume`"),
    ]
}
