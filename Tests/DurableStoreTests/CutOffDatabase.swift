import StateStore
import Synchronization

/// A database that is away after some transactions.
final class CutOffDatabase: SQLDatabase {
    private let database: any SQLDatabase
    private let left: Mutex<Int>

    init(_ database: any SQLDatabase, after transactions: Int) {
        self.database = database
        self.left = Mutex(transactions)
    }

    var dialect: SQLDialect { self.database.dialect }

    func withTransaction<Answer: Sendable>(
        _ scope: SQLScope,
        _ access: SQLAccess,
        deadline: Duration,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer {
        let isThere = self.left.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isThere else { throw .unavailable(reason: "cut off") }
        return try await self.database.withTransaction(scope, access, deadline: deadline, body)
    }

    func close() async { await self.database.close() }
}
