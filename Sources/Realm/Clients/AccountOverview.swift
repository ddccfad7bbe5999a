package import Chat
import Crypto
import StateStore

/// Who and what is logged in to an account at one moment.
package struct AccountOverview: Sendable {
    /// A session of the account, with clients or without.
    package struct Presence: Sendable {
        package let record: SessionRecord
        /// What lets clients take their place in it again: their numbers, and until when, in milliseconds since 1970.
        package let tokens: [(number: UInt32, until: Int64)]

        package var id: String { self.record.session.text }
        /// Whether it stays when no client is there.
        package var isAlwaysOn: Bool { self.record.holds?.isAlwaysOn ?? false }
        /// Since when no client is there, milliseconds since 1970; nil if one is.
        package var detachedSince: Int64? { self.record.holds?.detached?.since }

        init?(_ snapshot: Snapshot, now: Int64) {
            guard let record = SessionRecord(fields: snapshot.chatFields) else { return nil }
            self.record = record
            self.tokens = snapshot.fields.compactMap { ResumeToken.read($0.key, $0.value) }
                .filter { $0.until > now }.sorted { $0.number < $1.number }
        }
    }

    /// A device that is pushed to.
    package struct Device: Sendable {
        let endpoint: String
        /// The push service.
        package let host: String

        /// How it is named to people.
        package var id: String {
            let digits = SHA256.hash(data: Array(self.endpoint.utf8)).prefix(4).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            return "d-" + digits.joined()
        }
    }

    /// The account's name.
    package let account: String
    package let sessions: [Presence]
    /// How many sessions there are besides.
    package let sessionsLeft: Int
    package let clients: [AttachedClient]
    /// Whether there are more clients than these.
    package let hasMoreClients: Bool
    package let devices: [Device]
}
