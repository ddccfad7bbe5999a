import Synchronization

/// One follow of a log, made by whoever wants it, and good for one call of `follow`.
///
/// A client follows a log once, for its latest token. So who lets go of a log late, for instance because what it belonged to
/// was dropped meanwhile, takes it from nobody who follows it since.
package struct FollowToken: Hashable, Sendable {
    private static let latest = Atomic<UInt64>(0)

    /// What is followed.
    package let log: LogKey
    private let number: UInt64

    package init(_ log: LogKey) {
        self.log = log
        self.number = Self.latest.wrappingAdd(1, ordering: .relaxed).newValue
    }
}
