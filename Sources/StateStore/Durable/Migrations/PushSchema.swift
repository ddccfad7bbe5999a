// The table of devices that are pushed to. What it holds is told at `PushRepository`.

/// The schema of version 9.
enum PushSchema {
    static func script(_ dialect: SQLDialect) -> String {
        let (int, text, blob) = (dialect.name(of: .integer), dialect.name(of: .text), dialect.name(of: .blob))
        return """
            CREATE TABLE push_registrations (
                tenant \(text) NOT NULL,
                account \(text) NOT NULL,
                endpoint \(text) NOT NULL,
                public_key \(blob) NOT NULL,
                secret \(blob) NOT NULL,
                capabilities \(text) NOT NULL,
                vapid \(text) NOT NULL,
                registered_at \(int) NOT NULL,
                expires_at \(int) NOT NULL,
                PRIMARY KEY (tenant, account, endpoint)
            )\(Schema.options(dialect));
            CREATE INDEX push_registrations_by_end ON push_registrations (expires_at);
            """ + Schema.isolate("push_registrations", dialect)
    }
}
