// What a line of an archive was in the history.

import Chat
package import StateStore
package import Tenant

extension ArchiveLine {
    /// Where the history has what the line is about: a redaction stands where what it takes back stood; nil if the line is none.
    package var place: (conversation: String, id: Stamp)? {
        Stamp(messageID: self.redacts ?? self.id).map { (self.conversation, $0) }
    }

    /// Whether it says where and when it was.
    var isReadable: Bool {
        self.place != nil && Stamp(messageID: self.id) != nil && Conversation(text: self.conversation) != nil
            && !self.texts.contains { $0.utf8.contains(0) }
    }

    private var texts: [String] {
        [self.conversation, self.from] + [self.account, self.to, self.tags, self.text].compactMap(\.self)
    }

    /// The record that the history had of it.
    ///
    /// - Parameter tenant: Whose history.
    /// - Returns: nil for what no history keeps: what only those of a rank were told, and kinds of a newer version.
    package func record(of tenant: TenantID) -> HistoryRecord? {
        guard let place = self.place, Conversation(text: place.conversation) != nil else { return nil }
        guard self.redacts != nil else { return HistoryRecord(self, of: tenant) }
        return HistoryRecord(
            tenant,
            in: place.conversation,
            id: place.id,
            prefix: self.from,
            account: self.account,
            text: nil,
            redaction: self.from + (self.text.map { " " + $0 } ?? "")
        )
    }
}
