/// The reasons of one kind, in the documentation's order.
extension ConditionCatalog {
    /// What conditions of a Cell say.
    package static let cell: [ConditionRow] = [
        .init("Ready", "Serving", .well, "stores and edges are there"),
        .init(
            "Ready",
            "InvalidSpec",
            .complaint,
            """
            the object says something that its definition could not refuse; the cell goes on as it was written before, \
            and an operator that began since leaves stores and edges alone
            """,
            do: "correct the field that the message names"
        ),
        .init(
            "StoresReady",
            "Connected",
            .well,
            "Redis and PostgreSQL answer the operator; both are asked all the time"
        ),
        .init(
            "StoresReady",
            "NotConfigured",
            .complaint,
            "`spec.redis` or `spec.postgres` is missing, or cannot be used as it is written",
            do: "set both"
        ),
        .init(
            "StoresReady",
            "SecretNotFound",
            .complaint,
            "a Secret with an address, or its key, does not exist",
            do: "create it in the operator's namespace"
        ),
        .init(
            "StoresReady",
            "SecretUnreadable",
            .complaint,
            """
            the API server does not let the operator read such a Secret; what it said before holds for ten minutes where \
            the server cannot be asked
            """,
            do: "the message has the server's words; for `Forbidden` look at the operator's rights"
        ),
        .init(
            "StoresReady",
            "KeysUnusable",
            .complaint,
            "the Secret `roost-NAME-keys` cannot be read or made, or holds no key",
            do: "restore it from a backup; [what it is](certificates.md#the-cells-key)"
        ),
        .init(
            "StoresReady",
            "RedisUnavailable",
            .complaint,
            "it did not answer for 15 seconds, refuses the password, or misses what is needed",
            do: "look at it, its NetworkPolicies, the URL"
        ),
        .init(
            "StoresReady",
            "PostgresUnavailable",
            .complaint,
            "the same of PostgreSQL; a superuser or a role with `BYPASSRLS` is refused too",
            do: "look at it; see [Install](install.md#for-customers)"
        ),
        .init(
            "StoresReady",
            "StoresInUse",
            .complaint,
            """
            another Cell, which the message names, has the Redis (whatever its database's number) or the database, in \
            this cluster or in another one: its operator left a mark there and is alive. Its tenants are left alone, \
            and this Cell gets no edges. Or another operator has taken the Redis over: nothing is projected or erased
            """,
            do: """
                give each Cell a Redis and a database of its own; where the other operator is to go, end it: within \
                half a minute this one has the Redis
                """
        ),
        .init(
            "StoresReady",
            "MigrationFailed",
            .complaint,
            "the schema could not be brought up to date",
            do: """
                the message has the database's words: the role must own the database; what uses a table all the time has \
                to end, see [PostgreSQL](postgresql.md#migrations)
                """
        ),
        .init("StoresReady", "InvalidSpec", .complaint, "see `Ready`", do: "see `Ready`"),
        .init("EdgeReady", "Available", .well, "all edges are ready and up to date"),
        .init(
            "EdgeReady",
            "Degraded",
            .complaint,
            "fewer edges are ready than are wanted; the message has how many are missing, and why by their pods; the others serve",
            do: "mend what the message names: the image, the node's room, the limits, the probe"
        ),
        .init("EdgeReady", "Progressing", .notice, "a rollout is on its way", do: "wait"),
        .init(
            "EdgeReady",
            "NoPodsReady",
            .complaint,
            "no edge is ready, so nobody is served",
            do: "`kubectl -n roost describe pods -l roost.chat/cell=NAME`; often the image or the resources"
        ),
        .init(
            "EdgeReady",
            "RolloutStuck",
            .complaint,
            "new edges do not become ready; old ones serve on",
            do: "the same; then correct `spec.edge`"
        ),
        .init(
            "EdgeReady",
            "ApplyRejected",
            .complaint,
            """
            the API server refuses something that the edges consist of: a request above its limit, a quota, an admission \
            webhook; what runs stays as it was
            """,
            do: "the message has the server's words; correct `spec.edge`, or what refuses"
        ),
        .init("Autoscaling", "Steady", .well, "as many as needed"),
        .init("Autoscaling", "ScaledUp", .well, "the number was just changed; the message says why"),
        .init("Autoscaling", "ScaledDown", .well, "the number was just changed; the message says why"),
        .init("Autoscaling", "Stabilizing", .well, "fewer would do, but not for long enough yet"),
        .init(
            "Autoscaling",
            "FiguresMissing",
            .complaint,
            "the edges' figures cannot be read; at least `fallbackReplicas` are kept",
            do: "look at `StoresReady` and the edges' log"
        ),
        .init(
            "Autoscaling",
            "AtMaximum",
            .complaint,
            "more are needed than `maxReplicas` allows",
            do: "raise it, or move tenants to another cell"
        ),
        .init("Autoscaling", "Fixed", .well, "`spec.edge.replicas` is set"),
        .init(
            "Autoscaling",
            "ApplyRejected",
            .complaint,
            "the API server refuses another number of edges",
            do: "the message has the server's words"
        ),
        .init(
            "Autoscaling",
            "External",
            .well,
            "the annotation `roost.chat/autoscaling: external` leaves the number to somebody else"
        ),
        .init("Autoscaling", "InvalidSpec", .complaint, "see `Ready`", do: "see `Ready`"),
        .init(
            "CertificateReady",
            "Served",
            .well,
            "the certificate of tenants that have none of their own is served, until the date in the message"
        ),
        .init(
            "CertificateReady",
            "NotNamed",
            .notice,
            "`spec.tls` is not set: only tenants that bring their own can be reached",
            do: "set it, if they do not all"
        ),
        .init(
            "CertificateReady",
            "SecretNotFound",
            .complaint,
            "the Secret in `spec.tls` does not exist; what was served before is served on, the message says until when",
            do: "create it in the operator's namespace"
        ),
        .init(
            "CertificateReady",
            "SecretForbidden",
            .complaint,
            "the operator may not read it; as above",
            do: "the message has the server's words; see the operator's role"
        ),
        .init(
            "CertificateReady",
            "SecretUnreadable",
            .notice,
            "the API server cannot be asked for it now; as above",
            do: "wait; then look at the API server"
        ),
        .init(
            "CertificateReady",
            "InvalidCertificate",
            .complaint,
            "the Secret holds no certificate with its key; as above",
            do: "replace it"
        ),
        .init(
            "CertificateReady",
            "Expired",
            .complaint,
            "its time is over; one that holds, and that the edges have, is served on",
            do: "renew it"
        ),
        .init("CertificateReady", "InvalidSpec", .complaint, "see `Ready`", do: "see `Ready`"),
        .init("SettingsIgnored", "NotImplemented", .notice, "as for a tenant"),
        .init(
            "Deleting",
            "StillUsed",
            .notice,
            """
            deletion waits until no tenant is in it, and then until its database keeps nothing of deleted tenants: for \
            up to 30 days, or an hour after a move; or its database cannot be asked what it keeps
            """,
            do: """
                move or delete those in the message; for the data, wait, have it erased (`kubectl roost \
                erase`), or [leave it](backup-and-restore.md#deleting-a-cell-that-keeps-data); bring it back; or the same
                """
        ),
    ]
}
