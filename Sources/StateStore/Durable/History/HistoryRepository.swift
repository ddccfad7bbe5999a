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
        var conversations = Numbered<Place>()
        var origins = Numbered<Origin>()
        var rows: [[SQLValue]] = []
        rows.reserveCapacity(records.count)
        var redactions: [HistoryCursor: [Int64: [SQLValue]]] = [:]
        for record in records {
            let day = record.id.time / Self.day
            let conversation = conversations.number(of: Place(record.tenant, record.conversation), day: day)
            let origin = origins.number(of: Origin(record), day: day)
            let row: [SQLValue] = [
                .text(record.tenant.text), .integer(conversation), .integer(record.id.time),
                .integer(Int64(bitPattern: record.id.position.epoch)),
                .integer(Int64(bitPattern: record.id.position.sequence)), .integer(record.kind.rawValue),
                .integer(origin), record.tags.isEmpty ? .null : .text(record.tags), .text(orNull: record.text),
                .text(orNull: record.redaction),
            ]
            if record.redaction == nil {
                rows.append(row)
            } else if redactions[record.cursor]?[conversation] == nil {
                redactions[record.cursor, default: [:]][conversation] = row
            }
        }
        _ = try connection.insertNew(conversations.rows, into: Self.conversations)
        _ = try connection.insertNew(origins.rows, into: Self.origins)
        let new = rows.isEmpty ? 0 : try connection.insertNew(rows, into: Self.rows)
        if redactions.isEmpty { return new }
        return new + (try connection.insertNew(redactions.values.flatMap { $0.values }, into: Self.redactions))
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
