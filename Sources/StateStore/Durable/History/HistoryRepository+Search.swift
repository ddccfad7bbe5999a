// How words are found. The index of words also has, for each row, a word for its conversation and one for its origin, so that a common
// word in one conversation of many costs no more than the conversation does.
//
// SQLite hands out what it finds by the rows' numbers, the last first, and stops. PostgreSQL has to look at all that it finds to say what
// was last; so it is asked about the last hours first, then about the month. And its row-level security has no index of words used, since
// it must not compare before it has looked at who may see a row. It is a table's own: so rows are looked for in the tables of
// the months, which have none, by their keys alone, and read by way of `history`, which has it.

package import Tenant

/// What is looked for in the history.
package struct HistorySearch: Hashable, Sendable {
    /// Words that must all be in the text, in any order and as whole words; empty for any text.
    package var text = ""
    /// Who said it, under which nickname, in any spelling of ASCII letters; nil for anybody.
    package var sender: String?
    /// In which conversations, `Conversation.text`; those that may be read.
    package var conversations: [String]
    /// Later than this, and before this, in milliseconds since 1970.
    package var after: Int64?
    package var before: Int64?
    /// How many at most: the last ones.
    package var limit = 50

    package init(in conversations: [String]) { self.conversations = conversations }
}

extension HistoryRepository {
    /// How many conversations are looked through at most.
    private static let conversationsAtOnce = 500
    /// How many users of one nickname are looked for at most.
    private static let originsAtOnce = 200

    /// A search in a database's terms.
    private struct Query {
        let tenant: TenantID
        /// The conversations by their numbers.
        var names: [Int64: String] = [:]
        /// The numbers of origins; nil for any.
        var origins: Set<Int64>?
        var words: [String]
        var after: Int64
        var before: Int64
        var limit: Int

        /// The words that all must be there, and groups of which one must be.
        func terms(and: String, or: String, hours: Range<Int64>? = nil) -> String {
            var groups: [[String]] = []
            // Of many it costs more than looking at the rows.
            if self.names.count <= 32 { groups.append(self.names.keys.sorted().map { "c" + $0.hex }) }
            if let origins { groups.append(origins.sorted().map { "o" + $0.hex }) }
            if let hours { groups.append(hours.map { "h" + $0.hex }) }
            let words = self.words.map { and == "&" ? "'\($0)'" : "\"\($0)\"" }
            return (words + groups.map { "(" + $0.joined(separator: " \(or) ") + ")" }).joined(separator: " \(and) ")
        }

        /// Whether a row is what it was found as.
        func accepts(_ record: HistoryRecord, origin: Int64) -> Bool {
            self.origins?.contains(origin) ?? true && record.id.time > self.after && record.id.time < self.before
        }
    }

