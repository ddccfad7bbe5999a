// What clients read on by: on which days the bucket has something of a conversation, and what was taken back of it. Both go with their
// day. What was put into the bucket by earlier versions is not known here, and is not read on in.

import Numbers
package import Tenant

/// From when to when a segment has something of a conversation.
package struct ArchivedConversation: Hashable, Sendable {
    /// `Conversation.text`.
    package let name: String
    /// Milliseconds since 1970.
    package let firstTime: Int64
    package let lastTime: Int64

    package init(name: String, firstTime: Int64, lastTime: Int64) {
        (self.name, self.firstTime, self.lastTime) = (name, firstTime, lastTime)
    }
}

/// From when to when the bucket has something of a conversation on a day.
package struct ConversationDay: Hashable, Sendable {
    /// `Conversation.text`.
    package let conversation: String
    /// Days since the first of January 1970.
    package let day: Int64
    /// Milliseconds since 1970.
    package let times: ClosedRange<Int64>
}

extension ArchiveRepository {
    private static let conversations = BulkTable(
        "archive_conversations",
        [
            .init("tenant", .text), .init("conversation", .integer), .init("day", .integer),
            .init("first_time", .integer), .init("last_time", .integer),
        ],
        onConflict: """
            (tenant, conversation, day) DO UPDATE SET
            first_time = CASE WHEN excluded.first_time < archive_conversations.first_time
                THEN excluded.first_time ELSE archive_conversations.first_time END,
            last_time = CASE WHEN excluded.last_time > archive_conversations.last_time
                THEN excluded.last_time ELSE archive_conversations.last_time END
            """
    )

    /// How much that was taken back is looked at for one answer.
    private static let redactionsAtOnce = 10_000

    /// Notes of which conversations a segment has something.
    static func note(
        _ conversations: [ArchivedConversation],
        in number: Int64,
        _ tenant: TenantID,
        over connection: any SQLConnection
    ) throws(DurableStoreError) {
        if conversations.isEmpty { return }
        let found = try connection.execute(
            "SELECT day FROM archive_segments WHERE tenant = $1 AND number = $2",
            [.text(tenant.text), .integer(number)]
        )
        guard let day = try found.first?.integer(0) else { return }
        let rows = conversations.map { conversation -> [SQLValue] in
            [
                .text(tenant.text), .integer(HistoryRepository.number(of: conversation.name, tenant)), .integer(day),
                .integer(conversation.firstTime), .integer(conversation.lastTime),
            ]
        }
        _ = try connection.insertNew(rows, into: Self.conversations)
    }

    /// Forgets a day of which the bucket has nothing any more.
    static func forget(
        _ day: Int64,
        _ tenant: String,
        over connection: any SQLConnection
    ) throws(DurableStoreError) {
        let id: [SQLValue] = [.text(tenant), .integer(day)]
        let left = try connection.execute(
            """
            SELECT 1 WHERE EXISTS (
                SELECT 1 FROM archive_segments WHERE tenant = $1 AND day = $2 AND state IN ('sealed', 'writing', 'merging')
            ) OR EXISTS (SELECT 1 FROM archive_pending WHERE tenant = $1 AND day = $2)
            """,
            id
        )
        guard left.isEmpty else { return }
        _ = try connection.execute(
            "DELETE FROM archive_conversations WHERE tenant = $1 AND day = $2 RETURNING 1",
            id
        )
        _ = try connection.execute(
            "DELETE FROM archive_redactions WHERE tenant = $1 AND time >= $2 AND time < $3 RETURNING 1",
            [
                .text(tenant), .integer(day.times(HistoryRepository.day)),
                .integer(day.plus(1).times(HistoryRepository.day)),
            ]
        )
    }

    /// The days on which the bucket has something of conversations.
    ///
    /// - Parameters:
    ///   - wanted: Which conversations, and of which times of each.
    ///   - tenant: Whose.
    ///   - newestFirst: Whether the last days are wanted, the last first, or the first ones.
    ///   - limit: How many at most.
    /// - Returns: The days, in the order in which they are wanted.
    /// - Throws: ``DurableStoreError``
    package func days(
        _ wanted: [(conversation: String, times: ClosedRange<Int64>)],
        of tenant: TenantID,
        newestFirst: Bool,
        limit: Int
    ) async throws(DurableStoreError) -> [ConversationDay] {
        let asked = wanted
        let found = try await self.database.withTransaction(.tenant(tenant), .readOnly, deadline: .seconds(5)) {
            connection throws(DurableStoreError) in
            var days: [ConversationDay] = []
            for (conversation, times) in asked {
                let rows = try connection.execute(
                    """
                    SELECT day, first_time, last_time FROM archive_conversations
                    WHERE tenant = $1 AND conversation = $2 AND last_time >= $3 AND first_time <= $4
                    ORDER BY day \(newestFirst ? "DESC" : "ASC") LIMIT $5
                    """,
                    [
                        .text(tenant.text), .integer(HistoryRepository.number(of: conversation, tenant)),
                        .integer(times.lowerBound), .integer(times.upperBound), .integer(Int64(limit)),
                    ]
                )
                for row in rows {
                    let (first, last) = (try row.integer(1), try row.integer(2))
                    guard first <= last else { continue }
                    days.append(
                        ConversationDay(conversation: conversation, day: try row.integer(0), times: first...last)
                    )
                }
            }
            return days
        }
        let sorted = found.sorted { newestFirst ? $0.day > $1.day : $0.day < $1.day }
        return Array(sorted.prefix(limit))
    }

    /// What was taken back in a conversation, of messages that are archived: by whom and why, by the message's id.
    ///
    /// - Throws: ``DurableStoreError``
    package func redactions(
        in conversation: String,
        of tenant: TenantID,
        _ times: ClosedRange<Int64>
    ) async throws(DurableStoreError) -> [Stamp: String] {
        let rows = try await self.database.execute(
            """
            SELECT time, epoch, sequence, redaction FROM archive_redactions
            WHERE tenant = $1 AND conversation = $2 AND time >= $3 AND time <= $4 LIMIT $5
            """,
            [
                .text(tenant.text), .integer(HistoryRepository.number(of: conversation, tenant)),
                .integer(times.lowerBound), .integer(times.upperBound), .integer(Int64(Self.redactionsAtOnce) + 1),
            ],
            in: .tenant(tenant),
            .readOnly
        )
        guard rows.count <= Self.redactionsAtOnce else {
            throw .invalidAnswer("more was taken back in a conversation than is looked at once")
        }
        var redactions: [Stamp: String] = [:]
        for row in rows {
            let position = Position(
                epoch: UInt64(bitPattern: try row.integer(1)),
                sequence: UInt64(bitPattern: try row.integer(2))
            )
            redactions[Stamp(position: position, time: try row.integer(0))] = try row.text(3)
        }
        return redactions
    }
}
