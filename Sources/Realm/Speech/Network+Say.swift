import Chat
import IRC
import NIOCore
import StateStore
import Tenant

/// Messages: what nearly all of the traffic is.
extension Network {
    /// Says something; ``Attachment/said(_:_:)`` tells how it ended.
    ///
    /// - `isAwaited`: whether whoever says it waits for its end in any case.
    /// - Returns: the message on its way, nil if it has ended or is in the store's hands, so that the next may follow.
    package func say(
        _ saying: Saying,
        by session: Session,
        through attachment: any Attachment,
        isAwaited: Bool
    ) -> Utterance? {
        let utterance = Utterance(saying, by: session, through: attachment, isAwaited: isAwaited)
        guard session.isPresent else {
            self.end(utterance, .refused(Refusal(.gone)))
            return nil
        }
        guard self.budget.take(for: utterance) else {
            self.budget.wait(for: utterance) { refusal in
                if let refusal { return self.end(utterance, .refused(refusal)) }
                self.queue(utterance)
            }
            return utterance.isOver || utterance.isSent ? nil : utterance
        }
        self.queue(utterance)
        return utterance.isOver || utterance.isSent ? nil : utterance
    }

    /// Its turn, or behind those that came before.
    private func queue(_ utterance: Utterance) {
        let speech = utterance.session.speech
        if speech.hasWaiting { speech.wait(utterance) } else { self.address(utterance) }
    }

    /// Finds out where it goes.
    ///
    /// Nearly always that is known here: a channel that the sender is in, or to whom it wrote last.
    private func address(_ utterance: Utterance) {
        let target = utterance.saying.target
        if let replica = utterance.session.membership(named: target) {
            utterance.destination = .channel(replica, minimum: MemberModes(), sign: "", isMember: true)
            return self.go(utterance)
        }
        if let last = utterance.session.lastTarget, last.goes(by: target) {
            utterance.destination = .user(last)
            return self.go(utterance)
        }
        if let (name, minimum, sign) = self.channel(target) {
            guard let name else { return self.end(utterance, .refused(Refusal(.noSuchChannel, target.asWord))) }
            return self.replicas.look(at: name) { result in
                switch result {
                case .success(let replica):
                    guard replica.exists else {
                        return self.end(utterance, .refused(Refusal(.noSuchChannel, name.raw)))
                    }
                    let isMember = utterance.session.isMember(of: replica)
                    utterance.destination = .channel(replica, minimum: minimum, sign: sign, isMember: isMember)
                    self.go(utterance)
                case .failure(let refusal): self.end(utterance, .refused(refusal))
                }
            }
        }
        guard let nick = Nickname(target, under: Names.caseMapping) else {
            return self.end(utterance, .refused(Refusal(.noSuchNick, target.asWord)))
        }
        self.sessions.find(nick) { result in
            switch result {
            case .success(let found?):
                utterance.session.lastTarget = found
                utterance.destination = .user(found)
                self.go(utterance)
            case .success(nil): self.end(utterance, .refused(Refusal(.noSuchNick, target.asWord)))
            case .failure(let refusal): self.end(utterance, .refused(refusal))
            }
        }
    }

    /// The channel that a target names, perhaps behind signs of ranks (ISUPPORT STATUSMSG); nil if it names none.
    ///
    /// Of several signs the lowest rank counts, in whichever order they stand: who asks for it means those above too.
    func channel(_ target: String) -> (name: ChannelName?, minimum: MemberModes, sign: String)? {
        if ChannelName.isChannel(target) { return (ChannelName(target, under: Names.caseMapping), [], "") }
        let name = target.drop { self.ranks.rank(sign: $0) != nil }
        let ranks = target[..<name.startIndex].compactMap { self.ranks.rank(sign: $0) }
        guard let minimum = ranks.min(by: { $0.rawValue < $1.rawValue }), ChannelName.isChannel(name) else {
            return nil
        }
        return (ChannelName(name, under: Names.caseMapping), minimum, self.ranks.highestSign(of: minimum))
    }

