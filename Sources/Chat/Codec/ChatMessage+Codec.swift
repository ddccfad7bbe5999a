// Messages as bytes: the line comes last, so that reading it back takes a slice and no copy.

package import NIOCore

extension ChatMessage {
    package func encode(into buffer: inout ByteBuffer) {
        buffer.writeInteger(self.verb.rawValue)
        buffer.writeSession(self.sender)
        buffer.writeOptionalText(self.account)
        buffer.writeInteger(self.isBot ? 1 : 0 as UInt8)
        buffer.writeInteger(self.minimum.rawValue)
        buffer.writeText(self.clientTags)
        buffer.writeImmutableBuffer(self.line)
    }

    /// Reads all that is left; the line stays a slice of the entry.
    package init?(from buffer: inout ByteBuffer) {
        guard let verb = buffer.readInteger(as: UInt8.self).flatMap(Verb.init(rawValue:)),
            let sender = buffer.readSession(),
            let account = buffer.readOptionalText(),
            let isBot = buffer.readInteger(as: UInt8.self),
            let minimum = buffer.readInteger(as: UInt8.self),
            let clientTags = buffer.readText()
        else { return nil }
        self.init(
            verb: verb,
            sender: sender,
            account: account,
            isBot: isBot != 0,
            minimum: .init(rawValue: minimum),
            clientTags: clientTags,
            line: buffer
        )
        buffer.moveReaderIndex(to: buffer.writerIndex)
    }
}
