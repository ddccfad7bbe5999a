// The tables that have rows of tenants, for what is done to all rows of one: erasing and copying. A table or a column that
// is missing here would be left behind, so tests compare this with what the database's own catalogue says.

/// A table that has rows of tenants.
package struct TenantTable: Hashable, Sendable {
    /// Its name and all of its columns.
    package let bulk: BulkTable
    /// The columns that identify a row within its tenant.
    package let key: [String]
    /// Whether its rows are the tenant's data, and not what the cell notes about it.
    package let isData: Bool
    /// Whether its rows go when the tenant is erased: all but the note that says so.
    package let isErased: Bool
    /// Whether its rows are facts that are added and never changed: they may come late and in any order.
    package let isAppended: Bool

    package var name: String { self.bulk.name }

    private init(
        _ name: String,
        key: [String],
        isData: Bool = true,
        isErased: Bool = true,
        isAppended: Bool = false,
        _ columns: [BulkTable.Column],
        afterInsertion: String? = nil
    ) {
        self.bulk = BulkTable(name, [.init("tenant", .text)] + columns, afterInsertion: afterInsertion)
        self.key = key
        self.isData = isData
        self.isErased = isErased
        self.isAppended = isAppended
    }

    /// All of them, the cell's own notes last: what was begun is known until it is done.
    package static let all: [TenantTable] = [
        TenantTable(
            "accounts",
            key: ["folded"],
            [
                .init("folded", .text), .init("name", .text), .init("role", .text), .init("password_hash", .text),
                .init("scram", .text), .init("created_at", .integer), .init("updated_at", .integer),
                .init("is_declared", .integer), .init("always_on", .integer), .init("metadata", .blob),
                .init("state", .text), .init("email", .text), .init("last_login_at", .integer),
                .init("mailbox", .text), .init("email_verified_at", .integer), .init("totp", .blob),
                .init("totp_confirmed_at", .integer), .init("totp_step", .integer), .init("totp_recovery", .integer),
            ]
        ),
        TenantTable(
            "account_certificates",
            key: ["fingerprint"],
            [.init("fingerprint", .text), .init("account", .text), .init("added_at", .integer)]
        ),
        TenantTable(
            "account_codes",
            key: ["account", "purpose"],
            [
                .init("account", .text), .init("purpose", .text), .init("address", .text), .init("serial", .text),
                .init("language", .text), .init("created_at", .integer), .init("expires_at", .integer),
                .init("failures", .integer), .init("tries", .integer), .init("due_at", .integer),
            ]
        ),
        TenantTable(
            "account_hosts",
            key: ["account"],
            [
                .init("account", .text), .init("name", .text), .init("since", .integer), .init("host", .text),
                .init("is_shown", .integer), .init("asked", .text), .init("asked_at", .integer),
            ]
        ),
        TenantTable(
            "account_names",
            key: ["folded"],
            [
                .init("folded", .text), .init("name", .text), .init("account", .text), .init("added_at", .integer),
            ]
        ),
        TenantTable(
            "channels",
            key: ["folded"],
            [
                .init("folded", .text), .init("name", .text), .init("owner", .text), .init("fields", .blob),
                .init("created_at", .integer), .init("updated_at", .integer), .init("epoch", .integer),
                .init("sequence", .integer),
            ]
        ),
        TenantTable(
            "conversations",
            key: ["id"],
            isAppended: true,
            [
                .init("id", .integer), .init("name", .text), .init("first", .text), .init("second", .text),
                .init("day", .integer),
            ]
        ),
        TenantTable(
            "history_origins",
            key: ["id"],
            isAppended: true,
            [
                .init("id", .integer), .init("prefix", .text), .init("target", .text), .init("account", .text),
                .init("is_bot", .integer), .init("day", .integer),
            ]
        ),
        TenantTable(
            "history",
            key: ["conversation", "time", "epoch", "sequence"],
            isAppended: true,
            [
                .init("conversation", .integer), .init("time", .integer), .init("epoch", .integer),
                .init("sequence", .integer), .init("kind", .integer), .init("origin", .integer), .init("tags", .text),
                .init("text", .text), .init("redaction", .text),
            ],
            afterInsertion: HistorySchema.afterInsertion
        ),
        TenantTable(
            "network_bans",
            key: ["mask"],
            [
                .init("mask", .text), .init("reason", .text), .init("setter", .text), .init("set_at", .integer),
                .init("until", .integer), .init("role", .text), .init("effect", .text),
            ]
        ),
        TenantTable(
            "audit_log",
            key: ["time", "id"],
            isAppended: true,
            [
                .init("time", .integer), .init("id", .text), .init("account", .text), .init("nick", .text),
                .init("role", .text), .init("action", .text), .init("target", .text), .init("detail", .text),
            ]
        ),
        TenantTable(
            "reports",
            key: ["id"],
            [
                .init("id", .integer), .init("filed_at", .integer), .init("reporter", .text),
                .init("reporter_nick", .text), .init("reporter_account", .text), .init("subject", .text),
                .init("subject_account", .text), .init("place", .text), .init("message", .text), .init("reason", .text),
                .init("state", .text), .init("handler", .text), .init("handled_at", .integer), .init("outcome", .text),
                .init("told", .integer),
            ]
        ),
        TenantTable(
            "report_lines",
            key: ["report", "number"],
            [
                .init("report", .integer), .init("number", .integer), .init("time", .integer), .init("message", .text),
                .init("prefix", .text), .init("account", .text), .init("text", .text),
            ]
        ),
        TenantTable(
            "invite_links",
            key: ["hash"],
            [
                .init("hash", .text), .init("channel", .text), .init("since", .integer), .init("creator", .text),
                .init("expires_at", .integer), .init("uses", .integer),
            ]
        ),
        TenantTable(
            "held_messages",
            key: ["id"],
            [
                .init("id", .text), .init("time", .integer), .init("expires_at", .integer), .init("sender", .text),
                .init("nick", .text), .init("account", .text), .init("target", .text), .init("recipient", .text),
                .init("check_name", .text), .init("reason", .text), .init("entry", .blob),
                .init("claimed_at", .integer), .init("channel_created", .integer), .init("host", .text),
            ]
        ),
        TenantTable(
            "read_markers",
            key: ["account", "conversation"],
            [.init("account", .text), .init("conversation", .text), .init("time", .integer)]
        ),
        TenantTable(
            "memos",
            key: ["account", "time", "epoch", "sequence"],
            [
                .init("account", .text), .init("time", .integer), .init("epoch", .integer), .init("sequence", .integer),
                .init("conversation", .text), .init("sender", .text), .init("is_read", .integer),
            ]
        ),
        TenantTable(
            "memo_ignores",
            key: ["account", "ignored"],
            [.init("account", .text), .init("ignored", .text)]
        ),
        TenantTable(
            "push_registrations",
            key: ["account", "endpoint"],
            [
                .init("account", .text), .init("endpoint", .text), .init("public_key", .blob), .init("secret", .blob),
                .init("capabilities", .text), .init("vapid", .text), .init("registered_at", .integer),
                .init("expires_at", .integer),
            ]
        ),
        TenantTable(
            "dead_letters",
            key: ["kind", "name", "epoch", "sequence"],
            isAppended: true,
            [
                .init("kind", .text), .init("name", .blob), .init("epoch", .integer), .init("sequence", .integer),
                .init("time", .integer), .init("payload", .blob), .init("label", .blob), .init("code", .text),
                .init("reason", .text), .init("set_aside_at", .integer),
            ]
        ),
        TenantTable(
            "archives",
            key: ["tenant"],
            [
                .init("holder", .text), .init("held_until", .integer), .init("term", .integer),
                .init("next_segment", .integer), .init("next_manifest", .integer),
                .init("sealed_at", .integer), .init("failure", .text), .init("failure_detail", .text),
                .init("failed_at", .integer), .init("verified_at", .integer), .init("verified_result", .text),
                .init("erase_asked", .text), .init("verified_findings", .integer),
            ]
        ),
        TenantTable(
            "archive_jobs",
            key: ["id"],
            [
                .init("id", .text), .init("kind", .text), .init("parameters", .text), .init("state", .text),
                .init("asked_by", .text), .init("asked_at", .integer), .init("due_at", .integer),
                .init("started_at", .integer), .init("finished_at", .integer), .init("holder", .text),
                .init("held_until", .integer), .init("term", .integer), .init("tries", .integer),
                .init("done", .integer), .init("total", .integer), .init("message", .text),
                .init("cancel_asked", .integer),
            ]
        ),
        TenantTable(
            "archive_job_log",
            key: ["job", "number"],
            [.init("job", .text), .init("number", .integer), .init("time", .integer), .init("line", .text)]
        ),
        TenantTable(
            "archive_keys",
            key: ["id"],
            [
                .init("id", .text), .init("wrapped", .blob), .init("made_at", .integer),
                .init("destroyed_at", .integer),
            ]
        ),
        TenantTable(
            "archive_manifests",
            key: ["sequence"],
            [
                .init("sequence", .integer), .init("day", .integer), .init("kind", .text), .init("size", .integer),
                .init("sha256", .blob), .init("made_at", .integer),
            ]
        ),
        TenantTable(
            "archive_pending",
            key: ["id"],
            [
                .init("id", .integer), .init("day", .integer), .init("segment", .integer), .init("records", .integer),
                .init("raw_bytes", .integer), .init("size", .integer), .init("first_time", .integer),
                .init("last_time", .integer), .init("stored_at", .integer), .init("chunk", .blob),
            ]
        ),
        TenantTable(
            "archive_conversations",
            key: ["conversation", "day"],
            [
                .init("conversation", .integer), .init("day", .integer), .init("first_time", .integer),
                .init("last_time", .integer),
            ]
        ),
        TenantTable(
            "archive_redactions",
            key: ["conversation", "time", "epoch", "sequence"],
            [
                .init("conversation", .integer), .init("time", .integer), .init("epoch", .integer),
                .init("sequence", .integer), .init("redaction", .text),
            ]
        ),
        TenantTable(
            "archive_segments",
            key: ["number"],
            [
                .init("number", .integer), .init("day", .integer), .init("state", .text), .init("manifest", .integer),
                .init("records", .integer), .init("raw_bytes", .integer), .init("size", .integer),
                .init("first_time", .integer), .init("last_time", .integer), .init("sha256", .blob),
                .init("made_at", .integer),
            ]
        ),
        TenantTable(
            "usage_ledger",
            key: ["id"],
            isAppended: true,
            [
                .init("id", .text), .init("meter", .text), .init("window_start", .integer),
                .init("window_end", .integer), .init("source", .text), .init("quantity", .integer),
            ]
        ),
        TenantTable(
            "account_changes",
            key: ["account", "what"],
            // What edges of this cell have read, or will in a moment.
            isData: false,
            [
                .init("account", .text), .init("what", .text), .init("serial", .text), .init("changed_at", .integer),
            ]
        ),
        TenantTable(
            "tenant_copies",
            key: ["table_name"],
            isData: false,
            [.init("table_name", .text), .init("place", .text)]
        ),
        TenantTable(
            "tenants",
            key: ["tenant"],
            isData: false,
            isErased: false,
            [
                .init("namespace", .text), .init("uid", .text), .init("state", .text), .init("erase_at", .integer),
                .init("updated_at", .integer),
            ]
        ),
    ]

    /// The tables that have a column `tenant`, as the database itself knows them; parts of one are not tables of their own.
    static func found(_ connection: any SQLConnection) throws(DurableStoreError) -> [String] {
        let sql =
            switch connection.dialect {
            case .postgres:
                """
                SELECT CAST(c.table_name AS TEXT) FROM information_schema.columns c
                JOIN information_schema.tables t USING (table_schema, table_name)
                JOIN pg_class p ON p.oid = format('%I.%I', c.table_schema, c.table_name)::regclass
                WHERE c.table_schema = current_schema() AND c.column_name = 'tenant' AND t.table_type = 'BASE TABLE'
                AND NOT p.relispartition
                ORDER BY 1
                """
            case .sqlite:
                """
                SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                WHERE m.type = 'table' AND c.name = 'tenant' ORDER BY 1
                """
            }
        return try connection.execute(sql).map { row throws(DurableStoreError) in try row.text(0) }
    }
}
