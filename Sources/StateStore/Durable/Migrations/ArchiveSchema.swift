// What the cell knows of archives. What the tables hold is told at `ArchiveRepository` and `ArchivePending`.

/// The schema of version 21.
enum ArchiveSchema {
    /// Whether something is still to be done with a segment: made, listed or deleted.
    static let isOpen = "state <> 'deleted' AND (manifest IS NULL OR state = 'replaced')"

    static func script(_ dialect: SQLDialect) -> String {
        let (int, text, blob) = (dialect.name(of: .integer), dialect.name(of: .text), dialect.name(of: .blob))
        return """
            CREATE TABLE archives (
                tenant \(text) NOT NULL,
                holder \(text) NOT NULL DEFAULT '',
                held_until \(int) NOT NULL DEFAULT 0,
                term \(int) NOT NULL DEFAULT 0,
                next_segment \(int) NOT NULL DEFAULT 1,
                next_manifest \(int) NOT NULL DEFAULT 1,
                sealed_at \(int),
                failure \(text),
                failure_detail \(text),
                failed_at \(int),
                verified_at \(int),
                verified_result \(text),
                erase_asked \(text),
                PRIMARY KEY (tenant)
            )\(Schema.options(dialect));
            CREATE TABLE archive_pending (
                tenant \(text) NOT NULL,
                id \(int) NOT NULL,
                day \(int) NOT NULL,
                segment \(int),
                records \(int) NOT NULL,
                raw_bytes \(int) NOT NULL,
                size \(int) NOT NULL,
                first_time \(int) NOT NULL,
                last_time \(int) NOT NULL,
                stored_at \(int) NOT NULL,
                chunk \(blob) NOT NULL,
                PRIMARY KEY (tenant, id)
            )\(Schema.options(dialect));
            CREATE TABLE archive_segments (
                tenant \(text) NOT NULL,
                number \(int) NOT NULL,
                day \(int) NOT NULL,
                state \(text) NOT NULL,
                manifest \(int),
                records \(int) NOT NULL,
                raw_bytes \(int) NOT NULL,
                size \(int) NOT NULL,
                first_time \(int) NOT NULL,
                last_time \(int) NOT NULL,
                sha256 \(blob),
                made_at \(int) NOT NULL,
                PRIMARY KEY (tenant, number)
            )\(Schema.options(dialect));
            CREATE INDEX archive_segments_open ON archive_segments (tenant, day)
                WHERE \(self.isOpen);
            CREATE TABLE archive_manifests (
                tenant \(text) NOT NULL,
                sequence \(int) NOT NULL,
                day \(int) NOT NULL,
                kind \(text) NOT NULL,
                size \(int) NOT NULL,
                sha256 \(blob) NOT NULL,
                made_at \(int) NOT NULL,
                PRIMARY KEY (tenant, sequence)
            )\(Schema.options(dialect));
            CREATE TABLE archive_keys (
                tenant \(text) NOT NULL,
                id \(text) NOT NULL,
                wrapped \(blob),
                made_at \(int) NOT NULL,
                destroyed_at \(int),
                PRIMARY KEY (tenant, id)
            )\(Schema.options(dialect));
            CREATE TABLE erasure_certificates (
                name \(text) NOT NULL,
                uid \(text) NOT NULL,
                namespace \(text) NOT NULL,
                finished_at \(int) NOT NULL,
                objects \(int) NOT NULL,
                bytes \(int) NOT NULL,
                keys \(int) NOT NULL,
                locked \(int) NOT NULL,
                object \(text) NOT NULL,
                sha256 \(blob) NOT NULL,
                PRIMARY KEY (name, uid)
            )\(Schema.options(dialect));
            """
                + ["archives", "archive_pending", "archive_segments", "archive_manifests", "archive_keys"]
                .map { Schema.isolate($0, dialect) }.joined()
                // It outlives the tenant, so it is none of the tenant's rows.
                + Schema.isolate("erasure_certificates", dialect, by: "name")
    }
}
