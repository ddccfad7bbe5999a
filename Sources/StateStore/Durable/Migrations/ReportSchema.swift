// What people report to those who look after a network, with what was said around it, and links into channels. What the tables hold is
// told at `ReportRepository` and `InviteLinkRepository`.

/// The schema of version 19.
enum ReportSchema {
    static func script(_ dialect: SQLDialect) -> String {
        let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
        return """
            CREATE TABLE reports (
                tenant \(text) NOT NULL,
                id \(int) NOT NULL,
                filed_at \(int) NOT NULL,
                reporter \(text) NOT NULL,
                reporter_nick \(text) NOT NULL,
                reporter_account \(text),
                subject \(text) NOT NULL,
                subject_account \(text),
                place \(text),
                message \(text),
                reason \(text) NOT NULL,
                state \(text) NOT NULL,
                handler \(text),
                handled_at \(int),
                outcome \(text),
                told \(int) NOT NULL,
                PRIMARY KEY (tenant, id)
            )\(Schema.options(dialect));
            CREATE TABLE report_lines (
                tenant \(text) NOT NULL,
                report \(int) NOT NULL,
                number \(int) NOT NULL,
                time \(int) NOT NULL,
                message \(text) NOT NULL,
                prefix \(text) NOT NULL,
                account \(text),
                text \(text) NOT NULL,
                PRIMARY KEY (tenant, report, number)
            )\(Schema.options(dialect));
            CREATE TABLE invite_links (
                tenant \(text) NOT NULL,
                hash \(text) NOT NULL,
                channel \(text) NOT NULL,
                since \(int) NOT NULL,
                creator \(text) NOT NULL,
                expires_at \(int) NOT NULL,
                uses \(int) NOT NULL,
                PRIMARY KEY (tenant, hash)
            )\(Schema.options(dialect));
            CREATE INDEX invite_links_by_channel ON invite_links (tenant, channel);
            """ + ["reports", "report_lines", "invite_links"].map { Schema.isolate($0, dialect) }.joined()
    }
}
