import StateStore
import Synchronization

/// A database that is away; counts how often it was asked.
final class SilentDatabase: SQLDatabase {
    private let count = Mutex(0)

    var dialect: SQLDialect { .sqlite }
    var asked: Int { self.count.withLock { $0 } }

    func withTransaction<Answer: Sendable>(
        _ scope: SQLScope,
        _ access: SQLAccess,
        deadline: Duration,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer {
        self.count.withLock { $0 += 1 }
        throw .unavailable(reason: "away")
    }

    func close() async {}
}
