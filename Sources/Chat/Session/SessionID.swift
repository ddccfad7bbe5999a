/// Names a session: one user's presence on a tenant, for as long as it lasts, whatever its nickname.
///
/// Drawn at random from 64 bits, so that no pod has to ask another for one.
package struct SessionID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Reads what ``text`` wrote.
    package init?(text: some StringProtocol) {
        guard let value = UInt64(text, radix: 36) else { return nil }
        self.rawValue = value
    }

    /// Up to 13 characters of `0-9a-z`; the name of the session's log in the store.
    package var text: String { String(self.rawValue, radix: 36) }

    package var description: String { self.text }
}
