// Messages that wait for a moderator. What the table holds is told at `HeldMessageRepository`.

/// The schema of version 18.
enum HeldSchema {
    static func script(_ dialect: SQLDialect) -> String {
        let (int, text, blob) = (dialect.name(of: .integer), dialect.name(of: .text), dialect.name(of: .blob))
        return """
            CREATE TABLE held_messages (
                tenant \(text) NOT NULL,
                id \(text) NOT NULL,
                time \(int) NOT NULL,
                expires_at \(int) NOT NULL,
                sender \(text) NOT NULL,
                nick \(text) NOT NULL,
                account \(text),
                target \(text) NOT NULL,
                recipient \(text),
                check_name \(text) NOT NULL,
                reason \(text) NOT NULL,
                entry \(blob) NOT NULL,
                claimed_at \(int),
                channel_created \(int),
                host \(text),
                PRIMARY KEY (tenant, id)
            )\(Schema.options(dialect));
            """ + Schema.isolate("held_messages", dialect)
    }
}
