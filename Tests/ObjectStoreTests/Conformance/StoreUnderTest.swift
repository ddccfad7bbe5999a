import ObjectStore
import Testing

/// A store that the conformance suite is run against, and what differs in it.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
    /// What it is called.
    let testDescription: String
    /// Makes a bucket of its own, gives it to a test, and takes it away.
    let with: @Sendable (_ body: @Sendable (any ObjectStore) async throws -> Void) async throws -> Void
}
