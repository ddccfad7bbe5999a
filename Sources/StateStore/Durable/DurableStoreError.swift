/// Why a call to the durable store failed.
///
/// `description` is safe to show to a user.
package enum DurableStoreError: Error, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The database is away, restarting, read-only or out of resources. Whether a transaction whose commit was on
    /// its way is applied is unknown, so what is tried again has to be idempotent.
    case unavailable(reason: String)
    /// The call did not end before its deadline.
    case timedOut
    /// Too many calls wait already; nothing was sent.
    case busy
    /// Another transaction has what this one needs: a lock that was not to be had in time, a deadlock. Nothing was
    /// applied.
    case contended(String)
    /// The task was cancelled.
    case cancelled
    /// The store was closed.
    case closed
    /// Something of this name exists already.
    case conflict(String)
    /// The database refused the statement: a mistake of ours, or a breach of row-level security.
    case rejected(code: String, message: String)
    /// The database answered with something that the program did not ask for.
    case invalidAnswer(String)
    /// A copy does not have the rows that its source has.
    case differs(String)
    /// The settings cannot work as they are: a malformed URL, a role that is not bound by row-level security, …
    case configuration(String)
    /// The schema and the program do not fit together.
    case schema(SchemaMismatch)

    /// Whether the same call may succeed later without anybody changing anything.
    package var isTransient: Bool {
        switch self {
        case .unavailable, .timedOut, .busy, .contended: true
        case .cancelled, .closed, .conflict, .rejected, .invalidAnswer, .differs, .configuration, .schema:
            false
        }
    }

    package var description: String {
        switch self {
        case .unavailable: "the database is unavailable, try again"
        case .timedOut: "the database did not answer in time, try again"
        case .busy: "the database is busy, try again"
        case .contended: "others use it just now, try again"
        case .cancelled: "the request was cancelled"
        case .closed: "the server is shutting down"
        case .conflict: "it exists already"
        case .rejected: "the database refused the request"
        case .invalidAnswer: "the database answered wrongly"
        case .differs: "the copy is not complete"
        case .configuration(let what): what
        case .schema(let mismatch): mismatch.description
        }
    }

    package var debugDescription: String {
        switch self {
        case .unavailable(let reason): "unavailable: \(reason)"
        case .contended(let what): "contended: \(what)"
        case .conflict(let what): "conflict: \(what)"
        case .rejected(let code, let message): "rejected (\(code)): \(message)"
        case .invalidAnswer(let what): "invalid answer: \(what)"
        case .differs(let what): "differs: \(what)"
        case .timedOut, .busy, .cancelled, .closed, .configuration, .schema: self.description
        }
    }
}

/// How a database's schema differs from the one that the program was written for.
package enum SchemaMismatch: Hashable, Sendable, CustomStringConvertible {
    /// Migrations are missing.
    case older(version: Int, needed: Int)
    /// A newer program migrated the database already.
    case newer(version: Int, known: Int)
    /// A migration that was applied is not the one that this program knows under its number.
    case changed(version: Int)
    /// A migration needs a table that somebody used all the time; who that is, as far as it can be seen.
    case blocked(version: Int, by: String?)

    package var description: String {
        switch self {
        case .older(let version, let needed):
            "the database's schema is at version \(version), this program needs \(needed): run `roost migrate up`"
        case .newer(let version, let known):
            "the database's schema is at version \(version), this program knows \(known): run a newer program"
        case .changed(let version):
            "migration \(version) of the database is not the one that this program knows: it comes from another build"
        case .blocked(let version, let holder):
            "migration \(version) needs a table that is in use all the time"
                + (holder.map { "; the oldest transaction is of \($0)" } ?? "") + ": end what uses it, or try again"
        }
    }
}
