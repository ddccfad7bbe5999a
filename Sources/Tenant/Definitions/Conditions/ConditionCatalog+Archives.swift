/// What conditions of archives say.
extension ConditionCatalog {
    /// Reasons of `ArchiveReady` of a Tenant.
    static let tenantArchives: [ConditionRow] =
        [
            .init("ArchiveReady", "Disabled", .well, "no archive is asked for"),
            .init(
                "ArchiveReady",
                "Running",
                .well,
                "what is said goes into the archive; the message has how much waits and for how long"
            ),
            .init(
                "ArchiveReady",
                "Held",
                .well,
                """
                the same, and nothing is deleted from the archive whatever its age: `spec.archive.hold`, whose reason the message \
                has
                """
            ),
            .init(
                "ArchiveReady",
                "Unknown",
                .notice,
                "the cell has not told yet",
                do: "wait some seconds; then look at the Cell"
            ),
            .init(
                "ArchiveReady",
                "NotConfigured",
                .complaint,
                "the tenant wants an archive and its Cell has none; what is said meanwhile will be in none later either",
                do: "set `spec.archive` of the Cell, or `archive.enabled: false`"
            ),
            .init(
                "ArchiveReady",
                "Behind",
                .complaint,
                """
                the oldest record that waits has waited for three times `archive.delay`, and for a quarter of an hour or longer; or \
                what was due by `archive.schedule` waits a quarter of an hour later. It waits in PostgreSQL, and nothing is lost
                """,
                do: "look at the Cell's `ArchiveReady` and `WorkerReady`; raise `spec.worker.maxReplicas`"
            ),
        ] + Self.failures("what is to be archived waits in PostgreSQL, and nothing is lost")

    /// Reasons of `ArchiveReady` of a Cell.
    static let cellArchives: [ConditionRow] =
        [
            // A condition is as bad as that of its name of a Tenant, whatever it is of.
            .init("ArchiveReady", "Disabled", .well, "the cell has no archive"),
            .init(
                "ArchiveReady",
                "Ready",
                .well,
                "the bucket answers; the message says whether it keeps versions, locks objects and encrypts them"
            ),
            .init("ArchiveReady", "Unknown", .notice, "the database has not told yet", do: "wait some seconds"),
            .init(
                "ArchiveReady",
                "NotChecked",
                .notice,
                "who does the cell's work looks at the bucket once a minute, and has not for five or longer, or not yet",
                do: "look at `WorkerReady`, or `EdgeReady` where edges do the work"
            ),
        ] + Self.failures("what tenants want archived waits in PostgreSQL, and nothing is lost")

    /// What keeps archives from going on, as workers note it.
    private static func failures(_ meanwhile: String) -> [ConditionRow] {
        let bucket = "[Archives](archives.md#what-a-bucket-has-to-allow)"
        let rows: [(reason: String, means: String, remedy: String)] = [
            (
                "AccessDenied", "the store knows the credentials not, or they may not do what the message says",
                "correct the Secret in `credentialsSecretRef`, or the policy: \(bucket)"
            ),
            ("BucketMissing", "there is no such bucket, or folder", "make it, or correct `spec.archive` of the Cell"),
            (
                "KeyMissing",
                "a key that is needed is not in the Secret of `keysSecretRef`, or a tenant's was destroyed",
                "put the key back that the message names: [Archives](archives.md#keys)"
            ),
            (
                "KeyUnavailable", "the store cannot use its own key for objects (KMS)",
                "enable the key, and let the credentials use it"
            ),
            (
                "StoreUnavailable", "the store does not answer, or asks for fewer requests",
                "nothing, if it comes back by itself"
            ),
            ("StoreFull", "the disk, or the store's quota, is full", "make room"),
            ("StoreRefused", "the store refuses something for another reason", "the message has its words"),
            (
                "Damaged",
                """
                something in the bucket is not what was put there, or was written by a newer version; a verification says how much and \
                what
                """,
                "`roost archive verify`; put the object back from a version or a copy, and have it verified again"
            ),
            ("Misconfigured", "settings or a key's file cannot be used", "correct what the message names"),
            (
                "Failing", "a worker says what this operator has no word for",
                "the message has its words; upgrade the operator"
            ),
        ]
        return rows.map { .init("ArchiveReady", $0.reason, .complaint, "\($0.means); \(meanwhile)", do: $0.remedy) }
    }
}
