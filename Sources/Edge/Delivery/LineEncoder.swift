import Chat
import IRC
import NIOCore
import Observability
import StateStore

/// Entries as lines of IRC, after what each client understands.
final class LineEncoder {
    /// Lines are encoded here before they are copied into outboxes.
    private var scratch = ByteBuffer()
    private var timestamps = TimestampCache()
    private var batches: UInt64 = 0

    /// A name for a batch that others are told of alike: used once on this shard, and by none that one client is told of.
    func nextBatchReference() -> String {
        self.batches &+= 1
        return "m-" + String(self.batches, radix: 36)
    }

    /// Lends a message's line with the tags that clients of these capabilities get; all lines of one that has several.
    ///
    /// - `batch`: The batch that it is part of.
    @inline(__always)
    func withLine<Result>(
        of message: ChatMessage,
        at time: Int64,
        id: Position,
        for capabilities: Capabilities,
        in batch: String? = nil,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        if message.hasSeveralLines {
            self.scratch.clear()
            self.scratch.withLineWriter {
                self.write(several: message, at: time, id: id, for: capabilities, in: batch, &$0)
            }
        } else {
            if capabilities.isDisjoint(with: .tagged) { return message.withLine(body) }
            self.encode(message, time, id, for: capabilities, in: batch)
        }
        return self.scratch.withUnsafeReadableBytes(body)
    }

    /// Puts a message's line with its tags into ``scratch``.
    private func encode(
        _ message: ChatMessage,
        _ time: Int64,
        _ id: Position,
        for capabilities: Capabilities,
        in batch: String?
    ) {
        self.scratch.clear()
        self.scratch.withLineWriter { writer in
            if let batch { writer.tag("batch", batch) }
            self.writeTags(of: message, at: time, id: id, for: capabilities, &writer)
        }
        if self.scratch.readableBytes > 0 { self.scratch.writeInteger(UInt8(ascii: " ")) }
        message.withLine { bytes in _ = self.scratch.writeBytes(bytes) }
    }

    /// The tags that a message gets for a client.
    ///
    /// - `id`: nil on lines of it that are not to have one.
    @inline(__always)
    func writeTags(
        of message: ChatMessage,
        at time: Int64,
        id: Position?,
        for capabilities: Capabilities,
        _ writer: inout LineWriter
    ) {
        if capabilities.contains(.serverTime) { writer.tag("time", self.timestamps.text(at: time)) }
        if let id, capabilities.contains(.messageTags) {
            writer.tag("msgid", Stamp(position: id, time: time).messageID)
        }
        if let account = message.account, capabilities.contains(.accountTag) { writer.tag("account", account) }
        if message.isOperator, capabilities.contains(.operTag) { writer.tag("draft/oper") }
        guard capabilities.contains(.messageTags) else {
            if capabilities.contains(.relaymsg) { self.writeRelay(of: message, &writer) }
            return
        }
        if message.isBot { writer.tag("bot") }
        if !message.clientTags.isEmpty { writer.rawTags(message.clientTags) }
    }

    /// The tag of a relayed message alone.
    private func writeRelay(of message: ChatMessage, _ writer: inout LineWriter) {
        let tags = message.clientTags
        if tags.hasPrefix(ChatMessage.relayTag) { writer.rawTags(String(tags.prefix { $0 != ";" })) }
    }

    /// The tags that a line gets for a client: `time`, `account`, and what marks who does it.
    func writeTags(
        _ writer: inout LineWriter,
        _ capabilities: Capabilities,
        time: Int64,
        account: String?,
        _ modes: UserModes
    ) {
        if modes.contains(.operator), capabilities.contains(.operTag) { writer.tag("draft/oper") }
        if modes.contains(.bot), capabilities.contains(.messageTags) { writer.tag("bot") }
        if capabilities.contains(.serverTime) { writer.tag("time", self.timestamps.text(at: time)) }
        if let account, capabilities.contains(.accountTag) { writer.tag("account", account) }
    }
}
