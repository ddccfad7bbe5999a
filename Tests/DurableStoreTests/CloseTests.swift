import NIOCore
import StateStore
import TestSupport
import Testing

/// Databases that are closed while calls are on their way.
@Suite(.timeLimit(.minutes(1)))
struct CloseTests {
    @Test(arguments: [Driver.sqliteFile, .sqliteInMemory])
    func `many that are closed at once, each amid calls, end every call and close`(driver: Driver) async throws {
        try await withThrowingTaskGroup(of: Int.self) { databases in
            for _ in 0..<24 {
                databases.addTask {
                    var ended = 0
                    try await driver.withStore { store in
                        ended = await withTaskGroup(of: Bool.self) { calls in
                            for _ in 0..<12 {
                                calls.addTask {
                                    do {
                                        return try await store.deadLetters.count() == 0
                                    } catch {
                                        return (error as? DurableStoreError) == .closed
                                    }
                                }
                            }
                            calls.addTask {
                                await store.close()
                                return true
                            }
                            return await calls.reduce(0) { $0 + ($1 ? 1 : 0) }
                        }
                    }
                    return ended
                }
            }
            for try await ended in databases { #expect(ended == 13) }
        }
    }

    @Test func `one whose server does not answer is closed all the same, and its calls end`() async throws {
        let hole = try BlackHole(.neverAnswers)
        let database = try PostgresDatabase(
            url: "postgres://roost@127.0.0.1:\(hole.port)/roost",
            connections: 2,
            patience: .milliseconds(50),
            logger: .quiet
        )
        let ended = try await within(.seconds(30)) {
            try await withThrowingTaskGroup(of: DurableStoreError?.self) { calls in
                for _ in 0..<5 {
                    calls.addTask {
                        do throws(DurableStoreError) {
                            try await database.withTransaction(.cell, .readOnly, deadline: .seconds(600)) { _ in }
                            return nil
                        } catch { return error }
                    }
                }
                try await until("a call to be under way") { hole.takeClients() > 0 }
                await database.close()
                return try await calls.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(ended == Array(repeating: .closed, count: 5))
        withExtendedLifetime(hole) {}
    }
}
