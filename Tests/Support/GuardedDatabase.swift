package import StateStore

/// A database that a test fails: each transaction is asked for before it is done, and after that, when its answer can be lost.
package struct GuardedDatabase: SQLDatabase {
    /// Throws what the transaction fails with.
    package typealias Guard = @Sendable () throws(DurableStoreError) -> Void

    private let inner: any SQLDatabase
    private let before: Guard
    private let after: Guard

    package init(_ inner: any SQLDatabase, before: @escaping Guard, after: @escaping Guard = {}) {
        (self.inner, self.before, self.after) = (inner, before, after)
    }

    package var dialect: SQLDialect { self.inner.dialect }

    package func withTransaction<Answer: Sendable>(
        _ scope: SQLScope,
        _ access: SQLAccess,
        deadline: Duration,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer {
        try self.before()
        let answer = try await self.inner.withTransaction(scope, access, deadline: deadline, body)
        try self.after()
        return answer
    }

    package func close() async { await self.inner.close() }
}
