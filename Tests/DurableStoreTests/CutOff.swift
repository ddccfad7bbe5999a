import StateStore
import Synchronization
import TestSupport

/// A database that is away after some transactions.
func cutOff(_ database: any SQLDatabase, after transactions: Int) -> GuardedDatabase {
    let left = Budget(transactions)
    return GuardedDatabase(database) { () throws(DurableStoreError) in
        if !left.take() { throw .unavailable(reason: "cut off") }
    }
}

private final class Budget: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) { self.left = Mutex(count) }

    func take() -> Bool {
        self.left.withLock { left in
            left -= 1
            return left >= 0
        }
    }
}
