// The questions of clients: parts of a conversation, one message, whose conversations there are.

package import Tenant

extension HistoryRepository {
    /// Which part of a conversation to read.
    package enum Part: Hashable, Sendable {
        /// The last records, after a place if there is one.
        case latest(after: HistoryCursor?)
        /// The last records before a place.
        case before(HistoryCursor)
        /// The first records after a place.
        case after(HistoryCursor)
        /// Those around a place, the one at it included: half of them before, half from it on.
        case around(HistoryCursor)
        /// Those between two places, which are left out: the ones nearest to the first of the two.
        case between(HistoryCursor, HistoryCursor)
    }

    /// Records of one conversation, oldest first.
    ///
    /// - Parameters:
    ///   - conversation: `Conversation.text`.
    ///   - tenant: Whose.
    ///   - part: Which of its records.
    ///   - limit: How many at most, 1 to 1000.
    ///   - events: Whether what happened is read too, and not only what was said.
    /// - Returns: The records, whichever part was read.
    /// - Throws: ``DurableStoreError``
    package func read(
        _ conversation: String,
        of tenant: TenantID,
        _ part: Part,
        limit: Int,
        events: Bool
    ) async throws(DurableStoreError) -> [HistoryRecord] {
        let limit = min(max(limit, 1), 1000)
        return try await self.database.withTransaction(.tenant(tenant), .readOnly, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            func rows(
                after lower: HistoryCursor? = nil,
                from first: HistoryCursor? = nil,
                before upper: HistoryCursor? = nil,
                newest: Bool = false,
                _ limit: Int
            ) throws(DurableStoreError) -> [HistoryRecord] {
                let bounds: [(String, HistoryCursor?)] = [(">", lower), (">=", first), ("<", upper)]
                return try Self.rows(conversation, tenant, bounds, newest: newest, limit, events, connection)
            }
            switch part {
            case .latest(let after): return try rows(after: after, newest: true, limit)
            case .before(let cursor): return try rows(before: cursor, newest: true, limit)
            case .after(let cursor): return try rows(after: cursor, limit)
            case .around(let cursor):
                let before = try rows(before: cursor, newest: true, limit / 2)
                return before + (try rows(from: cursor, limit - before.count))
            case .between(let first, let second):
                if first <= second { return try rows(after: first, before: second, limit) }
                return try rows(after: second, before: first, newest: true, limit)
            }
        }
    }

    /// Records between two places, oldest first: the first or the last of them.
    private static func rows(
        _ conversation: String,
        _ tenant: TenantID,
        _ bounds: [(comparison: String, cursor: HistoryCursor?)],
        newest: Bool,
        _ limit: Int,
        _ events: Bool,
        _ connection: any SQLConnection
    ) throws(DurableStoreError) -> [HistoryRecord] {
        guard limit > 0 else { return [] }
        var bindings: [SQLValue] = [
            .text(tenant.text), .integer(Self.number(of: conversation, tenant)), .integer(Int64(limit)),
        ]
        var conditions = ["h.tenant = $1", "h.conversation = $2"]
        for (comparison, cursor) in bounds {
            guard let cursor else { continue }
            let first = bindings.count + 1
            bindings += Self.values(cursor)
            conditions.append("(h.time, h.epoch, h.sequence) \(comparison) ($\(first), $\(first + 1), $\(first + 2))")
        }
        if !events { conditions.append("h.kind <= \(HistoryRecord.Kind.notice.rawValue)") }
        let order = newest ? "DESC" : "ASC"
        let found = try connection.execute(
            """
            SELECT \(Self.columns) FROM history h JOIN history_origins o ON o.tenant = $1 AND o.id = h.origin
            WHERE \(conditions.joined(separator: " AND "))
            ORDER BY h.time \(order), h.epoch \(order), h.sequence \(order) LIMIT $3
            """,
            bindings
        )
        let records = try found.map { row throws(DurableStoreError) in
            try Self.record(row, tenant, in: conversation)
        }
        return newest ? records.reversed() : records
    }

