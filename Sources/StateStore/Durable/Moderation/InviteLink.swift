/// What lets some people into a registered channel, until an end: whoever knows its code.
package struct InviteLink: Hashable, Sendable {
    /// How much of the code's hash names the link to those who run the channel.
    static let idLength = 12

    /// The SHA-256 of the code in hexadecimal digits: who reads the database comes into no channel by it.
    package let hash: String
    /// The channel's folded name.
    package let channel: String
    /// When that was registered, milliseconds since 1970: one that somebody else registers later is another.
    package let since: Int64
    /// The account of who made it, or the nickname.
    package let creator: String
    /// Milliseconds since 1970.
    package let expiresAt: Int64
    /// How often it lets somebody in yet.
    package let uses: Int

    /// What those who run the channel call it by.
    package var id: String { String(self.hash.prefix(Self.idLength)) }

    package init(code: String, channel: String, since: Int64, creator: String, expiresAt: Int64, uses: Int) {
        self.init(
            hash: InviteLinkRepository.hash(code),
            channel: channel,
            since: since,
            creator: creator,
            expiresAt: expiresAt,
            uses: uses
        )
    }

    init(hash: String, channel: String, since: Int64, creator: String, expiresAt: Int64, uses: Int) {
        (self.hash, self.channel, self.since) = (hash, channel, since)
        (self.creator, self.expiresAt, self.uses) = (creator, expiresAt, uses)
    }
}
