// Which direct messages were left for an account while it was away. What they say stands in the history, as of all direct messages:
// here is only which they are, and whether they were read.

package import Tenant

/// A message that was left for an account.
package struct Memo: Hashable, Sendable {
    /// The message's place in the history.
    package let id: Stamp
    /// The conversation of both accounts, `Conversation.text`.
    package let conversation: String
    /// The folded name of the account that left it.
    package let sender: String
    package let isRead: Bool

    package init(id: Stamp, conversation: String, sender: String, isRead: Bool = false) {
        self.id = id
        self.conversation = conversation
        self.sender = sender
        self.isRead = isRead
    }
}

/// How many messages may be left.
package struct MemoLimits: Hashable, Sendable {
    /// For one account.
    package let box: Int
    /// For one account by one sender, as long as they were not read.
    package let ofSender: Int
    /// By one sender for all accounts, as long as they were not read.
    package let unread: Int

    package init(box: Int, ofSender: Int, unread: Int) {
        self.box = box
        self.ofSender = ofSender
        self.unread = unread
    }
}

/// Whether a message may be left for an account.
package enum MemoVerdict: Hashable, Sendable {
    case mayCome
    /// The account wants none of who asks.
    case ignored
    /// It has as many as it may.
    case full
    /// As many of who asks wait to be read as may.
    case tooMany
}

