// What was changed of accounts from outside of chat. What the table holds is told at `AccountChangeRepository`.

/// The schema of version 17.
enum AccountChangeSchema {
    static func script(_ dialect: SQLDialect) -> String {
        let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
        return """
            CREATE TABLE account_changes (
                tenant \(text) NOT NULL,
                account \(text) NOT NULL,
                what \(text) NOT NULL,
                serial \(text) NOT NULL,
                changed_at \(int) NOT NULL,
                PRIMARY KEY (tenant, account, what)
            )\(Schema.options(dialect));
            CREATE INDEX account_changes_by_time ON account_changes (changed_at, serial);
            """ + Schema.isolate("account_changes", dialect)
    }
}
