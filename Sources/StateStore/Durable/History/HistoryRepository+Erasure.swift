// What a person said goes, wherever it was said; what others said stays.

package import Tenant

extension HistoryRepository {
    /// Where an erasure is: everything up to here was gone through.
    private struct Place {
        let conversation: Int64
        var cursor: [SQLValue]
        var isDone = false
    }

    /// Deletes everything that was said, or happened, under an account.
    ///
    /// It goes through all of the tenant's history, some rows a transaction. What is said meanwhile may stay: end the account first.
    ///
    /// - Parameters:
    ///   - account: As it is written in what was said.
    ///   - tenant: Whose history.
    ///   - batch: How many rows a transaction looks at.
    ///   - progress: Told how many are gone, now and then; what it throws ends it.
    /// - Returns: How many rows are gone.
    /// - Throws: ``DurableStoreError``
    package func erase(
        account: String,
        of tenant: TenantID,
        batch: Int = 5000,
        progress: (Int) async throws(DurableStoreError) -> Void = { _ in }
    ) async throws(DurableStoreError) -> Int {
        var deleted = 0
        var last: Int64?
        while true {
            let conversations = try await self.conversations(of: tenant, after: last)
            guard let end = conversations.last else { break }
            for conversation in conversations {
                var place = Place(conversation: conversation, cursor: [])
                while !place.isDone {
                    let from = place
                    let (next, count) = try await self.database.write(.tenant(tenant)) {
                        connection throws(DurableStoreError) in
                        try Self.erase(account, tenant, from: from, batch, over: connection)
                    }
                    (place, deleted) = (next, deleted + count)
                }
            }
            try await progress(deleted)
            last = end
        }
        _ = try await self.database.execute(
            "DELETE FROM history_origins WHERE tenant = $1 AND account = $2 RETURNING 1",
            [.text(tenant.text), .text(account)],
            in: .tenant(tenant)
        )
        return deleted
    }

    private func conversations(
        of tenant: TenantID,
        after last: Int64?
    ) async throws(DurableStoreError) -> [Int64] {
        let rows = try await self.database.execute(
            "SELECT id FROM conversations WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT 1000",
            [.text(tenant.text), .integer(last ?? .min)],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try row.integer(0) }
    }

    private static func erase(
        _ account: String,
        _ tenant: TenantID,
        from place: Place,
        _ batch: Int,
        over connection: any SQLConnection
    ) throws(DurableStoreError) -> (next: Place, count: Int) {
        let head: [SQLValue] = [.text(tenant.text), .integer(place.conversation)]
        let begin: [SQLValue] = place.cursor.isEmpty ? [.integer(.min), .integer(0), .integer(0)] : place.cursor
        let from = [head, begin].flatMap(\.self)
        let end = try connection.execute(
            """
            SELECT time, epoch, sequence FROM history
            WHERE tenant = $1 AND conversation = $2 AND (time, epoch, sequence) > ($3, $4, $5)
            ORDER BY time, epoch, sequence LIMIT 1 OFFSET $6
            """,
            [from, [.integer(Int64(max(batch, 1) - 1))]].flatMap(\.self)
        )
        var next = place
        var until = ""
        var bindings = [from, [.text(account)]].flatMap(\.self)
        if let row = end.first {
            next.cursor = [.integer(try row.integer(0)), .integer(try row.integer(1)), .integer(try row.integer(2))]
            bindings += next.cursor
            until = "AND (time, epoch, sequence) <= ($7, $8, $9)"
        } else {
            next.isDone = true
        }
        let gone = try connection.execute(
            """
            DELETE FROM history WHERE tenant = $1 AND conversation = $2 AND (time, epoch, sequence) > ($3, $4, $5) \(until)
                AND origin IN (SELECT id FROM history_origins WHERE tenant = $1 AND account = $6)
            RETURNING 1
            """,
            bindings
        )
        return (next, gone.count)
    }
}