/// Messages that were left for accounts, and of whom accounts want none; accounts by their folded names.
package struct MemoRepository: Sendable {
    let database: any SQLDatabase

    /// Says whether an account may leave one for another.
    package func verdict(
        on sender: String,
        to account: String,
        of tenant: TenantID,
        _ limits: MemoLimits
    ) async throws(DurableStoreError) -> MemoVerdict {
        let bindings: [SQLValue] = [.text(tenant.text), .text(account), .text(sender)]
        let rows = try await self.database.execute(
            """
            SELECT
                (SELECT COUNT(*) FROM memo_ignores WHERE tenant = $1 AND account = $2 AND ignored = $3),
                (SELECT COUNT(*) FROM memos WHERE tenant = $1 AND account = $2),
                (SELECT COUNT(*) FROM memos WHERE tenant = $1 AND account = $2 AND sender = $3 AND is_read = 0),
                (SELECT COUNT(*) FROM memos WHERE tenant = $1 AND sender = $3 AND is_read = 0)
            """,
            bindings,
            in: .tenant(tenant),
            .readOnly
        )
        guard let row = rows.first else { throw .invalidAnswer("no counts") }
        if try row.integer(0) > 0 { return .ignored }
        if try row.integer(1) >= Int64(limits.box) { return .full }
        let waiting = (mine: try row.integer(2), all: try row.integer(3))
        return waiting.mine >= Int64(limits.ofSender) || waiting.all >= Int64(limits.unread) ? .tooMany : .mayCome
    }

    /// Leaves one for an account.
    package func add(_ memo: Memo, to account: String, of tenant: TenantID) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            """
            INSERT INTO memos (tenant, account, time, epoch, sequence, conversation, sender, is_read)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT DO NOTHING RETURNING 1
            """,
            Self.key(memo.id, account, tenant) + [.text(memo.conversation), .text(memo.sender)],
            in: .tenant(tenant)
        )
    }

    /// What was left for an account since a time in milliseconds since 1970, the oldest first.
    package func list(
        of account: String,
        since: Int64 = .min,
        in tenant: TenantID
    ) async throws(DurableStoreError) -> [Memo] {
        let rows = try await self.database.execute(
            """
            SELECT time, epoch, sequence, conversation, sender, is_read FROM memos
            WHERE tenant = $1 AND account = $2 AND time >= $3 ORDER BY time, epoch, sequence
            """,
            [.text(tenant.text), .text(account), .integer(since)],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in
            let position = Position(
                epoch: UInt64(bitPattern: try row.integer(1)),
                sequence: UInt64(bitPattern: try row.integer(2))
            )
            return Memo(
                id: Stamp(position: position, time: try row.integer(0)),
                conversation: try row.text(3),
                sender: try row.text(4),
                isRead: try row.integer(5) != 0
            )
        }
    }

    /// How many were left for an account and not read.
    package func unread(of account: String, in tenant: TenantID) async throws(DurableStoreError) -> Int {
        let rows = try await self.database.execute(
            "SELECT COUNT(*) FROM memos WHERE tenant = $1 AND account = $2 AND is_read = 0",
            [.text(tenant.text), .text(account)],
            in: .tenant(tenant),
            .readOnly
        )
        guard let row = rows.first else { throw .invalidAnswer("no count") }
        return Int(clamping: try row.integer(0))
    }

    /// Notes that some were read.
    package func read(_ memos: [Memo], of account: String, in tenant: TenantID) async throws(DurableStoreError) {
        try await self.each(memos, account, tenant, "UPDATE memos SET is_read = 1")
    }

    /// Takes some away; what they say stays in the history.
    package func remove(_ memos: [Memo], of account: String, in tenant: TenantID) async throws(DurableStoreError) {
        try await self.each(memos, account, tenant, "DELETE FROM memos")
    }

    private func each(
        _ memos: [Memo],
        _ account: String,
        _ tenant: TenantID,
        _ sql: String
    ) async throws(DurableStoreError) {
        try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            for memo in memos {
                _ = try connection.execute(
                    """
                    \(sql) WHERE tenant = $1 AND account = $2 AND time = $3 AND epoch = $4 AND sequence = $5 RETURNING 1
                    """,
                    Self.key(memo.id, account, tenant)
                )
            }
        }
    }

    private static func key(_ id: Stamp, _ account: String, _ tenant: TenantID) -> [SQLValue] {
        [.text(tenant.text), .text(account)] + HistoryRepository.values(HistoryCursor(id))
    }

    // MARK: Of whom an account wants none

    /// The folded names of the accounts of which an account wants none.
    package func ignored(by account: String, in tenant: TenantID) async throws(DurableStoreError) -> [String] {
        let rows = try await self.database.execute(
            "SELECT ignored FROM memo_ignores WHERE tenant = $1 AND account = $2 ORDER BY ignored",
            [.text(tenant.text), .text(account)],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try row.text(0) }
    }

    /// Has an account want none of another.
    ///
    /// - Returns: false if it names as many as it may.
    package func ignore(
        _ ignored: String,
        by account: String,
        in tenant: TenantID,
        limit: Int
    ) async throws(DurableStoreError) -> Bool {
        let known = try await self.ignored(by: account, in: tenant)
        if known.contains(ignored) { return true }
        guard known.count < limit else { return false }
        _ = try await self.database.execute(
            """
            INSERT INTO memo_ignores (tenant, account, ignored) VALUES ($1, $2, $3)
            ON CONFLICT DO NOTHING RETURNING 1
            """,
            [.text(tenant.text), .text(account), .text(ignored)],
            in: .tenant(tenant)
        )
        return true
    }

    /// Has an account want those of another again; false if it did.
    package func heed(
        _ ignored: String,
        by account: String,
        in tenant: TenantID
    ) async throws(DurableStoreError) -> Bool {
        let rows = try await self.database.execute(
            "DELETE FROM memo_ignores WHERE tenant = $1 AND account = $2 AND ignored = $3 RETURNING 1",
            [.text(tenant.text), .text(account), .text(ignored)],
            in: .tenant(tenant)
        )
        return !rows.isEmpty
    }

    /// Forgets all of an account that is no more; what others were left by it stays.
    static func remove(
        of account: String,
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) {
        for table in ["memos", "memo_ignores"] {
            _ = try connection.execute(
                "DELETE FROM \(table) WHERE tenant = $1 AND account = $2 RETURNING 1",
                [.text(tenant.text), .text(account)]
            )
        }
    }
}

extension AccountRepository {
    /// What was left for accounts.
    package var memos: MemoRepository { MemoRepository(database: self.database) }
}

/// The tables of version 21.
enum MemoSchema {
    static func script(_ dialect: SQLDialect) -> String {
        let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
        return """
            CREATE TABLE memos (
                tenant \(text) NOT NULL,
                account \(text) NOT NULL,
                time \(int) NOT NULL,
                epoch \(int) NOT NULL,
                sequence \(int) NOT NULL,
                conversation \(text) NOT NULL,
                sender \(text) NOT NULL,
                is_read \(int) NOT NULL,
                PRIMARY KEY (tenant, account, time, epoch, sequence)
            )\(Schema.options(dialect));
            CREATE INDEX memos_unread ON memos (tenant, sender) WHERE is_read = 0;
            CREATE TABLE memo_ignores (
                tenant \(text) NOT NULL,
                account \(text) NOT NULL,
                ignored \(text) NOT NULL,
                PRIMARY KEY (tenant, account, ignored)
            )\(Schema.options(dialect));
            """ + Schema.isolate("memos", dialect) + Schema.isolate("memo_ignores", dialect)
    }
}
