package import ObjectStore
package import StateStore

/// Why something of an archive could not be made or read.
package enum ArchiveError: Error, Hashable, Sendable {
    /// What is there is not what was put there: where, and what is wrong with it.
    case damaged(String)
    /// The key that is needed is not among those that there are.
    case keyMissing(String)
    /// The key was destroyed, and what it encrypted with it.
    case keyDestroyed(String)
    /// It was written by a newer version.
    case newerFormat(String)
    /// More than is read at once.
    case tooLarge(String)
    case store(ObjectStoreError)
    case database(DurableStoreError)
    /// Settings, or a key's file, that cannot be used.
    case configuration(String)
    /// Somebody else works for the tenant by now.
    case leaseLost
    /// Who wanted it wants it no more.
    case cancelled
}

extension ArchiveError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .damaged(let what): "damaged: \(what)"
        case .keyMissing(let key): "the key \(key) is missing: add the file with it to the folder of keys"
        case .keyDestroyed(let key): "the key \(key) was destroyed, and what it encrypted with it"
        case .newerFormat(let what): "\(what) was written by a newer version: use that one"
        case .tooLarge(let what): "\(what) is larger than what is read at once"
        case .store(let error): "\(error)"
        case .database(let error): "\(error)"
        case .configuration(let reason): reason
        case .leaseLost: "another worker has the tenant's archive now"
        case .cancelled: "it was cancelled"
        }
    }
}

extension ArchiveError {
    /// A word for conditions and metrics.
    package var reason: String {
        switch self {
        case .damaged, .newerFormat, .tooLarge: "Damaged"
        case .keyMissing, .keyDestroyed: "KeyMissing"
        case .configuration: "Misconfigured"
        case .leaseLost: "LeaseLost"
        case .cancelled: "Cancelled"
        case .database: "DatabaseUnavailable"
        case .store(let error):
            switch error {
            case .accessDenied: "AccessDenied"
            case .noBucket: "BucketMissing"
            case .keyUnavailable: "KeyUnavailable"
            case .full: "StoreFull"
            case .throttled, .unavailable, .timedOut: "StoreUnavailable"
            case .corrupt, .notFound, .invalidRange: "Damaged"
            case .exists, .locked, .tooLarge, .unsupported, .rejected, .configuration, .bodyFailed: "StoreRefused"
            }
        }
    }

    /// Whether the same may well succeed a while later.
    var passes: Bool { ["DatabaseUnavailable", "StoreUnavailable", "LeaseLost"].contains(self.reason) }

    /// Ends what nobody wants any more.
    static func checkCancellation() throws(ArchiveError) { if Task.isCancelled { throw .cancelled } }

    /// Runs something of the object store.
    static func storing<Answer>(
        _ body: () async throws(ObjectStoreError) -> Answer
    ) async throws(ArchiveError) -> Answer {
        do throws(ObjectStoreError) { return try await body() } catch { throw .store(error) }
    }

    /// Runs something of the database.
    static func noting<Answer>(
        _ body: () async throws(DurableStoreError) -> Answer
    ) async throws(ArchiveError) -> Answer {
        do throws(DurableStoreError) { return try await body() } catch { throw .database(error) }
    }
}
