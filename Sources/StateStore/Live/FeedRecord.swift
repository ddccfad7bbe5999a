/// An entry in the feed.
package struct FeedRecord: Sendable {
    /// The store's own handle, for acknowledging.
    package struct ID: Hashable, Sendable {
        package let text: String

        package init(_ text: String) { self.text = text }
    }

    package let id: ID
    package let log: LogKey
    package let entry: Entry
    package let label: FeedLabel

    package init(id: ID, log: LogKey, entry: Entry, label: FeedLabel) {
        self.id = id
        self.log = log
        self.entry = entry
        self.label = label
    }
}

/// What an entry belongs to, for those who read the feed; the store knows nothing of it.
///
/// At most 65,535 bytes.
package struct FeedLabel: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }
}
