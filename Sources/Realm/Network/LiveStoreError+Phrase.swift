// What whoever asked is told of a store that did not do something.

import IRC
import StateStore

extension LiveStoreError {
    /// What whoever asked is told.
    var phrase: Phrase {
        switch self {
        case .busy: "The chat store is busy, try again"
        case .unavailable: "The chat store is unavailable, try again"
        case .uncertain: "The chat store does not say whether it was done"
        case .invalidAnswer: "The chat store answered wrongly"
        case .fenced, .occupied: "Another process has taken over"
        case .closed: "The server is shutting down"
        }
    }
}