    /// To the store, or behind those that it may not overtake.
    private func go(_ utterance: Utterance) {
        let session = utterance.session
        guard session.isPresent else { return self.end(utterance, .refused(Refusal(.gone))) }
        guard session.speech.isTurn(of: utterance) else { return session.speech.wait(utterance) }
        if let refusal = utterance.apart ?? utterance.refusedToGuests { return self.end(utterance, .refused(refusal)) }
        switch utterance.destination {
        case .channel(let replica, let asked, let sign, let isMember):
            if replica.isStale { return replica.whenFresh { self.go(utterance) } }
            // It may have waited: what it was addressed with holds no more.
            guard replica.exists, isMember == session.isMember(of: replica) else { return self.address(utterance) }
            var minimum = asked
            if !isMember || !replica.membersSpeakFreely {
                do throws(Refusal) { try self.check(utterance, in: replica) } catch {
                    return self.end(utterance, .refused(error))
                }
                minimum = replica.state.audience(of: session.id, asked)
            }
            if let relayed = utterance.saying.relayed {
                do throws(Refusal) {
                    let prefix = relayed.prefix(through: session)
                    try replica.state.checkRelay(of: prefix, by: session.requester)
                } catch { return self.end(utterance, .refused(error)) }
            }
            let basis = SpeechQueue.Basis(log: replica.key, sequence: replica.changed)
            guard session.speech.mayGo(basis) else { return self.putBack(utterance) }
            let name = replica.state.name.raw
            let place = sign.isEmpty ? name : sign + name
            guard utterance.fits(to: place) else { return self.end(utterance, .refused(Refusal(.textTooLong))) }
            if let checks, self.withholds(utterance, to: place, minimum, by: checks) { return }
            if !replica.membersSpeakFreely, replica.state.slow != nil { replica.spoke(session.id, at: self.shard.now) }
            let message = utterance.entry(to: place, minimum)
            utterance.message = message
            self.send(
                utterance,
                LogChange(
                    replica.key,
                    payload: message.entry,
                    feed: self.keeps(utterance.saying) ? replica.label : nil
                ),
                if: replica.unchanged,
                basis
            )
        case .user(let found):
            let inbox = found.inbox
            let basis = SpeechQueue.Basis(log: inbox, sequence: UInt64(found.changes))
            guard session.speech.mayGo(basis) else { return self.putBack(utterance) }
            guard utterance.fits(to: found.nick) else { return self.end(utterance, .refused(Refusal(.textTooLong))) }
            if let checks, self.withholds(utterance, to: found.nick, MemberModes(), by: checks) { return }
            let message = utterance.entry(to: found.nick, MemberModes())
            let isKept = self.history.directMessages && self.keeps(utterance.saying)
            utterance.message = message
            // Attachments on other shards hear of it by the session's own log.
            utterance.isCopied = session.isElsewhere && inbox != session.inbox
            self.send(
                utterance,
                LogChange(
                    inbox,
                    payload: message.entry,
                    feed: isKept ? session.speech.label(of: session, with: found) : nil,
                    // Each half of a conversation is in another log: what answers something is later than that.
                    after: session.heard
                ),
                copy: utterance.isCopied ? LogChange(session.inbox, payload: message.copy) : nil,
                if: found.unchanged,
                basis
            )
        case nil: self.address(utterance)
        }
    }

    /// Decides whether it may be said in a channel where not everything may.
    private func check(_ utterance: Utterance, in replica: ChannelReplica) throws(Refusal) {
        let (session, saying) = (utterance.session, utterance.saying)
        try replica.state.checkSpeech(
            of: session.requester(for: replica.state),
            Said(saying.verb, saying.text, saying.lines),
            // One that is said again must not wait for itself.
            after: utterance.attempt == 0 ? replica.spoken[session.id] : nil,
            now: self.shard.now
        )
    }

