// How a write is meant: whose it is, what happens to unknown fields, whether it counts.

/// The options of a request that writes.
struct WriteOptions: Sendable {
    /// What happens to fields that no schema knows.
    enum FieldValidation: String, Sendable {
        case ignore = "Ignore"
        case warn = "Warn"
        case strict = "Strict"
    }

    /// The manager: `fieldManager`, or the user agent's first part.
    var manager = "unknown"
    var isManagerGiven = false
    var validation = FieldValidation.warn
    var isDryRun = false
    /// Whether an apply takes fields from others.
    var isForced = false
}

/// What a write is about.
struct WriteTarget: Sendable {
    let type: ResourceType
    let version: ResourceVersionInfo
    let namespace: String?
    let name: String
    /// `status`, `scale`, or empty.
    var subresource = ""

    var isNewEvent: Bool { version.name == EventConversion.version }
    var apiVersion: String { type.apiVersion(version.name) }
}

/// What came of a write.
struct WriteResult: Sendable {
    let object: StoredObject
    var isCreated = false
    /// Fields that were dropped.
    var warnings: [String] = []
}
