package import Chat
package import IRC
import NIOCore
package import Realm
package import StateStore

/// What a session and its channels tell a client of IRC.
extension Connection: Attachment {
    package func makeGroup() -> any AttachmentGroup {
        ConnectionGroup(
            self.capabilities,
            seeing: self.ranks,
            encoder: self.clients.encoder,
            outboxes: self.clients.outboxes
        )
    }

    package func deliver(_ message: ChatMessage, _ entry: Entry) -> Bool {
        guard self.isOpen else { return false }
        if message.verb == .tagmsg, !self.capabilities.contains(.messageTags) { return false }
        self.clients.outboxes.touch(self)
        self.clients.encoder.withLine(of: message, at: entry.time, id: entry.position, for: self.capabilities) {
            bytes in
            _ = self.writing.outbox.writeBytes(bytes)
        }
        return true
    }

    package func echo(_ message: ChatMessage, at time: Int64, id: Position, in place: EchoPlace) {
        guard self.isOpen, self.capabilities.contains(.echoMessage) else { return }
        if message.verb == .tagmsg, !self.capabilities.contains(.messageTags) { return }
        let line = self.clients.encoder.withLine(of: message, at: time, id: id, for: self.capabilities) {
            ByteBuffer(bytes: $0)
        }
        guard let answer = self.answer, answer.endsWithEcho else { return self.write(line, .news) }
        if message.hasSeveralLines, self.capabilities.isSuperset(of: [.batch, .multiline]) {
            self.write(whole: line, .answer)
        } else {
            self.write(line, .answer)
        }
        // The echo is the whole answer to a message to one channel; sent now, it stands where the log has it.
        if place == .channel, self.commands.waiting.isEmpty { self.finishAnswer() }
    }

