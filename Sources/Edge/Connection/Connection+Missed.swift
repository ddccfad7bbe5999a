import Chat
import IRC
import NIOCore
import Realm
import StateStore

/// What was said while nobody took part in the session, told to a client that comes back.
extension Connection {
    typealias Said = (message: ChatMessage, entry: Entry)

    /// Messages of one conversation, in a batch if the client knows those (IRCv3 batch, chathistory).
    ///
    /// - Parameters:
    ///   - older: What was said before, of a channel.
    ///   - messages: What was said.
    ///   - channel: Where they were said; nil for messages to the user.
    ///   - isAll: Whether nothing is missing.
    func tellMissed(_ older: [HistoryRecord], _ messages: [Said], in channel: String?, isAll: Bool) {
        if !isAll {
            self.notice(
                channel.map { "More was said in \($0) while you were away than is shown here" }
                    ?? "More was said to you while you were away than is shown here"
            )
        }
        if let channel { return self.write(messages, behind: older, of: channel) }
        guard self.capabilities.contains(.batch) else { return self.write(messages, of: self.nick) }
        var senders: [String] = []
        var bySender: [String: [Said]] = [:]
        for said in messages {
            let sender = said.message.senderNick
            if bySender[sender] == nil { senders.append(sender) }
            bySender[sender, default: []].append(said)
        }
        for sender in senders { self.write(bySender[sender] ?? [], of: sender) }
    }

    /// Messages of a channel that the store could not bring in time.
    ///
    /// - `own`: by which prefix the client itself said some of them, which are for those who want echoes.
    func tellCaughtUp(_ records: [HistoryRecord], in channel: String, own: String?) {
        let wantsEchoes = self.capabilities.contains(.echoMessage)
        let wanted = records.filter { wantsEchoes || $0.prefix != own }
        self.write([], behind: wanted, of: channel)
    }

    private func write(_ messages: [Said], behind older: [HistoryRecord] = [], of target: String) {
        guard !messages.isEmpty || !older.isEmpty else { return }
        self.writeBatch(of: target) { reference, lines in
            lines.withLineWriter { writer in
                for record in older {
                    self.clients.encoder.write(
                        record,
                        of: target,
                        in: reference,
                        for: self.capabilities,
                        seeing: self.ranks,
                        &writer
                    )
                }
            }
            for (message, entry) in messages where message.verb != .tagmsg {
                self.clients.encoder.withLine(
                    of: message,
                    at: entry.time,
                    id: entry.position,
                    for: self.capabilities,
                    in: reference
                ) { _ = lines.writeBytes($0) }
            }
        }
    }

    /// Writes lines of one conversation, in a batch if the client knows those.
    ///
    /// - `body`: writes the lines, given the batch that they are part of.
    private func writeBatch(of target: String, _ body: (_ batch: String?, inout ByteBuffer) -> Void) {
        let (reference, server) = (self.clients.nextBatchReference(), self.network.serverName)
        let isBatch = self.capabilities.contains(.batch)
        var lines = ByteBuffer()
        if isBatch {
            lines.withLineWriter {
                $0.message(source: server, command: "BATCH", parameters: ["+\(reference)", "chathistory", target])
            }
        }
        body(isBatch ? reference : nil, &lines)
        if isBatch {
            lines.withLineWriter { $0.message(source: server, command: "BATCH", parameters: ["-\(reference)"]) }
        }
        self.write(lines, .news)
    }
}

extension ChatMessage {
    /// The nickname that the line is from.
    fileprivate var senderNick: String {
        if let several { return String(several.prefix.prefix { $0 != "!" }) }
        return self.withLine { bytes in
            let source = bytes.dropFirst().prefix { $0 != UInt8(ascii: "!") && $0 != UInt8(ascii: " ") }
            return String(decoding: source, as: UTF8.self)
        }
    }
}
