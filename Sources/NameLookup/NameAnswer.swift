// What came of a question.

/// What a name server said.
struct NameAnswer: Sendable {
    enum Content: Sendable {
        /// The name has these IPv4 addresses; none if there is no such name.
        case addresses([UInt32])
        /// Nobody could say.
        case unknown
    }

    let content: Content
    /// For how long it holds, as the server said; nil if it did not.
    var seconds: Int64?
}

/// What became of questions.
struct LookupCounts: Hashable, Sendable {
    /// Answered by what was known.
    var known: UInt64 = 0
    var found: UInt64 = 0
    var missing: UInt64 = 0
    /// No server answered, or not in a way that says anything.
    var failed: UInt64 = 0
    /// The answer did not come in time.
    var late: UInt64 = 0
    /// Too many were asked already.
    var refused: UInt64 = 0
}
