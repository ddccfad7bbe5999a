// A message that was taken back has no text in the history; in the archive it stays as it was said. So what was taken back is noted here
// for as long as the archive has the message's day, and who reads on is not shown it.

import Tenant

/// What was taken back of what is archived.
enum ArchiveRedactions {
    private static let rows = BulkTable(
        "archive_redactions",
        [
            .init("tenant", .text), .init("conversation", .integer), .init("time", .integer), .init("epoch", .integer),
            .init("sequence", .integer), .init("redaction", .text),
        ]
    )

    /// Notes what rows of the history take back, of tenants that have an archive, or had one.
    ///
    /// - Parameters:
    ///   - redactions: Rows as the history stores them: five columns of key first, the redaction last.
    ///   - isArchived: Whether it is known that all of their tenants have one.
    ///   - connection: In whose transaction.
    /// - Throws: ``DurableStoreError``
    static func note(
        _ redactions: [[SQLValue]],
        isArchived: Bool,
        over connection: any SQLConnection
    ) throws(DurableStoreError) {
        var known: [SQLValue: Bool] = [:]
        var noted: [[SQLValue]] = []
        for row in redactions {
            guard let tenant = row.first, let redaction = row.last else { continue }
            let has: Bool
            if let found = known[tenant] {
                has = found
            } else {
                has = isArchived ? true : try Self.hasArchive(tenant, over: connection)
                known[tenant] = has
            }
            if has { noted.append(Array(row[..<5]) + [redaction]) }
        }
        if !noted.isEmpty { _ = try connection.insertNew(noted, into: Self.rows) }
    }

    private static func hasArchive(
        _ tenant: SQLValue,
        over connection: any SQLConnection
    ) throws(DurableStoreError) -> Bool {
        let found = try connection.execute(
            """
            SELECT 1 WHERE EXISTS (SELECT 1 FROM archives WHERE tenant = $1)
                OR EXISTS (SELECT 1 FROM archive_pending WHERE tenant = $1)
            """,
            [tenant]
        )
        return !found.isEmpty
    }
}
