import Chat
import IRC
import NIOCore
import Realm

/// PRIVMSG, NOTICE and TAGMSG (RFC 2812 3.3, IRCv3 message-tags).
enum MessageCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "PRIVMSG",
            list: .init(parameter: 0, limit: 4),
            message: true,
            help: ["PRIVMSG <target>{,<target>} <text>", "Sends a message to people or channels."]
        ) { Self.send($0, $1, .privmsg) },
        CommandRow(
            "NOTICE",
            list: .init(parameter: 0, limit: 4),
            silent: true,
            message: true,
            help: ["NOTICE <target>{,<target>} <text>", "Sends a message that nothing answers by itself."]
        ) { Self.send($0, $1, .notice) },
        CommandRow(
            "TAGMSG",
            list: .init(parameter: 0, limit: 4),
            message: true,
            help: ["TAGMSG <target>", "Sends client-only tags without a text."]
        ) { Self.send($0, $1, .tagmsg) },
    ]

    private static func send(_ call: Call, _ actor: Actor, _ verb: ChatMessage.Verb) {
        let message = call.message
        guard !call.isEmpty(0) else {
            if verb != .notice { call.reply(.errNoRecipient, text: "No recipient given (\(call.row.name))") }
            return
        }
        let tags = call.clientTags
        if verb == .tagmsg {
            guard call.connection.capabilities.contains(.messageTags), !tags.isEmpty else { return }
            if ChatMessage.tellOnlyTyping(tags), !call.connection.mayTellTyping(to: call[0]) { return }
        } else if call.isEmpty(1) {
            if verb != .notice { call.reply(.errNoTextToSend) }
            return
        }
        if Playback.isMeant(call[0]) {
            // A NOTICE is never answered.
            if verb == .privmsg { Playback.run(call, actor) }
            return
        }
        if let service = Service.named(call[0]) {
            // A NOTICE is never answered, and tags say nothing to a service.
            guard verb == .privmsg else { return }
            call.connection.answer?.endsWithEcho = false
            // As one of its aliases.
            call.connection.reading.flood.spend(2)
            return service.run(call[1], call, actor)
        }
        let saying = Saying(
            verb: verb,
            target: call[0],
            text: verb == .tagmsg ? nil : message.parameters.bytes(1),
            clientTags: tags
        )
        self.say(saying, call, actor)
    }

    static func say(_ saying: Saying, _ call: Call, _ actor: Actor) {
        let connection = call.connection
        guard connection.answer == nil else {
            // A labelled command is answered when it has ended, so the next one waits for it.
            connection.commands.beginStep(holding: &connection.reading)
            _ = call.network.say(saying, by: actor.session, through: connection, isAwaited: true)
            return
        }
        connection.commands.messages += 1
        if let waiting = call.network.say(saying, by: actor.session, through: connection, isAwaited: false) {
            connection.commands.messages -= 1
            waiting.isAwaited = true
            connection.commands.beginStep(holding: &connection.reading)
        }
    }
}

extension Connection {
    /// Whether a target may hear once more that somebody is typing.
    fileprivate func mayTellTyping(to target: String) -> Bool {
        var pace = self.typing ?? TypingPace()
        defer { self.typing = pace }
        return pace.allows(Names.caseMapping.fold(target), at: self.clients.realm.seconds)
    }
}
