import Chat
import IRC
import NIOCore
import StateStore
import Tenant

/// PRIVMSG, NOTICE and TAGMSG (RFC 2812 3.3, IRCv3 message-tags).
enum MessageCommands {
    static let rows: [CommandRow] = [
        CommandRow("PRIVMSG", list: (0, nil, 4)) { Self.send($0, .privmsg) },
        CommandRow("NOTICE", silent: true, list: (0, nil, 4)) { Self.send($0, .notice) },
        CommandRow("TAGMSG", list: (0, nil, 4)) { Self.send($0, .tagmsg) },
    ]

    private static func send(_ call: Call, _ verb: ChatMessage.Verb) {
        guard call.count > 0, !call[0].isEmpty else {
            return call.refuse(Refusal(.errNoRecipient, text: "No recipient given (\(call.row.name))"))
        }
        if verb != .tagmsg, call.count < 2 || call[1].isEmpty {
            return call.refuse(Refusal(.errNoTextToSend))
        }
        if verb == .tagmsg, !call.connection.capabilities.contains(.messageTags) || call.message.tags.clientOnly.isEmpty
        {
            return
        }
        call.core.takeMessageToken(for: call) { call in
            let target = call[0]
            if ShardCore.namesChannel(target) {
                let name = target.drop { MemberModes.rank(prefix: $0) != nil }
                let minimum = target.first.flatMap { MemberModes.rank(prefix: $0) } ?? []
                call.core.withChannel(String(name), for: call) { Self.toChannel($0, verb, target.prefix(1), minimum) }
            } else {
                call.core.withUser(target, for: call) { Self.toUser($0, verb) }
            }
        }
    }

    private static func toChannel(_ call: Call, _ verb: ChatMessage.Verb, _ sign: Substring, _ minimum: MemberModes) {
        guard let session = call.connection.session, let replica = call.channel else { return }
        do throws(Refusal) {
            try replica.state.checkSpeech(of: session.requester, to: minimum)
        } catch {
            return call.refuse(error)
        }
        let messageGuard = MessageGuard(log: replica.key.name, sequence: replica.changed)
        guard call.mayFollow(messageGuard) else { return }
        let target = (minimum.isEmpty ? "" : String(sign)) + replica.state.name.raw
        let message = Self.message(call, verb, from: session, target: target, minimum: minimum)
        let isKept = call.scope.tenant.history.enabled && verb != .tagmsg
        call.post(
            Transaction(
                conditions: [Condition(replica.key, .unchanged(since: replica.position))],
                changes: [LogChange(replica.key, payload: Self.payload(message, tag: .channel), journal: isKept)]
            ),
            guardedBy: messageGuard
        )
        session.lastSpoke = call.core.seconds
    }

    private static func toUser(_ call: Call, _ verb: ChatMessage.Verb) {
        guard let session = call.connection.session, let found = call.user else { return }
        let messageGuard = MessageGuard(log: found.inbox.name, sequence: 0)
        guard call.mayFollow(messageGuard) else { return }
        let message = Self.message(call, verb, from: session, target: found.user.nick.raw, minimum: [])
        let history = call.scope.tenant.history
        let isKept = history.enabled && history.directMessages && verb != .tagmsg
        let (core, connection) = (call.core, call.connection)
        var echo: ((Stamp) -> Void)?
        if connection.capabilities.contains(.echoMessage) {
            echo = { stamp in
                let entry = Entry(
                    position: stamp.position,
                    time: stamp.time,
                    producer: core.store.producer,
                    payload: ByteBuffer()
                )
                core.echo(message, entry, to: connection)
            }
        }
        call.post(
            Transaction(
                conditions: [found.condition],
                changes: [LogChange(found.inbox, payload: Self.payload(message, tag: .user), journal: isKept)]
            ),
            guardedBy: messageGuard,
            then: echo
        )
        session.lastSpoke = core.seconds
        if verb == .privmsg, let away = found.user.away { call.reply(.rplAway, found.user.nick.raw, text: away) }
    }

    private static func message(
        _ call: Call,
        _ verb: ChatMessage.Verb,
        from session: Session,
        target: String,
        minimum: MemberModes
    ) -> ChatMessage {
        var line = ByteBuffer()
        line.reserveCapacity(minimumWritableBytes: call.message.line.readableBytes + session.prefix.utf8.count + 8)
        line.withLineWriter { writer in
            writer.source(session.prefix)
            writer.command(verb.command)
            writer.parameter(target)
            if verb != .tagmsg { writer.trailing(call.message.parameters.bytes(1)) }
            writer.end()
        }
        return ChatMessage(
            verb: verb,
            sender: session.id,
            account: session.user.account,
            isBot: session.user.modes.contains(.bot),
            minimum: minimum,
            clientTags: call.message.tags.isEmpty ? "" : call.message.tags.clientOnly,
            line: line
        )
    }

    private enum Tag { case channel, user }

    private static func payload(_ message: ChatMessage, tag: Tag) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(message.line.readableBytes + message.clientTags.utf8.count + 64)
        switch tag {
        case .channel: ChannelEvent.message(message).encode(into: &buffer)
        case .user: UserEvent.message(message).encode(into: &buffer)
        }
        return buffer
    }
}

extension Call {
    /// Whether a message may go to the store now: behind others in flight only if they rest on the same state, so that
    /// none is refused and overtaken.
    ///
    /// Otherwise the command waits for them.
    func mayFollow(_ messageGuard: MessageGuard) -> Bool {
        guard self.connection.messagesInFlight > 0 else { return true }
        let connection = self.connection
        if connection.inFlightGuard == messageGuard, connection.messagesInFlight < 64,
            connection.refusedMessages.isEmpty
        {
            return true
        }
        self.connection.calls.insert(self, at: 0)
        self.connection.isHeldBack = true
        return false
    }
}
