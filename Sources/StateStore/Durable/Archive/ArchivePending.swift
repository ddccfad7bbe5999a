// What is to be archived waits in the database, in chunks that the history's writer stores with the rows of a batch. So the bucket may be
// away for as long as the database has room, and no chunk is ever without its history or the other way.

import Crypto
import Tenant

/// What a batch of the history has for the archive.
package struct ArchiveBatch: Sendable {
    /// Makes the chunks.
    package let intake: any ArchiveIntake
    /// Records of the batch, by their places in it.
    package let records: [Int: ArchivedRecord]
    /// What the history does not keep, since only members of a rank got it.
    package let others: [ArchivedRecord]

    package init(_ intake: any ArchiveIntake, records: [Int: ArchivedRecord], others: [ArchivedRecord] = []) {
        self.intake = intake
        self.records = records
        self.others = others
    }
}

/// The chunks that wait.
enum ArchivePending {
    private static let day: Int64 = 86_400_000

    static let table = "archive_pending"

    private static let rows = BulkTable(
        Self.table,
        [
            .init("tenant", .text), .init("id", .integer), .init("day", .integer), .init("records", .integer),
            .init("raw_bytes", .integer), .init("size", .integer), .init("first_time", .integer),
            .init("last_time", .integer), .init("stored_at", .integer), .init("chunk", .blob),
        ]
    )

    /// A number for a record, the same each time.
    private static func number(_ record: ArchivedRecord) -> Int64 {
        let position = record.stamp.position
        let text = "\(record.log)\n\(position.epoch)\n\(position.sequence)"
        let number = SHA256.hash(data: Array(text.utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        return Int64(number >> 1)
    }

    private struct Part: Hashable {
        let tenant: TenantID
        let day: Int64
    }

    /// Stores records, divided by tenants and days.
    static func store(
        _ records: [ArchivedRecord],
        _ intake: any ArchiveIntake,
        as known: ArchivedRecord? = nil,
        over connection: any SQLConnection
    ) throws(DurableStoreError) {
        if records.isEmpty { return }
        let now = try connection.execute("SELECT \(connection.dialect.now)")
        guard let now = try now.first?.integer(0) else { throw .invalidAnswer("no time") }
        var parts: [Part: [ArchivedRecord]] = [:]
        for record in records {
            parts[Part(tenant: record.log.tenant, day: max(0, record.stamp.time) / Self.day), default: []].append(
                record
            )
        }
        var rows: [[SQLValue]] = []
        for (part, records) in parts {
            let chunk = try intake.chunk(of: records)
            let times = records.map(\.stamp.time)
            rows.append([
                .text(part.tenant.text), .integer(known.map(Self.number) ?? .random(in: 1 ... .max)),
                .integer(part.day),
                .integer(Int64(records.count)), .integer(Int64(chunk.rawBytes)), .integer(Int64(chunk.bytes.count)),
                .integer(times.min() ?? 0), .integer(times.max() ?? 0), .integer(now), .blob(chunk.bytes),
            ])
        }
        _ = try connection.insertNew(rows, into: Self.rows)
    }
}

extension HistoryRepository {
    /// Keeps records of any tenants, all or none, and in the same transaction what of them is to be archived.
    ///
    /// - Parameters:
    ///   - records: For the history.
    ///   - archive: For the archive. Of those in both only what is new to the history is new to it, so a batch that comes twice is
    ///     archived once.
    ///   - deadline: How long it may take.
    /// - Throws: ``DurableStoreError``
    package func store(
        _ records: [HistoryRecord],
        archiving archive: ArchiveBatch,
        deadline: Duration = .seconds(30)
    ) async throws(DurableStoreError) {
        try await self.database.withTransaction(.cell, .readWrite, deadline: deadline) {
            connection throws(DurableStoreError) in
            try Self.store(records, archiving: archive, over: connection)
        }
    }

    /// The same within a transaction that others began.
    static func store(
        _ records: [HistoryRecord],
        archiving archive: ArchiveBatch,
        over connection: any SQLConnection
    ) throws(DurableStoreError) {
        // Others first: who archives nothing pays nothing.
        let others = records.indices.filter { archive.records[$0] == nil }
        if !others.isEmpty { _ = try Self.store(others.map { records[$0] }, over: connection) }
        let places = archive.records.keys.sorted()
        var archived: [ArchivedRecord] = []
        if !places.isEmpty {
            let new = try Self.storeNew(places.map { records[$0] }, over: connection)
            archived += new.compactMap { archive.records[places[$0]] }
        }
        try ArchivePending.store(archived, archive.intake, over: connection)
        // There is no row of the history to know them by: each has a chunk of its own, which is there once.
        for other in archive.others { try ArchivePending.store([other], archive.intake, as: other, over: connection) }
    }
}
