// The tables of the history. What they hold is told at `HistoryRepository`.

/// The schema of the history: of version 6, and of the parts that are made later.
enum HistorySchema {
    static func script(_ dialect: SQLDialect) -> String {
        let (int, text, blob) = (dialect.name(of: .integer), dialect.name(of: .text), dialect.name(of: .blob))
        let empty = dialect == .sqlite ? "x''" : "''"
        return """
            DROP TABLE history;
            DELETE FROM dead_letters;
            ALTER TABLE dead_letters ADD COLUMN label \(blob) NOT NULL DEFAULT \(empty);
            CREATE TABLE conversations (
                tenant \(text) NOT NULL,
                id \(int) NOT NULL,
                name \(text) NOT NULL,
                first \(text),
                second \(text),
                day \(int) NOT NULL,
                PRIMARY KEY (tenant, id)
            )\(Schema.options(dialect));
            CREATE INDEX conversations_by_first ON conversations (tenant, first) WHERE first IS NOT NULL;
            CREATE INDEX conversations_by_second ON conversations (tenant, second) WHERE second IS NOT NULL;
            CREATE TABLE history_origins (
                tenant \(text) NOT NULL,
                id \(int) NOT NULL,
                prefix \(text) NOT NULL,
                target \(text) NOT NULL,
                account \(text),
                is_bot \(int) NOT NULL,
                day \(int) NOT NULL,
                PRIMARY KEY (tenant, id)
            )\(Schema.options(dialect));
            CREATE TABLE read_markers (
                tenant \(text) NOT NULL,
                account \(text) NOT NULL,
                conversation \(text) NOT NULL,
                time \(int) NOT NULL,
                PRIMARY KEY (tenant, account, conversation)
            )\(Schema.options(dialect));
            \(self.rows(dialect))
            """
                + ["conversations", "history_origins", "read_markers", "history"].map { Schema.isolate($0, dialect) }
                .joined()
    }

    private static func rows(_ dialect: SQLDialect) -> String {
        switch dialect {
        case .postgres:
            // What needs eight bytes first, since nothing is lost between them then.
            """
            CREATE TABLE history (
                conversation BIGINT NOT NULL,
                time BIGINT NOT NULL,
                epoch BIGINT NOT NULL,
                sequence BIGINT NOT NULL,
                origin BIGINT NOT NULL,
                kind SMALLINT NOT NULL,
                tenant TEXT COLLATE "C" NOT NULL,
                tags TEXT,
                text TEXT,
                redaction TEXT,
                PRIMARY KEY (tenant, conversation, time, epoch, sequence)
            ) PARTITION BY RANGE (time);
            CREATE INDEX history_by_word ON history USING GIN (to_tsvector('simple', \(self.words(dialect, ""))))
                WITH (gin_pending_list_limit = 256)
                WHERE \(self.isSearched(""));
            CREATE TABLE \(self.otherTimes) PARTITION OF history DEFAULT;
            """
        case .sqlite:
            // The index of words has the rows' numbers and keeps no texts. No trigger fills it (`afterInsertion`).
            """
            CREATE TABLE history (
                row INTEGER PRIMARY KEY,
                tenant TEXT NOT NULL,
                conversation INTEGER NOT NULL,
                time INTEGER NOT NULL,
                epoch INTEGER NOT NULL,
                sequence INTEGER NOT NULL,
                kind INTEGER NOT NULL,
                origin INTEGER NOT NULL,
                tags TEXT,
                text TEXT,
                redaction TEXT
            ) STRICT;
            CREATE UNIQUE INDEX history_by_conversation ON history (tenant, conversation, time, epoch, sequence);
            CREATE VIRTUAL TABLE history_words USING fts5 (
                text, content = '', detail = none, columnsize = 0
            );
            -- As many parts of the index as may be are merged at a time: a third less work for who writes.
            INSERT INTO history_words (history_words, rank) VALUES ('automerge', 16);
            CREATE TRIGGER history_forgotten AFTER DELETE ON history WHEN \(self.isSearched("old.")) BEGIN
                INSERT INTO history_words (history_words, rowid, text) VALUES ('delete', old.row, \(self.words(dialect, "old.")));
            END;
            CREATE TRIGGER history_redacted AFTER UPDATE OF text ON history WHEN \(self.isSearched("old.")) BEGIN
                INSERT INTO history_words (history_words, rowid, text) VALUES ('delete', old.row, \(self.words(dialect, "old.")));
            END;
            """
        }
    }

    /// What follows the insertion of rows in SQLite, to whose numbers `$1` was the last before: a trigger, which runs for each row by
    /// itself, would have a segment of the index written for each.
    static let afterInsertion = """
        INSERT INTO history_words (rowid, text)
        SELECT row, \(Self.words(.sqlite, "")) FROM history WHERE row > $1 AND \(Self.isSearched(""))
        """

    static func isSearched(_ row: String) -> String {
        "\(row)text IS NOT NULL AND \(row)kind <= \(HistoryRecord.Kind.notice.rawValue)"
    }

    /// The table for times of no month.
    static let otherTimes = "history_at_other_times"

    /// What is indexed of a row: its text, and words that say where, who and in which hour.
    ///
    /// Somebody may say such a word, so who looks them up looks at the row as well.
    static func words(_ dialect: SQLDialect, _ row: String) -> String {
        switch dialect {
        case .postgres:
            """
            \(row)text || ' c' || to_hex(\(row)conversation) || ' o' || to_hex(\(row)origin)
                || ' h' || to_hex(\(row)time / \(self.hour))
            """
        case .sqlite: "\(row)text || printf(' c%llx o%llx', \(row)conversation, \(row)origin)"
        }
    }

    static let hour: Int64 = 3_600_000
}
