/// Why an object store did not do what it was asked.
///
/// Safe to show: no key, token or signed URL is in it.
package enum ObjectStoreError: Error, Hashable, Sendable {
    case notFound(ObjectKey)
    /// Something is there that should not be.
    case exists(ObjectKey)
    /// The object or version is locked, or on hold, and cannot be deleted or replaced.
    case locked(String)
    case noBucket(String)
    /// The credentials are wrong, or may not do this; what the store says.
    case accessDenied(String)
    /// The store's own key for the object, or its key service, cannot be used.
    case keyUnavailable(String)
    case invalidRange(ObjectKey)
    case tooLarge(Int)
    /// What came is not what was put: a checksum or a length does not fit.
    case corrupt(String)
    /// The store, or this bucket, cannot do this at all.
    case unsupported(String)
    /// It asks for fewer requests, and was asked again as often as may be.
    case throttled(String)
    /// It does not answer, or says that something broke.
    case unavailable(String)
    case timedOut
    /// There is no room left: a full disk or a quota of the store's.
    case full(String)
    /// Anything else that it refuses: its status, code and message.
    case rejected(status: Int, code: String, message: String)
    /// Settings that cannot be used.
    case configuration(String)
    /// What writes an object's pieces failed.
    case bodyFailed(String)

    /// Whether the same may go well later without anybody changing anything.
    package var isTransient: Bool {
        switch self {
        case .throttled, .unavailable, .timedOut, .full: true
        case .notFound, .exists, .locked, .noBucket, .accessDenied, .keyUnavailable, .invalidRange, .tooLarge, .corrupt,
            .unsupported, .rejected, .configuration, .bodyFailed:
            false
        }
    }
}

extension ObjectStoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound(let key): "there is no object \(key)"
        case .exists(let key): "there is an object \(key) already"
        case .locked(let what): "it is locked: \(what)"
        case .noBucket(let name): "there is no bucket \(name)"
        case .accessDenied(let reason): "access denied: \(reason)"
        case .keyUnavailable(let reason): "the store's key cannot be used: \(reason)"
        case .invalidRange(let key): "\(key) is shorter than what was asked for"
        case .tooLarge(let size): "\(size) bytes are more than are read at once"
        case .corrupt(let reason): "damaged: \(reason)"
        case .unsupported(let what): "not possible here: \(what)"
        case .throttled(let reason): "the store asks for fewer requests: \(reason)"
        case .unavailable(let reason): "the store is away: \(reason)"
        case .timedOut: "the store did not answer in time"
        case .full(let reason): "there is no room: \(reason)"
        case .rejected(let status, let code, let message): "refused: \(status) \(code) \(message)"
        case .configuration(let reason): reason
        case .bodyFailed(let reason): "what was to be put could not be read: \(reason)"
        }
    }
}
