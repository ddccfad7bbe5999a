// Messages that are delivered later than they were said: a moderator has let them through.

import IRC

extension ChatMessage {
    /// The tag, among those of the client, that says when a message was said that is delivered later.
    package static let saidAtTag = "roost.chat/said-at"

    /// The same message, delivered later than it was said: by no attachment in particular, so that all of its sender's are told, and
    /// with the time in a tag.
    ///
    /// - Parameter time: When it was said, milliseconds since 1970.
    /// - Returns: nil if it cannot be read.
    package func said(at time: Int64) -> ChatMessage? {
        guard let (prefix, target, text) = self.said else { return nil }
        let tag = "\(Self.saidAtTag)=\(time)"
        let message = ChatMessage(
            verb: self.verb,
            sender: self.sender,
            origin: 0,
            account: self.account,
            isBot: self.isBot,
            isOperator: self.isOperator,
            minimum: self.minimum,
            // Behind the others: what names a bridge stands first.
            clientTags: self.clientTags.isEmpty ? tag : self.clientTags + ";" + tag,
            capacity: prefix.utf8.count + target.utf8.count + (text?.utf8.count ?? 0) + 16
        ) { writer in
            writer.source(prefix)
            writer.command(self.verb.command)
            writer.parameter(target)
            if let text { writer.trailing(text) }
            writer.end()
        }
        guard let several = self.several else { return message }
        return ChatMessage(message, prefix: prefix, target: target, text: several.text)
    }
}
