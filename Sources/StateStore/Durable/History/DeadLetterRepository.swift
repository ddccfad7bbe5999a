import NIOCore
package import Tenant

/// An entry that the history could not take, as it came from the feed.
package struct DeadLetter: Hashable, Sendable {
    package let log: LogKey
    package let position: Position
    /// Milliseconds since 1970, as the live store stamped it.
    package let time: Int64
    package let payload: [UInt8]
    package let label: FeedLabel
    /// The database's code: SQLSTATE, or SQLite's number; or ``unreadable``.
    package let code: String
    /// Why, in the database's words.
    package let reason: String
    /// Milliseconds since 1970.
    package let setAside: Int64

    /// The code of what this version cannot read.
    package static let unreadable = "unreadable"

    package init(_ record: FeedRecord, code: String, reason: String, setAside: Int64) {
        self.init(
            record.log,
            record.entry.position,
            time: record.entry.time,
            payload: Array(record.entry.payload.readableBytesView),
            record.label,
            code: code,
            reason: reason,
            setAside: setAside
        )
    }

    package init(
        _ log: LogKey,
        _ position: Position,
        time: Int64,
        payload: [UInt8],
        _ label: FeedLabel,
        code: String,
        reason: String,
        setAside: Int64
    ) {
        self.log = log
        self.position = position
        self.time = time
        self.payload = payload
        self.label = label
        self.code = code
        self.reason = reason
        self.setAside = setAside
    }

    /// The entry as it came.
    var record: FeedRecord {
        let payload = ByteBuffer(bytes: self.payload)
        let entry = Entry(position: self.position, time: self.time, producer: ProducerID(rawValue: 0), payload: payload)
        return FeedRecord(id: .init(""), log: self.log, entry: entry, label: self.label)
    }
}