    private func putBack(_ utterance: Utterance) {
        let speech = utterance.session.speech
        speech.putBack(utterance)
        // With none in flight nobody else would look again.
        if speech.inFlight == 0 { speech.pump { self.go($0) } }
    }

    /// Whether it is kept; that somebody is typing never is.
    private func keeps(_ saying: Saying) -> Bool {
        guard self.history.enabled else { return false }
        return saying.verb != .tagmsg || !ChatMessage.tellOnlyTyping(saying.clientTags)
    }

    private func send(
        _ utterance: Utterance,
        _ change: LogChange,
        copy: LogChange? = nil,
        if condition: Condition,
        _ basis: SpeechQueue.Basis
    ) {
        let session = utterance.session
        session.lastSpoke = self.shard.seconds
        session.speech.went(utterance, basis)
        utterance.isSent = true
        if let copy {
            let conditions = [condition, Condition(session.inbox, .exists)]
            self.store.append(Transaction(conditions: conditions, changes: [change, copy])) { result in
                self.landed(utterance, result.map { if case .appended(let stamps) = $0 { stamps.first } else { nil } })
            }
        } else {
            // Captures one reference and nothing else, so it takes no memory of its own.
            self.store.append(change, if: condition) { result in utterance.session.network.landed(utterance, result) }
        }
        if session.speech.hasWaiting { session.speech.pump { self.go($0) } }
    }

    private func landed(_ utterance: Utterance, _ result: Result<Stamp?, LiveStoreError>) {
        let speech = utterance.session.speech
        speech.landed()
        switch result {
        case .success(let stamp?):
            self.usage.messageAccepted()
            guard let message = utterance.message else { return }
            switch utterance.destination {
            case .user(let found):
                if utterance.saying.verb != .tagmsg { speech.wrote(at: stamp.time) }
                let away = utterance.saying.verb == .privmsg ? found.away : nil
                if utterance.session.isShared, !utterance.isCopied, found.session !== utterance.session {
                    utterance.session.tellOthers(message, stamp, but: utterance)
                }
                self.end(utterance, .withUser(stamp, message, nick: found.nick, away: away))
            case .channel(let replica, _, _, let isMember):
                // Another attachment may have come in meanwhile: then the channel's log has echoed it.
                let isEchoed =
                    isMember
                    ? replica.tells(stamp.position, to: utterance.attachment) : speech.hasEchoed(stamp.position)
                self.end(utterance, .inChannel(stamp, message, isEchoed: isEchoed))
            case nil: break
            }
        case .success(nil):
            // What it rested on has changed: it is said again when no other is in flight, so that all keep their order.
            utterance.attempt += 1
            utterance.destination = nil
            utterance.isSent = false
            utterance.session.lastTarget = nil
            if utterance.attempt < 64 {
                speech.wasRefused(utterance)
            } else {
                self.end(utterance, .refused(self.refusal(.busy)))
            }
        case .failure(let error): self.end(utterance, .refused(self.refusal(error)))
        }
        if speech.hasWaiting { speech.pump { self.go($0) } }
    }

    func end(_ utterance: Utterance, _ end: SpeechEnd) {
        utterance.isOver = true
        utterance.session.speech.ended(utterance)
        utterance.attachment.said(utterance, end)
        let speech = utterance.session.speech
        if speech.hasWaiting { speech.pump { self.go($0) } }
    }
}

extension Utterance {
    /// Why it is not said by who is in quarantine: who keeps people there may be talked to.
    fileprivate var apart: Refusal? {
        guard let quarantine = self.session.quarantine(of: self.attachment) else { return nil }
        switch self.destination {
        case .channel(let replica, _, _, _):
            let text: Phrase =
                quarantine.isMute
                ? "Cannot send to channel: you are muted" : "Cannot send to channel: you are in quarantine"
            return Refusal(.cannotSpeak, replica.state.name.raw, text: text)
        case .user(let found) where !found.standing.rights.contains(.quarantine):
            return quarantine.refusal(found.nick)
        case .user, nil: return nil
        }
    }