    package func tell(_ notice: Notice) {
        switch notice {
        case .invited(let channel, let author, let time):
            self.write(.news) { writer in
                let modes = self.network.modes(of: author)
                self.clients.encoder.writeTags(&writer, self.capabilities, time: time, account: author.account, modes)
                writer.message(source: author.prefix, command: "INVITE", parameters: [self.nick, channel])
            }
        case .changed(let change, let author, let time, let before, let isCaused):
            if case .account = change, isCaused { self.accountHeld.take()?() }
            self.tellOwn(change, by: author, time: time, modesBefore: before, isCaused ? .answer : .news)
        case .entered(let channel, let isAnnounced): self.tellOfEntering(channel, isAnnounced: isAnnounced)
        case .renamed(let rename, let isCaused): self.tell(rename, isCaused ? .answer : .news)
        case .moved(let rename, let channel): self.tell(rename, as: channel)
        case .renamedUnseen(let before):
            self.write(.news) { $0.message(source: before, command: "NICK", parameters: [self.nick]) }
        case .missed(let channel, let older, let messages, let isAll):
            self.tellMissed(older, messages, in: channel, isAll: isAll)
        case .caughtUp(let channel, let records, let own): self.tellCaughtUp(records, in: channel, own: own)
        case .gap: self.notice("Some of what was sent to you may be missing: the chat store was away for too long")
        case .presence(.online(let prefix, let metadata), _):
            self.reply(.rplMonOnline, text: .verbatim(prefix), .news)
            self.tell(metadata, of: String(Source(prefix).nick))
        case .presence(.offline(let nick), _): self.reply(.rplMonOffline, text: .verbatim(nick), .news)
        case .presence(.changed(.metadata(let changes), let author), _):
            self.tell(changes, of: String(Source(author.prefix).nick))
        case .presence(.changed(let change, let author), let time):
            guard self.capabilities.contains(.extendedMonitor) else { return }
            let modes = self.network.modes(of: author)
            self.write(.news) {
                self.clients.encoder.write(change, by: author, modes, time, for: self.capabilities, &$0)
            }
        case .persistence(let persistence):
            guard self.capabilities.contains(.persistence) else { return }
            PersistenceCommand.tell(persistence, to: self, .news)
        case .read(let target, let time):
            guard self.capabilities.contains(.readMarker) else { return }
            HistoryCommands.write(time, of: target, to: self, .news)
        case .redacted(let redaction, let isCaused):
            let modes = self.network.modes(of: redaction.author)
            self.write(isCaused ? .answer : .news) {
                self.clients.encoder.write(redaction, by: modes, for: self.capabilities, &$0)
            }
        case .wallops(let text, let author):
            self.write(.news) { writer in
                self.writeTags(of: author, &writer)
                writer.message(source: author.prefix, command: "WALLOPS", parameters: [text], forcesTrailing: true)
            }
        case .global(let text): self.notice(.verbatim(text))
        case .quarantined(let quarantine?):
            self.notice("You are in quarantine: \(quarantine.reason)")
            self.notice(
                "You can only talk to operators, STATS p shows them; \(QuarantineCommands.end(quarantine.until))"
            )
        case .quarantined(nil): self.notice("You are not in quarantine any more")
        case .muted(let mute?):
            self.notice("You are muted: \(mute.reason)")
            self.notice("You can only write to operators, STATS p shows them; \(QuarantineCommands.end(mute.until))")
        case .muted(nil): self.notice("You are not muted any more")
        case .reported(let id, let reporter, let subject, let place, let reason):
            self.notice(ReportCommands.news(id, by: reporter, about: subject, place: place, reason: reason))
        case .reportClosed(let id, let outcome): self.notice("Your report \(id) is closed: \(outcome)")
        case .flagged(let verb, let target, let text):
            self.standardReply(.warn, command: verb.command, code: "MESSAGE_FLAGGED", context: [target], text)
        case .reviewed(let target, nil): self.notice("A moderator has let your message to \(target) through")
        case .reviewed(let target, let reason?):
            self.notice("A moderator has rejected your message to \(target): \(reason)")
        case .checked(let entry): self.notice("Check: \(entry.target): \(entry.detail)")
        case .memoLeft(let nick):
            MemoServ.service.say("\(nick) left a message for you: /msg MemoServ READ NEW shows it", to: self, .news)
        case .nickIsOwned(let seconds):
            let service = NickServ.service
            service.say(
                "This nickname belongs to an account: log in to it by /msg NickServ IDENTIFY <password>",
                to: self,
                .news
            )
            service.say("Otherwise you get another nickname in \(seconds) seconds", to: self, .news)
        case .killed(let author, let reason):
            self.write(.news) { writer in
                self.writeTags(of: author, &writer)
                writer.message(
                    source: author.prefix,
                    command: "KILL",
                    parameters: [self.nick, reason],
                    forcesTrailing: true
                )
            }
        }
    }

    /// The tags of what an operator just did.
    private func writeTags(of author: Author, _ writer: inout LineWriter) {
        let time = self.clients.realm.now
        self.clients.encoder.writeTags(&writer, self.capabilities, time: time, account: author.account, .operator)
    }

    /// A channel that the client is in without having asked to join it: as if it had (JOIN, topic, marker, names).
    private func tellOfEntering(_ channel: ChannelView, isAnnounced: Bool) {
        guard let session = self.session else { return }
        if !isAnnounced, let member = channel.state.members[session.id] {
            let happening = Happening(joining: member, channel.state, time: self.clients.realm.now)
            self.write(.news) { self.clients.encoder.write(happening, for: self.capabilities, seeing: self.ranks, &$0) }
        }
        if let topic = channel.state.topic {
            self.reply(.rplTopic, [channel.name], text: .verbatim(topic.text), .news)
            self.reply(.rplTopicWhoTime, [channel.name, topic.setter, String(topic.time / 1000)], .news)
        }
        if self.knowsMetadata, !self.subscriptions.isEmpty {
            self.reply(.rplMetadataSyncLater, [channel.name, "1"], .news)
        }
        guard let names = Call(ListingCommands.shown, channel.name, of: self) else { return }
        self.commands.waiting.append(names)
        self.reading.hold(.command)
        self.clients.dispatcher.advance(self)
    }

