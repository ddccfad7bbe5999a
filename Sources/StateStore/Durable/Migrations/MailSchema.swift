// Codes that mail brings to accounts, and what accounts prove themselves by beside their passwords. What the tables hold is told at
// `AccountCodeRepository` and `AccountRepository`.

/// The schema of version 15.
enum MailSchema {
    static func script(_ dialect: SQLDialect) -> String {
        let (int, text, blob) = (dialect.name(of: .integer), dialect.name(of: .text), dialect.name(of: .blob))
        return """
            ALTER TABLE accounts ADD COLUMN mailbox \(text);
            ALTER TABLE accounts ADD COLUMN email_verified_at \(int);
            ALTER TABLE accounts ADD COLUMN totp \(blob);
            ALTER TABLE accounts ADD COLUMN totp_confirmed_at \(int);
            ALTER TABLE accounts ADD COLUMN totp_step \(int);
            ALTER TABLE accounts ADD COLUMN totp_recovery \(int);
            CREATE INDEX accounts_by_mailbox ON accounts (tenant, mailbox);
            CREATE INDEX accounts_unverified ON accounts (tenant, folded) WHERE state = 'unverified';
            CREATE TABLE account_codes (
                tenant \(text) NOT NULL,
                account \(text) NOT NULL,
                purpose \(text) NOT NULL,
                address \(text) NOT NULL,
                serial \(text) NOT NULL,
                language \(text) NOT NULL,
                created_at \(int) NOT NULL,
                expires_at \(int) NOT NULL,
                failures \(int) NOT NULL,
                tries \(int) NOT NULL,
                due_at \(int),
                PRIMARY KEY (tenant, account, purpose)
            )\(Schema.options(dialect));
            CREATE INDEX account_codes_by_due ON account_codes (due_at);
            """ + Schema.isolate("account_codes", dialect)
    }
}
