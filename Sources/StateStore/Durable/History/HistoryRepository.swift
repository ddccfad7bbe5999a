import Crypto
package import Tenant

/// What was said and what happened, kept for as long as the tenant's retention says.
///
/// A row has numbers for its conversation and for its origin, which is what a line begins with: who, and to whom. They are hashes, so
/// that nobody has to look them up, and so that they are the same in every database that a tenant moves to. What they stand for is in
/// two small tables, which know the last day that something of theirs was kept, and are swept with the rows.
package struct HistoryRepository: Sendable {
    let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    static let day: Int64 = 86_400_000

    private static let columnsOfRows: [BulkTable.Column] = [
        .init("tenant", .text), .init("conversation", .integer), .init("time", .integer), .init("epoch", .integer),
        .init("sequence", .integer), .init("kind", .integer), .init("origin", .integer), .init("tags", .text),
        .init("text", .text), .init("redaction", .text),
    ]
    private static let rows = BulkTable(
        "history",
        Self.columnsOfRows,
        afterInsertion: HistorySchema.afterInsertion
    )
    /// What was taken back: whichever comes first, the message or this, nothing is left of what it said.
    private static let redactions = BulkTable(
        "history",
        Self.columnsOfRows,
        onConflict: """
            (tenant, conversation, time, epoch, sequence)
            DO UPDATE SET text = NULL, tags = NULL, redaction = excluded.redaction WHERE history.redaction IS NULL
            """
    )
    private static let conversations = BulkTable(
        "conversations",
        [
            .init("tenant", .text), .init("id", .integer), .init("name", .text), .init("first", .text),
            .init("second", .text), .init("day", .integer),
        ],
        onConflict: "(tenant, id) DO UPDATE SET day = excluded.day WHERE conversations.day < excluded.day"
    )
    private static let origins = BulkTable(
        "history_origins",
        [
            .init("tenant", .text), .init("id", .integer), .init("prefix", .text), .init("target", .text),
            .init("account", .text), .init("is_bot", .integer), .init("day", .integer),
        ],
        onConflict: "(tenant, id) DO UPDATE SET day = excluded.day WHERE history_origins.day < excluded.day"
    )

    /// Keeps records of any tenants, all or none.
    ///
    /// Those that are kept already are passed over; one with a redaction empties the one that is kept.
    ///
    /// - Returns: How many were new, or emptied.
    package func store(
        _ records: some Collection<HistoryRecord> & Sendable,
        deadline: Duration = .seconds(30)
    ) async throws(DurableStoreError) -> Int {
        guard !records.isEmpty else { return 0 }
        return try await self.database.withTransaction(.cell, .readWrite, deadline: deadline) {
            connection throws(DurableStoreError) in
            try Self.store(records, over: connection)
        }
    }

    /// Keeps records within a transaction that others began.
    static func store(
        _ records: some Collection<HistoryRecord> & Sendable,
        over connection: any SQLConnection
    ) throws(DurableStoreError) -> Int {
        let batch = Batch(records)
        try batch.storeNames(over: connection)
        let new = batch.rows.isEmpty ? 0 : try connection.insertNew(batch.rows.map(\.values), into: Self.rows)
        let redactions = batch.redactions
        if redactions.isEmpty { return new }
        try ArchiveRedactions.note(redactions.map(\.values), isArchived: false, over: connection)
        return new + (try connection.insertNew(redactions.map(\.values), into: Self.redactions))
    }

    /// Keeps records of tenants that archive, and says which of them were not kept before.
    ///
    /// - Returns: Their places, in order. A message that was taken back before it came is among them: nobody has had it yet.
    static func storeNew(
        _ records: some Collection<HistoryRecord> & Sendable,
        over connection: any SQLConnection
    ) throws(DurableStoreError) -> [Int] {
        let batch = Batch(records)
        try batch.storeNames(over: connection)
        var new = try Self.insert(batch.rows[...], into: Self.rows, over: connection)
        for row in batch.rows where !new.contains(row.place) {
            if try Self.wasTakenBackBefore(row, over: connection) { new.insert(row.place) }
        }
        if batch.redactions.isEmpty { return new.sorted() }
        try ArchiveRedactions.note(batch.redactions.map(\.values), isArchived: true, over: connection)
        new.formUnion(try Self.insert(batch.redactions[...], into: Self.redactions, over: connection))
        return new.sorted()
    }

    /// Inserts rows, and finds out which were new by halves: nearly always that is all of them, which costs one insertion.
    private static func insert(
        _ rows: ArraySlice<Batch.Row>,
        into table: BulkTable,
        over connection: any SQLConnection
    ) throws(DurableStoreError) -> Set<Int> {
        if rows.isEmpty { return [] }
        try connection.executeScript("SAVEPOINT history_rows")
        let count = try connection.insertNew(rows.map(\.values), into: table)
        guard count > 0 && count < rows.count else {
            try connection.executeScript("RELEASE SAVEPOINT history_rows")
            return count == 0 ? [] : Set(rows.map(\.place))
        }
        try connection.executeScript("ROLLBACK TO SAVEPOINT history_rows; RELEASE SAVEPOINT history_rows")
        let half = rows.startIndex + rows.count / 2
        let first = try Self.insert(rows[..<half], into: table, over: connection)
        return first.union(try Self.insert(rows[half...], into: table, over: connection))
    }

    /// Whether what is kept in a message's place is only that it was taken back: by who did, and so not of the message's origin.
    private static func wasTakenBackBefore(
        _ row: Batch.Row,
        over connection: any SQLConnection
    ) throws(DurableStoreError) -> Bool {
        let found = try connection.execute(
            """
            SELECT origin FROM history WHERE tenant = $1 AND conversation = $2 AND time = $3 AND epoch = $4
            AND sequence = $5 AND redaction IS NOT NULL
            """,
            Array(row.values[..<5])
        )
        guard let kept = found.first, .integer(try kept.integer(0)) != row.values[6] else { return false }
        // From now on it is known that it came.
        _ = try connection.execute(
            """
            UPDATE history SET origin = $6 WHERE tenant = $1 AND conversation = $2 AND time = $3 AND epoch = $4
            AND sequence = $5 RETURNING 1
            """,
            Array(row.values[..<5]) + [row.values[6]]
        )
        return true
    }

    /// Records as rows, each thing that they name once.
    private struct Batch {
        struct Row {
            /// Which of the records it was.
            let place: Int
            let values: [SQLValue]
        }

        private(set) var rows: [Row] = []
        private(set) var redactions: [Row] = []
        private var conversations = Numbered<Place>()
        private var origins = Numbered<Origin>()

        init(_ records: some Collection<HistoryRecord>) {
            self.rows.reserveCapacity(records.count)
            var taken: Set<Taken> = []
            for (place, record) in records.enumerated() {
                let day = record.id.time / HistoryRepository.day
                let conversation = self.conversations.number(of: Place(record.tenant, record.conversation), day: day)
                let origin = self.origins.number(of: Origin(record), day: day)
                let row = Row(
                    place: place,
                    values: [
                        .text(record.tenant.text), .integer(conversation), .integer(record.id.time),
                        .integer(Int64(bitPattern: record.id.position.epoch)),
                        .integer(Int64(bitPattern: record.id.position.sequence)), .integer(record.kind.rawValue),
                        .integer(origin), record.tags.isEmpty ? .null : .text(record.tags), .text(orNull: record.text),
                        .text(orNull: record.redaction),
                    ]
                )
                if record.redaction == nil {
                    self.rows.append(row)
                } else if taken.insert(Taken(cursor: record.cursor, conversation: conversation)).inserted {
                    self.redactions.append(row)
                }
            }
        }

        func storeNames(over connection: any SQLConnection) throws(DurableStoreError) {
            _ = try connection.insertNew(self.conversations.rows, into: HistoryRepository.conversations)
            _ = try connection.insertNew(self.origins.rows, into: HistoryRepository.origins)
        }

        /// What is taken back: no two rows of one key may come in one call.
        private struct Taken: Hashable {
            let cursor: HistoryCursor
            let conversation: Int64
        }
    }

    /// How many records, and bytes of text and tags, are kept of a tenant.
    package func size(of tenant: TenantID) async throws(DurableStoreError) -> (records: Int, bytes: Int) {
        let rows = try await self.database.execute(
            "SELECT COUNT(*), \(Self.bytes(self.database.dialect)) FROM history WHERE tenant = $1",
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly
        )
        guard let row = rows.first else { throw .invalidAnswer("no size") }
        return (Int(try row.integer(0)), Int(try row.integer(1)))
    }

    /// The sum of what counts as stored.
    static func bytes(_ dialect: SQLDialect) -> String {
        let length: (String) -> String =
            switch dialect {
            case .postgres: { "OCTET_LENGTH(\($0))" }
            case .sqlite: { "LENGTH(CAST(\($0) AS BLOB))" }
            }
        let row = "COALESCE(\(length("text")), 0) + COALESCE(\(length("tags")), 0)"
        return "CAST(COALESCE(SUM(\(row)), 0) AS BIGINT)"
    }

    /// The number of a conversation.
    static func number(of conversation: String, _ tenant: TenantID) -> Int64 { Place(tenant, conversation).number }
}

