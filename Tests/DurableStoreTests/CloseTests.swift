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
}