    /// A channel that the client knows has another name: who does not know of such has left it.
    private func tell(_ rename: ChannelRename, _ told: Told) {
        guard self.capabilities.contains(.channelRename) else {
            return self.tellOfLeaving(rename.old, rename.reason, at: rename.time, told)
        }
        let (author, modes) = (rename.author, self.network.modes(of: rename.author))
        self.write(told) { writer in
            let encoder = self.clients.encoder
            encoder.writeTags(&writer, self.capabilities, time: rename.time, account: author.account, modes)
            LineEncoder.writeRename(of: rename.old, to: rename.new.raw, by: author, rename.reason, &writer)
        }
    }

    /// That channel under its new name, into which who does not know of such comes.
    private func tell(_ rename: ChannelRename, as channel: ChannelView?) {
        if self.capabilities.contains(.channelRename) {
            if channel == nil { self.tellOfLeaving(rename.new.raw, nil, at: rename.time, .news) }
        } else if let channel {
            self.tellOfEntering(channel, isAnnounced: false)
        }
    }

    private func tellOfLeaving(_ channel: String, _ reason: String?, at time: Int64, _ told: Told) {
        guard let session = self.session else { return }
        self.write(told) { writer in
            let (account, modes) = (session.user.account, session.user.modes)
            self.clients.encoder.writeTags(&writer, self.capabilities, time: time, account: account, modes)
            writer.message(
                source: session.prefix,
                command: "PART",
                parameters: [channel] + (reason.map { [$0] } ?? []),
                forcesTrailing: reason != nil
            )
        }
    }

    /// A change of the client's own user.
    private func tellOwn(
        _ change: UserChange,
        by author: Author,
        time: Int64,
        modesBefore before: UserModes,
        _ told: Told
    ) {
        switch change {
        case .modes(let modes):
            if modes == before { return }
            self.write(told) { writer in
                self.clients.encoder.writeTags(
                    &writer,
                    self.capabilities,
                    time: time,
                    account: author.account,
                    before
                )
                writer.message(
                    source: self.nick,
                    command: "MODE",
                    parameters: [self.nick, modes.difference(from: before)]
                )
            }
        case .away(let reason): self.reply(reason == nil ? .rplUnAway : .rplNowAway, [], text: nil, told)
        case .metadata(let changes):
            // Its own command has its own answer.
            if told != .answer { self.tell(changes, of: self.nick) }
        case .nick, .account, .host, .realname:
            self.write(told) {
                self.clients.encoder.write(change, by: author, before, time, for: self.capabilities, &$0)
            }
        }
    }

    package func said(_ utterance: Utterance, _ end: SpeechEnd) {
        if self.isOpen { self.answer(utterance, end) }
        if utterance.isAwaited { return self.clients.dispatcher.endStep(of: self) }
        self.commands.messages -= 1
        if self.commands.messages == 0, self.commands.held != nil { self.clients.dispatcher.advance(self) }
        self.clients.endIfFinished(self)
    }

    private func answer(_ utterance: Utterance, _ end: SpeechEnd) {
        switch end {
        case .inChannel(let stamp, let message, let isEchoed):
            // Members get their echo from the channel's log; who is not in it does not follow that.
            if !isEchoed { self.echo(message, at: stamp.time, id: stamp.position, in: .answer) }
        case .withUser(let stamp, let message, let nick, let away):
            self.echo(message, at: stamp.time, id: stamp.position, in: .answer)
            if let away { self.reply(.rplAway, [nick], text: .verbatim(away)) }
        case .refused(let refusal):
            // RFC 2812 section 3.3.2: a NOTICE is never answered; but what could not be read or kept is told of.
            if utterance.saying.verb == .notice,
                ![.unavailable, .rateLimited, .textTooLong].contains(refusal.reason)
            {
                return
            }
            if utterance.saying.relayed != nil {
                return self.refuse(refusal, command: RelayCommand.name, context: [], isForAll: true)
            }
            self.refuse(refusal, command: utterance.saying.verb.command, context: [utterance.saying.target])
        }
    }

    package func hold(_ pace: Pace) {
        guard self.isOpen, self.writing.waitingBytes >= self.clients.limits.sendQueueBytes / 4 else { return }
        self.writing.hold(pace.wait())
    }

    package func end(reason: Phrase, parting: Parting, mayReturn: Bool) {
        self.close(reason, parting: parting, mayReturn: mayReturn)
    }
}