    /// Why it is not said by who has no account, of whom the network lets say less; who keeps order may be talked to.
    fileprivate var refusedToGuests: Refusal? {
        guard self.session.requester.user.account == nil else { return nil }
        switch self.destination {
        case .user(let found):
            return self.session.guestMayNotWrite(to: found) ?? self.session.guestMayNotSay(self.saying, to: found.nick)
        case .channel(let replica, _, _, _):
            return self.session.guestMayNotSay(self.saying, to: replica.state.name.raw)
        case nil: return nil
        }
    }

    /// Whether the line that others get has room for all of the text.
    fileprivate func fits(to target: String) -> Bool {
        LineWriter.fitsRelay(
            source: self.saying.relayed?.prefix(through: self.session) ?? self.session.prefix,
            command: self.saying.verb.command,
            target: target,
            text: self.saying.text?.readableBytes ?? 0
        )
    }

    /// The entry: who says it and how, and the whole line, written once and never copied before it is fanned out.
    func entry(to target: String, _ minimum: MemberModes) -> ChatMessage {
        if let relayed = self.saying.relayed { return self.entry(of: relayed, to: target) }
        let session = self.session
        let (prefix, command) = (session.prefix, self.saying.verb.command)
        let message = ChatMessage(
            verb: self.saying.verb,
            sender: session.id,
            origin: self.attachment.number,
            account: session.requester.user.account,
            isBot: session.requester.user.modes.contains(.bot),
            isOperator: session.requester.user.modes.contains(.operator),
            minimum: minimum,
            clientTags: self.saying.clientTags,
            capacity: prefix.utf8.count + target.utf8.count + (self.saying.text?.readableBytes ?? 0) + 16
        ) { writer in
            guard let text = self.saying.text else {
                return writer.relay(source: prefix, command: command, target: target, text: nil)
            }
            text.withUnsafeReadableBytes { bytes in
                writer.relay(source: prefix, command: command, target: target, text: bytes)
            }
        }
        guard let lines = self.saying.lines else { return message }
        return ChatMessage(message, prefix: prefix, target: target, text: lines)
    }

    /// The same of somebody behind a bridge, who has no account here: tagged with the nickname of the bridge.
    private func entry(of relayed: RelayedName, to target: String) -> ChatMessage {
        let (session, prefix) = (self.session, relayed.prefix(through: self.session))
        var tags = "\(ChatMessage.relayTag)=\(TagValue.escape(session.user.nick.raw))"
        if !self.saying.clientTags.isEmpty { tags += ";" + self.saying.clientTags }
        return ChatMessage(
            verb: self.saying.verb,
            sender: session.id,
            origin: self.attachment.number,
            account: nil,
            isBot: false,
            minimum: [],
            clientTags: tags,
            capacity: prefix.utf8.count + target.utf8.count + (self.saying.text?.readableBytes ?? 0) + 16
        ) { writer in
            writer.source(prefix)
            writer.command(self.saying.verb.command)
            writer.parameter(target)
            writer.trailing(self.saying.text ?? ByteBuffer())
            writer.end()
        }
    }
}

extension RelayedName {
    /// How others see who speaks through a bridge: with the host of that.
    fileprivate func prefix(through session: Session) -> String { "\(self.raw)!~relay@\(session.user.host)" }
}

extension String {
    /// Somebody's own text as a word of an answer.
    package var asWord: String { self.isEmpty ? "*" : String(self.prefix(100)) }
}

extension Session {
    /// Tells its other attachments here of a message to another user, of which their session's log has nothing.
    func tellOthers(_ message: ChatMessage, _ stamp: Stamp, but utterance: Utterance) {
        let entry = Entry(
            position: stamp.position,
            time: stamp.time,
            producer: self.network.store.producer,
            payload: message.entry
        )
        for attachment in self.attachments where attachment !== utterance.attachment {
            _ = attachment.deliver(message, entry)
        }
    }
}
