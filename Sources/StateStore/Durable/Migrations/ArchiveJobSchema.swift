// Long work on archives. What the tables hold is told at `ArchiveJobRepository`.

/// The schema of version 22.
enum ArchiveJobSchema {
    static func script(_ dialect: SQLDialect) -> String {
        let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
        return """
            CREATE TABLE archive_jobs (
                tenant \(text) NOT NULL,
                id \(text) NOT NULL,
                kind \(text) NOT NULL,
                parameters \(text) NOT NULL,
                state \(text) NOT NULL,
                asked_by \(text) NOT NULL,
                asked_at \(int) NOT NULL,
                due_at \(int) NOT NULL,
                started_at \(int),
                finished_at \(int),
                holder \(text) NOT NULL DEFAULT '',
                held_until \(int) NOT NULL DEFAULT 0,
                term \(int) NOT NULL DEFAULT 0,
                tries \(int) NOT NULL DEFAULT 0,
                done \(int) NOT NULL DEFAULT 0,
                total \(int) NOT NULL DEFAULT 0,
                message \(text) NOT NULL DEFAULT '',
                cancel_asked \(int) NOT NULL DEFAULT 0,
                PRIMARY KEY (tenant, id)
            )\(Schema.options(dialect));
            CREATE INDEX archive_jobs_open ON archive_jobs (asked_at) WHERE \(self.isOpen);
            CREATE TABLE archive_job_log (
                tenant \(text) NOT NULL,
                job \(text) NOT NULL,
                number \(int) NOT NULL,
                time \(int) NOT NULL,
                line \(text) NOT NULL,
                PRIMARY KEY (tenant, job, number)
            )\(Schema.options(dialect));
            ALTER TABLE archives ADD COLUMN verified_findings \(int);
            """ + ["archive_jobs", "archive_job_log"].map { Schema.isolate($0, dialect) }.joined()
    }

    /// Whether a job is still to be done.
    static let isOpen = "state IN ('waiting', 'running')"
}
