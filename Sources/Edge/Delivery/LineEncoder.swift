import Chat
import IRC
import NIOCore
import StateStore

/// Entries as lines of IRC, after what each client understands.
final class LineEncoder {
    /// Lines are encoded here before they are copied into outboxes.
    private var scratch = ByteBuffer()
    private var timestamps = TimestampCache()

    /// Lends a message's line with the tags that clients of these capabilities get.
    @inline(__always)
    func withLine<Result>(
        of message: ChatMessage,
        at time: Int64,
        id: Position,
        for capabilities: Capabilities,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        if capabilities.isDisjoint(with: .tagged) { return message.withLine(body) }
        self.encode(message, time, id, for: capabilities)
        return self.scratch.withUnsafeReadableBytes(body)
    }

    /// Puts a message's line with its tags into ``scratch``.
    private func encode(_ message: ChatMessage, _ time: Int64, _ id: Position, for capabilities: Capabilities) {
        self.scratch.clear()
        self.scratch.withLineWriter { writer in
            if capabilities.contains(.serverTime) { writer.tag("time", self.timestamps.text(at: time)) }
            if capabilities.contains(.messageTags) { writer.tag("msgid", Stamp(position: id, time: time).messageID) }
            if let account = message.account, capabilities.contains(.accountTag) { writer.tag("account", account) }
            if capabilities.contains(.messageTags) {
                if message.isBot { writer.tag("bot") }
                if !message.clientTags.isEmpty { writer.rawTags(message.clientTags) }
            }
        }
        if self.scratch.readableBytes > 0 { self.scratch.writeInteger(UInt8(ascii: " ")) }
        message.withLine { bytes in _ = self.scratch.writeBytes(bytes) }
    }

    /// The tags that a line gets for a client: `time`, `account`.
    func writeTags(_ writer: inout LineWriter, _ capabilities: Capabilities, time: Int64, account: String?) {
        if capabilities.contains(.serverTime) { writer.tag("time", self.timestamps.text(at: time)) }
        if let account, capabilities.contains(.accountTag) { writer.tag("account", account) }
    }
}
