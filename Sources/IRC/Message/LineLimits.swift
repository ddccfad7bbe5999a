// How long a line may be, in each of its two parts.

/// The most bytes that the two parts of a line may have.
///
/// The tag section is counted with its `@` and the space that ends it, the body (source, command, parameters) with
/// its CR LF, as <https://ircv3.net/specs/extensions/message-tags#size-limit> and RFC 1459 §2.3 count them.
package struct LineLimits: Sendable, Hashable {
    /// Bytes of the tag section, from `@` to the space after it, both included.
    package var tags: Int
    /// Bytes of everything after the tag section, CR LF included.
    package var body: Int

    package init(tags: Int, body: Int) {
        self.tags = tags
        self.body = body
    }

    /// What a client may send: 4096 bytes of tags and 512 of body.
    package static let fromClient = LineLimits(tags: 4096, body: 512)

    /// What a server may send: 8191 bytes of tags (its own 4094 and as much of the client's) and 512 of body.
    package static let fromServer = LineLimits(tags: 8191, body: 512)

    /// As long as a ``Message`` can be; for text that has been cut elsewhere.
    package static let longest = LineLimits(tags: Int(UInt16.max), body: Int(UInt16.max))
}
