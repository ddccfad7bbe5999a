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
        guard !call.isEmpty(0) else {
            return call.refuse(Refusal(.errNoRecipient, text: "No recipient given (\(call.row.name))"))
        }
        if verb == .tagmsg {
            let isOfUse = call.connection.capabilities.contains(.messageTags) && !call.message.tags.clientOnly.isEmpty
            guard isOfUse else { return }
        } else if call.isEmpty(1) {
            return call.refuse(Refusal(.errNoTextToSend))
        }
        if call.core.takeMessageToken(for: call) { return Self.goOn(call, verb) }
        call.core.waitForMessageToken(for: call) { call in Self.goOn(call, verb) }
    }

    /// To the channel or the user that the first parameter names.
    ///
    /// Nearly always it is known here: a channel that the sender is in, the user that it wrote to before.
    private static func goOn(_ call: Call, _ verb: ChatMessage.Verb) {
        guard let session = call.connection.session else { return }
        let target = call[0]
        if let replica = session.membership(named: target) {
            call.channel = replica
            return Self.toChannel(call, verb, "", MemberModes(), isMember: true)
        }
        if let last = session.lastTarget.flatMap({ call.core[$0]?.session }), last.requester.user.nick.raw == target {
            return Self.toUser(call, verb, .here(last))
        }
        if ShardCore.namesChannel(target) {
            let name = target.drop { MemberModes.rank(prefix: $0) != nil }
            let minimum = target.first.flatMap { MemberModes.rank(prefix: $0) } ?? MemberModes()
            call.core.withChannel(String(name), for: call) { call in
                Self.toChannel(call, verb, minimum.isEmpty ? "" : String(target.prefix(1)), minimum)
            }
        } else {
            call.core.withUser(target, for: call) { call in
                guard let found = call.user else { return }
                session.lastTarget = found.session?.connection.id
                Self.toUser(call, verb, found)
            }
        }
    }

    private static func toChannel(
        _ call: Call,
        _ verb: ChatMessage.Verb,
        _ sign: String,
        _ minimum: MemberModes,
        isMember: Bool = false
    ) {
        guard let session = call.connection.session, let replica = call.channel else { return }
        if !isMember || !replica.membersSpeakFreely {
            do throws(Refusal) {
                try replica.state.checkSpeech(of: session.requester, to: minimum)
            } catch {
                return call.refuse(error)
            }
        }
        let messageGuard = MessageGuard(log: replica.key.name, sequence: replica.changed)
        guard call.mayFollow(messageGuard) else { return }
        let isKept = verb != .tagmsg && call.scope.tenant.history.enabled
        let name = replica.state.name.raw
        let message = Self.message(call, verb, from: session, to: sign.isEmpty ? name : sign + name, minimum)
        session.lastSpoke = call.core.seconds
        // Members get their echo from the channel's log; who is not in it does not follow that.
        if !isMember, call.connection.capabilities.contains(.echoMessage),
            !session.memberships.contains(where: { $0 === replica })
        {
            call.echo = message
        }
        call.post(
            LogChange(replica.key, payload: message.entry, journal: isKept),
            if: Condition(replica.key, .unchanged(since: replica.position)),
            guardedBy: messageGuard
        )
    }

    private static func toUser(_ call: Call, _ verb: ChatMessage.Verb, _ found: FoundUser) {
        guard let session = call.connection.session else { return }
        let inbox = found.inbox
        let messageGuard = MessageGuard(log: inbox.name, sequence: 0)
        guard call.mayFollow(messageGuard) else { return }
        let isKept =
            verb != .tagmsg && call.scope.tenant.history.directMessages
            && call.scope.tenant.history.enabled
        let message = Self.message(call, verb, from: session, to: found.nick, MemberModes())
        session.lastSpoke = call.core.seconds
        if call.connection.capabilities.contains(.echoMessage) { call.echo = message }
        if verb == .privmsg, let away = found.away { call.away = (found.nick, away) }
        call.post(
            LogChange(inbox, payload: message.entry, journal: isKept),
            if: found.claim,
            guardedBy: messageGuard
        )
    }

    /// The entry: who says it and how, and the whole line, written once and never copied before it is fanned out.
    private static func message(
        _ call: Call,
        _ verb: ChatMessage.Verb,
        from session: Session,
        to target: String,
        _ minimum: MemberModes
    ) -> ChatMessage {
        ChatMessage(
            verb: verb,
            sender: session.id,
            account: session.requester.user.account,
            isBot: session.requester.user.modes.contains(.bot),
            minimum: minimum,
            clientTags: call.message.hasTags ? call.message.tags.clientOnly : "",
            capacity: session.prefix.utf8.count + call.message.length + 8
        ) { writer in
            if verb == .tagmsg {
                writer.relay(source: session.prefix, command: verb.command, target: target, text: nil)
            } else {
                call.message.parameters.withBytes(1) { text in
                    writer.relay(source: session.prefix, command: verb.command, target: target, text: text)
                }
            }
        }
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
