// The schema, from version 0: append only. A migration holds its locks until it is committed, so what takes long (an index) is
// another migration than what nobody can read meanwhile (a column).

/// All migrations, oldest first.
package enum Schema {
    package static let migrations: [Migration] = [
        Migration(version: 1, name: "accounts, channels, history, usage ledger") { dialect in
            let (int, text, blob) = (dialect.name(of: .integer), dialect.name(of: .text), dialect.name(of: .blob))
            return """
                CREATE TABLE accounts (
                    tenant \(text) NOT NULL,
                    folded \(text) NOT NULL,
                    name \(text) NOT NULL,
                    role \(text) NOT NULL,
                    password_hash \(text),
                    scram \(text),
                    created_at \(int) NOT NULL,
                    updated_at \(int) NOT NULL,
                    PRIMARY KEY (tenant, folded)
                )\(Self.options(dialect));
                CREATE TABLE channels (
                    tenant \(text) NOT NULL,
                    folded \(text) NOT NULL,
                    name \(text) NOT NULL,
                    owner \(text) NOT NULL,
                    fields \(blob) NOT NULL,
                    created_at \(int) NOT NULL,
                    updated_at \(int) NOT NULL,
                    PRIMARY KEY (tenant, folded)
                )\(Self.options(dialect));
                CREATE TABLE history (
                    tenant \(text) NOT NULL,
                    kind \(text) NOT NULL,
                    name \(text) NOT NULL,
                    epoch \(int) NOT NULL,
                    sequence \(int) NOT NULL,
                    time \(int) NOT NULL,
                    payload \(blob) NOT NULL,
                    PRIMARY KEY (tenant, kind, name, epoch, sequence)
                )\(Self.options(dialect));
                CREATE INDEX history_by_log ON history (tenant, kind, name, time, epoch, sequence);
                CREATE INDEX history_by_time ON history (tenant, time);
                CREATE TABLE usage_ledger (
                    id \(text) NOT NULL PRIMARY KEY,
                    tenant \(text) NOT NULL,
                    meter \(text) NOT NULL,
                    window_start \(int) NOT NULL,
                    window_end \(int) NOT NULL,
                    source \(text) NOT NULL,
                    quantity \(int) NOT NULL
                )\(Self.options(dialect));
                CREATE INDEX usage_ledger_by_window ON usage_ledger (tenant, window_start, meter);
                """
                    + ["accounts", "channels", "history", "usage_ledger"].map { Self.isolate($0, dialect) }.joined()
        },
        Migration(version: 2, name: "tenants") { dialect in
            let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
            return """
                CREATE TABLE tenants (
                    tenant \(text) NOT NULL PRIMARY KEY,
                    namespace \(text) NOT NULL,
                    uid \(text) NOT NULL,
                    state \(text) NOT NULL,
                    erase_at \(int),
                    updated_at \(int) NOT NULL
                )\(Self.options(dialect));
                CREATE INDEX tenants_by_state ON tenants (state, erase_at);
                """ + Self.isolate("tenants", dialect)
        },
        Migration(version: 3, name: "admins that a tenant declares") { dialect in
            "ALTER TABLE accounts ADD COLUMN is_declared \(dialect.name(of: .integer)) NOT NULL DEFAULT 0;"
        },
        Migration(version: 4, name: "dead letters") { dialect in
            let (int, text, blob) = (dialect.name(of: .integer), dialect.name(of: .text), dialect.name(of: .blob))
            return """
                CREATE TABLE dead_letters (
                    tenant \(text) NOT NULL,
                    kind \(text) NOT NULL,
                    name \(blob) NOT NULL,
                    epoch \(int) NOT NULL,
                    sequence \(int) NOT NULL,
                    time \(int) NOT NULL,
                    payload \(blob) NOT NULL,
                    code \(text) NOT NULL,
                    reason \(text) NOT NULL,
                    set_aside_at \(int) NOT NULL,
                    PRIMARY KEY (tenant, kind, name, epoch, sequence)
                )\(Self.options(dialect));
                """ + Self.isolate("dead_letters", dialect)
        },
        Migration(version: 5, name: "places of copies") { dialect in
            let text = dialect.name(of: .text)
            return """
                CREATE TABLE tenant_copies (
                    tenant \(text) NOT NULL,
                    table_name \(text) NOT NULL,
                    place \(text) NOT NULL,
                    PRIMARY KEY (tenant, table_name)
                )\(Self.options(dialect));
                """ + Self.isolate("tenant_copies", dialect)
        },
        Migration(version: 6, name: "history as rows, read markers") { HistorySchema.script($0) },
        Migration(version: 7, name: "accounts that are always on") { dialect in
            "ALTER TABLE accounts ADD COLUMN always_on \(dialect.name(of: .integer));"
        },
        Migration(version: 8, name: "what accounts say of themselves") { dialect in
            "ALTER TABLE accounts ADD COLUMN metadata \(dialect.name(of: .blob));"
        },
        Migration(version: 9, name: "devices that are pushed to") { PushSchema.script($0) },
        Migration(version: 10, name: "accounts that people register") { dialect in
            let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
            return """
                ALTER TABLE accounts ADD COLUMN state \(text) NOT NULL DEFAULT 'active';
                ALTER TABLE accounts ADD COLUMN email \(text);
                ALTER TABLE accounts ADD COLUMN last_login_at \(int);
                """
        },
        Migration(version: 11, name: "certificates of accounts") { dialect in
            let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
            return """
                CREATE TABLE account_certificates (
                    tenant \(text) NOT NULL,
                    fingerprint \(text) NOT NULL,
                    account \(text) NOT NULL,
                    added_at \(int) NOT NULL,
                    PRIMARY KEY (tenant, fingerprint)
                )\(Self.options(dialect));
                CREATE INDEX account_certificates_by_account ON account_certificates (tenant, account);
                """ + Self.isolate("account_certificates", dialect)
        },
        Migration(version: 12, name: "registered channels") { dialect in
            let int = dialect.name(of: .integer)
            return """
                ALTER TABLE channels ADD COLUMN epoch \(int) NOT NULL DEFAULT 0;
                ALTER TABLE channels ADD COLUMN sequence \(int) NOT NULL DEFAULT 0;
                CREATE INDEX channels_by_owner ON channels (tenant, owner);
                """
        },
        Migration(version: 13, name: "nicknames of accounts") { dialect in
            let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
            return """
                CREATE TABLE account_names (
                    tenant \(text) NOT NULL,
                    folded \(text) NOT NULL,
                    name \(text) NOT NULL,
                    account \(text) NOT NULL,
                    added_at \(int) NOT NULL,
                    PRIMARY KEY (tenant, folded)
                )\(Self.options(dialect));
                CREATE INDEX account_names_by_account ON account_names (tenant, account);
                """ + Self.isolate("account_names", dialect)
        },
        Migration(version: 14, name: "bans of networks") { dialect in
            let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
            return """
                CREATE TABLE network_bans (
                    tenant \(text) NOT NULL,
                    mask \(text) NOT NULL,
                    reason \(text) NOT NULL,
                    setter \(text) NOT NULL,
                    set_at \(int) NOT NULL,
                    until \(int),
                    PRIMARY KEY (tenant, mask)
                )\(Self.options(dialect));
                """ + Self.isolate("network_bans", dialect)
        },
        Migration(version: 15, name: "mail to accounts") { MailSchema.script($0) },
        Migration(version: 16, name: "roles of operators, quarantine, audit log") { dialect in
            let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
            return """
                ALTER TABLE network_bans ADD COLUMN role \(text) NOT NULL DEFAULT 'admin';
                ALTER TABLE network_bans ADD COLUMN effect \(text) NOT NULL DEFAULT 'refuse';
                CREATE TABLE audit_log (
                    tenant \(text) NOT NULL,
                    time \(int) NOT NULL,
                    id \(text) NOT NULL,
                    account \(text),
                    nick \(text) NOT NULL,
                    role \(text) NOT NULL,
                    action \(text) NOT NULL,
                    target \(text) NOT NULL,
                    detail \(text) NOT NULL,
                    PRIMARY KEY (tenant, time, id)
                )\(Self.options(dialect));
                """ + Self.isolate("audit_log", dialect)
        },
        Migration(version: 17, name: "changes of accounts from outside") { AccountChangeSchema.script($0) },
        Migration(version: 18, name: "messages that are held") { HeldSchema.script($0) },
        Migration(version: 19, name: "reports, invite links") { ReportSchema.script($0) },
        Migration(version: 20, name: "messages for who is away, hosts of accounts") {
            MemoSchema.script($0) + AccountHostRepository.schema($0)
        },
        Migration(version: 21, name: "archives") { ArchiveSchema.script($0) },
        Migration(version: 22, name: "jobs of archives") { ArchiveJobSchema.script($0) },
        Migration(version: 23, name: "reading on in archives") { ArchiveReadingSchema.script($0) },
    ]

    /// The version of the last migration.
    package static var version: Int { Self.migrations.last?.version ?? 0 }

    /// SQLite checks types only where it is asked to; keys are the rows' place.
    static func options(_ dialect: SQLDialect) -> String {
        switch dialect {
        case .postgres: ""
        case .sqlite: " STRICT, WITHOUT ROWID"
        }
    }

    /// Row-level security by tenant.
    ///
    /// `FORCE` binds the tables' owner too, which is the role that the program runs as; nothing binds a superuser, so
    /// the driver refuses to run as one.
    ///
    /// The scope of a cell is a setting of its own: no text in the place of a tenant can ever mean all tenants.
    static func isolate(_ table: String, _ dialect: SQLDialect, by column: String = "tenant") -> String {
        switch dialect {
        case .postgres:
            """

            ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY;
            ALTER TABLE \(table) FORCE ROW LEVEL SECURITY;
            CREATE POLICY tenant_rows ON \(table)
                USING (\(column) = current_setting('roost.tenant', true)
                    OR current_setting('roost.scope', true) = 'cell')
                WITH CHECK (\(column) = current_setting('roost.tenant', true)
                    OR current_setting('roost.scope', true) = 'cell');
            """
        case .sqlite: ""
        }
    }
}
