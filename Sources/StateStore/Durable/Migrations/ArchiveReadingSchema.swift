// What clients read on in an archive by. What the tables hold is told at `ArchiveRepository+Reading`.

/// The schema of version 23.
enum ArchiveReadingSchema {
    static func script(_ dialect: SQLDialect) -> String {
        let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
        return """
            CREATE TABLE archive_conversations (
                tenant \(text) NOT NULL,
                conversation \(int) NOT NULL,
                day \(int) NOT NULL,
                first_time \(int) NOT NULL,
                last_time \(int) NOT NULL,
                PRIMARY KEY (tenant, conversation, day)
            )\(Schema.options(dialect));
            CREATE INDEX archive_conversations_by_day ON archive_conversations (tenant, day);
            CREATE TABLE archive_redactions (
                tenant \(text) NOT NULL,
                conversation \(int) NOT NULL,
                time \(int) NOT NULL,
                epoch \(int) NOT NULL,
                sequence \(int) NOT NULL,
                redaction \(text) NOT NULL,
                PRIMARY KEY (tenant, conversation, time, epoch, sequence)
            )\(Schema.options(dialect));
            """
                + ["archive_conversations", "archive_redactions"].map { Schema.isolate($0, dialect) }.joined()
    }
}