    /// What was said that a search finds, oldest first.
    package func search(
        _ search: HistorySearch,
        of tenant: TenantID
    ) async throws(DurableStoreError) -> [HistoryRecord] {
        let words = Self.words(search.text)
        guard !search.conversations.isEmpty, !words.isEmpty || search.text.allSatisfy(\.isWhitespace) else { return [] }
        var query = Query(
            tenant: tenant,
            words: words,
            after: search.after ?? .min,
            before: search.before ?? .max,
            limit: min(max(search.limit, 1), 1000)
        )
        for conversation in search.conversations.prefix(Self.conversationsAtOnce) {
            query.names[Self.number(of: conversation, tenant)] = conversation
        }
        let months = try await self.database.dialect == .postgres ? self.months() : []
        let (asked, sender) = (query, search.sender)
        let found = try await self.database.withTransaction(.tenant(tenant), .readOnly, deadline: .seconds(10)) {
            connection throws(DurableStoreError) -> [HistoryRecord] in
            var query = asked
            if let sender {
                let origins = try Self.origins(of: sender, tenant, connection)
                if origins.isEmpty { return [] }
                query.origins = origins
            }
            switch connection.dialect {
            case .sqlite: return try Self.findInOne(query, connection)
            case .postgres:
                // How to look depends on the words.
                _ = try connection.execute("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
                return try Self.find(query, in: months, connection)
            }
        }
        return found.sorted { $0.cursor < $1.cursor }.suffix(query.limit)
    }

    /// Whom a nickname has stood for.
    private static func origins(
        of nick: String,
        _ tenant: TenantID,
        _ connection: any SQLConnection
    ) throws(DurableStoreError) -> Set<Int64> {
        let rows = try connection.execute(
            """
            SELECT id FROM history_origins WHERE tenant = $1 AND LOWER(SUBSTR(prefix, 1, $2)) = LOWER($3)
            ORDER BY day DESC LIMIT \(Self.originsAtOnce)
            """,
            [.text(tenant.text), .integer(Int64(nick.count + 1)), .text(nick + "!")]
        )
        return Set(try rows.map { row throws(DurableStoreError) in try row.integer(0) })
    }

    // MARK: SQLite

    private static func findInOne(_ query: Query, _ connection: any SQLConnection) throws(DurableStoreError)
        -> [HistoryRecord]
    {
        let places = Self.padded(query.names.keys.sorted())
        let terms = query.terms(and: "AND", or: "OR")
        let (source, row) =
            terms.isEmpty
            ? ("history h", "h.row") : ("history_words w JOIN history h ON h.row = w.rowid", "w.rowid")
        let rows = try connection.execute(
            """
            SELECT \(Self.columns), h.conversation, h.origin FROM \(source)
            JOIN history_origins o ON o.tenant = $1 AND o.id = h.origin
            WHERE \(terms.isEmpty ? "$2 = ''" : "history_words MATCH $2") AND h.tenant = $1
            AND h.time > $3 AND h.time < $4 AND \(HistorySchema.isSearched("h."))
            AND h.conversation IN (\(Self.list(places.count, after: 5))) ORDER BY \(row) DESC LIMIT $5
            """,
            [
                .text(query.tenant.text), .text(terms), .integer(query.after), .integer(query.before),
                .integer(Int64(query.limit)),
            ] + places.map { .integer($0) }
        )
        return try Self.records(rows, query)
    }

    // MARK: PostgreSQL

    /// The hours of the windows, from the last message backwards: of many it costs more to look them all up, and what is rare in
    /// these is not much in a month.
    private static let windows: [Int64] = [1, 4]

    private static func find(
        _ query: Query,
        in months: Set<HistoryMonth>,
        _ connection: any SQLConnection
    ) throws(DurableStoreError) -> [HistoryRecord] {
        let others = try Self.find(query, in: HistorySchema.otherTimes, nil, connection)
        guard let last = try Self.last(query, connection) else { return others }
        var found: Set<HistoryRecord> = []
        var isFirst = true
        for month in months.sorted(by: >) where month.start <= last && month.end > query.after {
            var end = min(month.end, last &+ 1) / HistorySchema.hour + 1
            if isFirst {
                for hours in Self.windows where found.count < query.limit {
                    found.formUnion(try Self.find(query, in: month.table, end - hours..<end, connection))
                    end -= hours
                }
            }
            isFirst = false
            // All of the month, what was found included: there is little before if there was little then.
            if found.count < query.limit { found.formUnion(try Self.find(query, in: month.table, nil, connection)) }
            if found.count >= query.limit { break }
        }
        return others + found
    }

    /// When something was said last where is looked.
    private static func last(_ query: Query, _ connection: any SQLConnection) throws(DurableStoreError) -> Int64? {
        let places = Self.padded(query.names.keys.sorted())
        let rows = try connection.execute(
            """
            SELECT MAX(last) FROM (
                SELECT (
                    SELECT h.time FROM history h WHERE h.tenant = $1 AND h.conversation = c.id AND h.time < $2
                    ORDER BY h.time DESC LIMIT 1
                ) AS last FROM conversations c WHERE c.tenant = $1 AND c.id IN (\(Self.list(places.count, after: 2)))
            ) AS times
            """,
            [.text(query.tenant.text), .integer(query.before)] + places.map { .integer($0) }
        )
        return try rows.first?.optionalInteger(0)
    }

    private static func find(
        _ query: Query,
        in table: String,
        _ hours: Range<Int64>?,
        _ connection: any SQLConnection
    ) throws(DurableStoreError) -> [HistoryRecord] {
        let places = Self.padded(query.names.keys.sorted())
        let terms = query.terms(and: "&", or: "|", hours: hours)
        // "+ 0" keeps it from reading all of a conversation to find a few of its rows.
        let words = "to_tsvector('simple', \(HistorySchema.words(.postgres, "m.")))"
        let rows = try connection.execute(
            """
            WITH hits AS MATERIALIZED (
                SELECT m.conversation, m.time, m.epoch, m.sequence FROM \(table) m
                WHERE \(terms.isEmpty ? "$2 = ''" : "\(words) @@ to_tsquery('simple', $2)")
                AND \(HistorySchema.isSearched("m.")) AND m.tenant = $1 AND m.time > $3 AND m.time < $4
                AND m.conversation + 0 IN (\(Self.list(places.count, after: 5)))
                ORDER BY m.time DESC, m.epoch DESC, m.sequence DESC LIMIT $5
            )
            SELECT \(Self.columns), h.conversation, h.origin FROM hits
            JOIN history h ON h.tenant = $1 AND h.conversation = hits.conversation AND h.time = hits.time
                AND h.epoch = hits.epoch AND h.sequence = hits.sequence
            JOIN history_origins o ON o.tenant = $1 AND o.id = h.origin
            """,
            [
                .text(query.tenant.text), .text(terms), .integer(query.after),
                .integer(query.before), .integer(Int64(query.limit)),
            ] + places.map { .integer($0) }
        )
        return try Self.records(rows, query)
    }

    // MARK: Both

    private static func records(_ rows: [SQLRow], _ query: Query) throws(DurableStoreError) -> [HistoryRecord] {
        var records: [HistoryRecord] = []
        for row in rows {
            guard let name = query.names[try row.integer(11)] else { continue }
            let record = try Self.record(row, query.tenant, in: name)
            if query.accepts(record, origin: try row.integer(12)) { records.append(record) }
        }
        return records
    }

    /// As many as a power of two, so that there are few statements.
    private static func padded(_ numbers: [Int64]) -> [Int64] {
        var numbers = numbers
        while let first = numbers.first, numbers.count & (numbers.count - 1) != 0 { numbers.append(first) }
        return numbers
    }

    private static func list(_ count: Int, after used: Int) -> String {
        (0..<count).map { "$\(used + 1 + $0)" }.joined(separator: ", ")
    }

    /// What a text has of letters and digits, since nothing else is searched for.
    private static func words(_ text: String) -> [String] {
        text.split { !($0.isLetter || $0.isNumber) }.map(String.init)
    }
}

extension Int64 {
    fileprivate var hex: String { String(UInt64(bitPattern: self), radix: 16) }
}