/// Where entries wait that the history cannot take: so that they are neither lost nor in the way, and somebody can look at them
/// and have them stored once the reason is gone.
///
/// Names are bytes here, since a text that the database refuses may be the reason. They go when the tenant's retention says.
package struct DeadLetterRepository: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    private static let table = BulkTable(
        "dead_letters",
        [
            .init("tenant", .text), .init("kind", .text), .init("name", .blob), .init("epoch", .integer),
            .init("sequence", .integer), .init("time", .integer), .init("payload", .blob), .init("label", .blob),
            .init("code", .text), .init("reason", .text), .init("set_aside_at", .integer),
        ]
    )

    /// Keeps letters; those that are kept already are passed over.
    package func keep(_ letters: [DeadLetter]) async throws(DurableStoreError) {
        guard !letters.isEmpty else { return }
        try await self.database.write(.cell) { connection throws(DurableStoreError) in
            _ = try connection.insertNew(letters.map(Self.values), into: Self.table)
        }
    }

    /// How many there are, of one tenant or of all.
    package func count(of tenant: TenantID? = nil) async throws(DurableStoreError) -> Int {
        let (condition, bindings) = Self.condition(tenant)
        let sql = "SELECT COUNT(*) FROM dead_letters \(condition)"
        let rows = try await self.database.execute(sql, bindings, in: Self.scope(tenant), .readOnly)
        guard let row = rows.first else { throw .invalidAnswer("no count") }
        return Int(try row.integer(0))
    }

    /// Some of them, by tenant and log.
    ///
    /// - Parameters:
    ///   - tenant: Whose; nil for all.
    ///   - last: Where to go on: the last one of the page before.
    ///   - limit: How many at most.
    /// - Returns: The letters.
    /// - Throws: ``DurableStoreError``
    package func list(
        of tenant: TenantID? = nil,
        after last: DeadLetter? = nil,
        limit: Int = 100
    ) async throws(DurableStoreError) -> [DeadLetter] {
        var bindings: [SQLValue] = [.integer(Int64(min(max(limit, 1), 1000)))]
        var conditions: [String] = []
        if let last {
            bindings += Self.key(last)
            conditions.append("(tenant, kind, name, epoch, sequence) > ($2, $3, $4, $5, $6)")
        }
        if let tenant {
            bindings.append(.text(tenant.text))
            conditions.append("tenant = $\(bindings.count)")
        }
        let sql = """
            SELECT tenant, kind, name, epoch, sequence, time, payload, label, code, reason, set_aside_at FROM dead_letters
            \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "))
            ORDER BY tenant, kind, name, epoch, sequence LIMIT $1
            """
        let rows = try await self.database.execute(sql, bindings, in: Self.scope(tenant), .readOnly)
        return try rows.map { row throws(DurableStoreError) in try Self.letter(row) }
    }

    /// Stores one in the history, and keeps it no more.
    ///
    /// - Parameters:
    ///   - letter: Which.
    ///   - intake: Makes what is to be archived of it.
    /// - Throws: ``DurableStoreError/rejected(code:message:)`` if the database refuses it still, or this version cannot read it;
    ///   it stays then.
    package func replay(
        _ letter: DeadLetter,
        archiving intake: (any ArchiveIntake)? = nil
    ) async throws(DurableStoreError) {
        var records: [HistoryRecord] = []
        var others: [HistoryRecord] = []
        var rows: [AuditRecord] = []
        switch HistoryEntry(letter.record) {
        case .kept(let record): records = [record]
        case .audited(let row): rows = [row]
        case .archivedOnly(let record): others = [record]
        case .passedOver: break
        case .unreadable:
            throw .rejected(code: DeadLetter.unreadable, message: "this version cannot read it: a newer one wrote it")
        }
        let (kept, noted, alone) = (records, rows, others)
        let stamp = Stamp(position: letter.position, time: letter.time)
        let archived = { @Sendable (record: HistoryRecord, isForRanks: Bool) in
            ArchivedRecord(log: letter.log, stamp: stamp, content: record, isForRanks: isForRanks)
        }
        try await self.database.write(.tenant(letter.log.tenant)) { connection throws(DurableStoreError) in
            if let intake, intake.isArchived(letter.log.tenant) {
                let batch = ArchiveBatch(
                    intake,
                    records: kept.first.map { [0: archived($0, false)] } ?? [:],
                    others: alone.map { archived($0, true) }
                )
                try HistoryRepository.store(kept, archiving: batch, over: connection)
            } else {
                _ = try HistoryRepository.store(kept, over: connection)
            }
            if !noted.isEmpty { try AuditRepository.store(noted, over: connection) }
            try Self.delete(letter, over: connection)
        }
    }

    /// Forgets one for good.
    package func discard(_ letter: DeadLetter) async throws(DurableStoreError) {
        try await self.database.write(.tenant(letter.log.tenant)) { connection throws(DurableStoreError) in
            try Self.delete(letter, over: connection)
        }
    }

    private static func delete(_ letter: DeadLetter, over connection: any SQLConnection) throws(DurableStoreError) {
        _ = try connection.execute(
            """
            DELETE FROM dead_letters
            WHERE tenant = $1 AND kind = $2 AND name = $3 AND epoch = $4 AND sequence = $5
            """,
            self.key(letter)
        )
    }

    private static func scope(_ tenant: TenantID?) -> SQLScope { tenant.map { .tenant($0) } ?? .cell }

    private static func condition(_ tenant: TenantID?) -> (String, [SQLValue]) {
        tenant.map { ("WHERE tenant = $1", [.text($0.text)]) } ?? ("", [])
    }

    private static func key(_ letter: DeadLetter) -> [SQLValue] {
        [
            .text(letter.log.tenant.text), .text(letter.log.kind.rawValue), .blob(Array(letter.log.name.utf8)),
            .integer(Int64(bitPattern: letter.position.epoch)), .integer(Int64(bitPattern: letter.position.sequence)),
        ]
    }

    private static func values(_ letter: DeadLetter) -> [SQLValue] {
        self.key(letter) + [
            .integer(letter.time), .blob(letter.payload), .blob(Array(letter.label.text.utf8)), .text(letter.code),
            .text(letter.reason.replacing("\0", with: "")), .integer(letter.setAside),
        ]
    }

    private static func letter(_ row: SQLRow) throws(DurableStoreError) -> DeadLetter {
        guard let tenant = TenantID(try row.text(0)), let kind = LogKey.Kind(rawValue: try row.text(1)) else {
            throw .invalidAnswer("a dead letter of no log")
        }
        return DeadLetter(
            LogKey(tenant, kind, String(decoding: try row.blob(2), as: UTF8.self)),
            Position(
                epoch: UInt64(bitPattern: try row.integer(3)),
                sequence: UInt64(bitPattern: try row.integer(4))
            ),
            time: try row.integer(5),
            payload: try row.blob(6),
            FeedLabel(String(decoding: try row.blob(7), as: UTF8.self)),
            code: try row.text(8),
            reason: try row.text(9),
            setAside: try row.integer(10)
        )
    }
}