    /// The record of a message, or nil.
    package func find(
        _ id: Stamp,
        in conversation: String,
        of tenant: TenantID
    ) async throws(DurableStoreError) -> HistoryRecord? {
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM history h JOIN history_origins o ON o.tenant = $1 AND o.id = h.origin
            WHERE h.tenant = $1 AND h.conversation = $2 AND h.time = $3 AND h.epoch = $4 AND h.sequence = $5
            """,
            [.text(tenant.text), .integer(Self.number(of: conversation, tenant))] + Self.values(HistoryCursor(id)),
            in: .tenant(tenant),
            .readOnly
        )
        guard let row = rows.first else { return nil }
        return try Self.record(row, tenant, in: conversation)
    }

    /// A conversation, and when something was said in it last.
    package struct Target: Hashable, Sendable {
        /// `Conversation.text`.
        package let conversation: String
        package let time: Int64

        package init(conversation: String, time: Int64) {
            self.conversation = conversation
            self.time = time
        }
    }

    /// Conversations in which something was said between two times, those included, last: by that time.
    ///
    /// - Parameters:
    ///   - tenant: Whose.
    ///   - party: Whose direct messages, `Conversation.Party.text`; nil for none.
    ///   - channels: Which channels, by their folded names.
    ///   - times: Between which the last message was said.
    ///   - limit: How many at most: the ones that were spoken in first.
    /// - Returns: The conversations.
    /// - Throws: ``DurableStoreError``
    package func targets(
        of tenant: TenantID,
        party: String?,
        channels: [String],
        between times: ClosedRange<Int64>,
        limit: Int
    ) async throws(DurableStoreError) -> [Target] {
        let last = """
            SELECT h.time FROM history h WHERE h.tenant = $1 AND h.conversation = c.id
            AND h.kind <= \(HistoryRecord.Kind.notice.rawValue) ORDER BY h.time DESC LIMIT 1
            """
        let days: [SQLValue] = [.integer(times.lowerBound / Self.day)]
        let found = try await self.database.withTransaction(.tenant(tenant), .readOnly, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            var rows: [SQLRow] = []
            if let party {
                for column in ["first", "second"] {
                    rows += try connection.execute(
                        "SELECT c.name, (\(last)) FROM conversations c WHERE c.tenant = $1 AND c.\(column) = $2 AND c.day >= $3",
                        [.text(tenant.text), .text(party)] + days
                    )
                }
            }
            for channel in channels {
                rows += try connection.execute(
                    "SELECT c.name, (\(last)) FROM conversations c WHERE c.tenant = $1 AND c.id = $2 AND c.day >= $3",
                    [.text(tenant.text), .integer(Self.number(of: channel, tenant))] + days
                )
            }
            return rows
        }
        var targets: Set<Target> = []
        for row in found {
            guard let time = try row.optionalInteger(1), times.contains(time) else { continue }
            targets.insert(Target(conversation: try row.text(0), time: time))
        }
        let sorted = targets.sorted { ($0.time, $0.conversation) < ($1.time, $1.conversation) }
        return Array(sorted.prefix(max(0, limit)))
    }

    // MARK: Rows

    static let columns = """
        h.time, h.epoch, h.sequence, h.kind, o.prefix, o.account, o.is_bot, o.target, h.tags, h.text, h.redaction
        """

    /// SQL has no unsigned integers: the bits are kept.
    static func values(_ cursor: HistoryCursor) -> [SQLValue] {
        [
            .integer(cursor.time), .integer(Int64(bitPattern: cursor.position.epoch)),
            .integer(Int64(bitPattern: cursor.position.sequence)),
        ]
    }

    static func record(
        _ row: SQLRow,
        _ tenant: TenantID,
        in conversation: String
    ) throws(DurableStoreError) -> HistoryRecord {
        guard let kind = HistoryRecord.Kind(rawValue: try row.integer(3)) else {
            throw .invalidAnswer("a record of no kind")
        }
        let position = Position(
            epoch: UInt64(bitPattern: try row.integer(1)),
            sequence: UInt64(bitPattern: try row.integer(2))
        )
        return HistoryRecord(
            tenant,
            in: conversation,
            id: Stamp(position: position, time: try row.integer(0)),
            kind,
            prefix: try row.text(4),
            account: try row.optionalText(5),
            isBot: try row.integer(6) != 0,
            target: try row.text(7),
            tags: try row.optionalText(8) ?? "",
            text: try row.optionalText(9),
            redaction: try row.optionalText(10)
        )
    }
}