/// Something that has a row of its own, and a number that is a hash of all of it.
private protocol Numberable: Hashable {
    /// What it is, in any number of texts.
    var texts: [String] { get }
    func row(_ number: Int64, day: Int64) -> [SQLValue]
}

extension Numberable {
    fileprivate var number: Int64 {
        var hash = SHA256()
        for text in self.texts {
            hash.update(data: Array(text.utf8))
            // In no text that comes here.
            hash.update(data: [0])
        }
        return hash.finalize().prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

/// What a batch has of one kind, each once with its last day.
private struct Numbered<Thing: Numberable> {
    private var found: [Thing: (number: Int64, day: Int64)] = [:]

    mutating func number(of thing: Thing, day: Int64) -> Int64 {
        if let (number, last) = self.found[thing] {
            if last < day { self.found[thing] = (number, day) }
            return number
        }
        let number = thing.number
        self.found[thing] = (number, day)
        return number
    }

    /// In one order everywhere, so that two who write at a time do not wait for each other.
    var rows: [[SQLValue]] {
        self.found.sorted { $0.value.number < $1.value.number }.map { $0.key.row($0.value.number, day: $0.value.day) }
    }
}

private struct Place: Numberable {
    let tenant: TenantID
    let name: String

    init(_ tenant: TenantID, _ name: String) { (self.tenant, self.name) = (tenant, name) }

    /// Few are called alike: the name is enough to look one up.
    func hash(into hasher: inout Hasher) { hasher.combine(self.name) }

    var texts: [String] { [self.tenant.text, self.name] }

    func row(_ number: Int64, day: Int64) -> [SQLValue] {
        let parties =
            self.name.hasPrefix("@")
            ? self.name.dropFirst().split(separator: " ").map { SQLValue.text(String($0)) } : []
        return [
            .text(self.tenant.text), .integer(number), .text(self.name), parties.count == 2 ? parties[0] : .null,
            parties.count == 2 ? parties[1] : .null, .integer(day),
        ]
    }
}

private struct Origin: Numberable {
    let tenant: TenantID
    let prefix: String
    let target: String
    let account: String?
    let isBot: Bool

    init(_ record: HistoryRecord) {
        (self.tenant, self.prefix, self.target) = (record.tenant, record.prefix, record.target)
        (self.account, self.isBot) = (record.account, record.isBot)
    }

    /// Few are called alike: the prefix is enough to look one up.
    func hash(into hasher: inout Hasher) { hasher.combine(self.prefix) }

    var texts: [String] {
        [self.tenant.text, self.prefix, self.target, self.account.map { "=" + $0 } ?? "", self.isBot ? "bot" : ""]
    }

    func row(_ number: Int64, day: Int64) -> [SQLValue] {
        [
            .text(self.tenant.text), .integer(number), .text(self.prefix), .text(self.target),
            .text(orNull: self.account), .integer(self.isBot ? 1 : 0), .integer(day),
        ]
    }
}
