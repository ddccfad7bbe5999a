import Realm
import StateStore
import Synchronization
import TestSupport

/// The past in a database that is away; counts how often that was asked.
final class SilentPast: Sendable {
    private let count = Mutex(0)

    var asked: Int { self.count.withLock { $0 } }

    func past() throws -> Past {
        let database = GuardedDatabase(try SQLiteDatabase()) { () throws(DurableStoreError) in
            self.count.withLock { $0 += 1 }
            throw .unavailable(reason: "away")
        }
        return Past(history: .init(database), readMarkers: .init(database), accounts: .init(database))
    }
}
