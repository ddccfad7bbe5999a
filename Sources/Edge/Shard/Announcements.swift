import Chat

/// Who was already told of a change of a user.
///
/// A NICK, QUIT or AWAY stands in the log of each of the user's channels; somebody who shares three of them hears of
/// it once, in the first that brings it. Kept for the latest changes only: the copies are appended together and come
/// one behind the other, later only after a repair.
struct Announcements {
    private struct Key: Hashable {
        let session: SessionID
        let number: UInt32
    }

    private static let limit = 128
    private var told: [Key: Set<ConnectionID>] = [:]
    private var order: [Key] = []

    /// Whether a connection hears of it for the first time.
    mutating func isNew(_ number: UInt32, of session: SessionID, to connection: ConnectionID) -> Bool {
        let key = Key(session: session, number: number)
        if self.told[key] == nil {
            self.told[key] = []
            self.order.append(key)
            if self.order.count > Self.limit { self.told[self.order.removeFirst()] = nil }
        }
        return self.told[key]?.insert(connection).inserted ?? true
    }
}
