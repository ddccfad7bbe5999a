/// Why a call to the live store failed.
///
/// `description` is safe to show to a user.
package enum LiveStoreError: Error, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// Too many calls wait already; nothing was sent.
    case busy
    /// Not within the deadline, or not now: what was to be changed was not and will not be.
    ///
    /// A call of ``LiveStore`` itself is harmless to repeat, and may have been applied all the same.
    case unavailable(reason: String)
    /// The store cannot tell any more whether the call was applied: it does not remember its answer, or the call was given up
    /// (``LiveStoreClient/append(_:unsettled:_:)`` never gives up).
    case uncertain(reason: String)
    /// The store answered with something that breaks the contract. Whether the call was applied is unknown.
    case invalidAnswer(String)
    /// What was to be written is another's, who took it over in this term; nothing was applied.
    case fenced(term: UInt64)
    /// What was to be written is another installation's, who is there; nothing was applied.
    case occupied(by: String)
    /// The client or the process shuts down. Whether a call that was under way is applied is unknown.
    case closed

    /// Whether the call may have been applied all the same.
    package var isUnknown: Bool {
        switch self {
        case .uncertain, .invalidAnswer, .closed: true
        case .busy, .unavailable, .fenced, .occupied: false
        }
    }

    package var description: String {
        switch self {
        case .busy: "the chat store is busy, try again"
        case .unavailable: "the chat store is unavailable, try again"
        case .uncertain: "the chat store does not say whether it was done"
        case .invalidAnswer: "the chat store answered wrongly"
        case .fenced: "another process has taken over"
        case .occupied: "the chat store is another installation's"
        case .closed: "the server is shutting down"
        }
    }

    package var debugDescription: String {
        switch self {
        case .unavailable(let reason): "unavailable: \(reason)"
        case .uncertain(let reason): "uncertain: \(reason)"
        case .invalidAnswer(let what): "invalid answer: \(what)"
        case .fenced(let term): "fenced: another process has taken over in term \(term)"
        case .occupied(let owner): "occupied: it is the store of \(owner)"
        case .busy, .closed: self.description
        }
    }
}
