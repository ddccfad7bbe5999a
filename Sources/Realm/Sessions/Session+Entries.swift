import Chat
import IRC
import NIOCore
import StateStore

/// What comes through a session's own log.
extension Session {
    func received(_ entry: Entry) {
        if self.keepsEarly(entry) { return }
        self.place = entry.position
        self.heard = entry.time
        if let message = ChatMessage(entry: entry.payload) { return self.deliver(message, entry) }
        guard let event = UserEvent(entry.payload) else {
            if EntryForm.unknown(entry.payload) == .loadAgain { self.loadAgain() }
            return
        }
        switch event {
        case .message(let message): self.deliver(message, entry)
        case .silenced(let list): self.silence = list
        case .invited(_, let author) where self.silence.silences(author.prefix, account: author.account): break
        case .invited(let channel, let author): self.tell(.invited(channel: channel, by: author, time: entry.time))
        case .changed(let change, _, let number):
            var user = self.user
            user.apply(change)
            self.changed(to: user, number, by: change, at: entry.time, from: entry.producer)
        case .killed(let author, let reason):
            self.tell(.killed(by: author, reason: reason))
            let nick = author.prefix.prefix { $0 != "!" }
            self.endAttachments(reason: .verbatim("Killed (\(nick) (\(reason)))"), parting: .ended)
        case .signedOff:
            // Ended by another shard: one that took this pod for dead, or where it signed off.
            self.lost()
        case .signedOn: break
        case .held(let holds): self.held(holds)
        case .entered(let channel): self.entered(channel)
        case .ranked(let role):
            self.role = role
            // Who is less than before has no more rights than that, whichever client it was that asked for them.
            if !role.rights.reach(self.grantedRole.rights) {
                self.grantedRole = role
                self.adoptUser()
            }
        case .quarantined(let quarantine):
            self.quarantine = quarantine
            self.network.bans.watch(self)
        case .reviewed(let target, let rejection): self.tell(.reviewed(target: target, rejection: rejection))
        case .memoLeft(let nick): self.tell(.memoLeft(by: nick))
        case .moved(let old, let new, let mark): self.moved(from: old, to: new, mark: mark)
        case .replaced(let number):
            let reason: Phrase = "Replaced by another connection"
            self.endAttachments(reason: reason, parting: .lost) { $0.number != number }
        case .superseded(let number):
            self.endAttachments(reason: "Resumed by another connection", parting: .lost) { $0.number == number }
        case .read(let target, let time): self.read(target, upTo: time)
        case .askedHowIdle(let asker): self.tellHowIdle(asker)
        case .idle(let session, let seconds): self.network.idle.answered(session, seconds)
        case .clients(let question, let clients): self.network.clientQuestions.answered(question, clients)
        case .dismissed(let number, let nick): self.dismiss(number, by: nick)
        case .redacted(let id, let nick, let author, let reason):
            let acting = author.session == self.id ? self.acting(in: self.inbox, by: entry.producer) : nil
            for attachment in self.attachments {
                let redaction = Redaction(id: id, target: nick, author: author, reason: reason, time: entry.time)
                attachment.tell(.redacted(redaction, isCaused: attachment === acting))
            }
        }
    }

    private func deliver(_ message: ChatMessage, _ entry: Entry) {
        if !self.silence.isEmpty, self.silences(message) { return }
        var deliveries = 0
        for attachment in self.attachments {
            if message.isCopy, attachment.number == message.origin { continue }
            if !self.untold.isEmpty, self.untold[attachment.number] != nil { continue }
            if attachment.deliver(message, entry) { deliveries += 1 }
        }
        self.network.usage.delivered(deliveries)
    }

    /// The user is another one by its change of this number, which its own log or a channel's has brought: whichever comes first.
    ///
    /// - `change`: that change, if it comes just now.
    func changed(
        to user: User,
        _ number: UInt32,
        by change: UserChange?,
        at time: Int64,
        from producer: ProducerID?
    ) {
        guard !self.isEarly, UserChange.isNewer(number, than: self.changes) else { return }
        let isNext = number == self.changes &+ 1
        let changes = isNext ? change.map { [$0] } : nil
        let acting = isNext ? producer.flatMap { self.acting(in: self.inbox, by: $0) } : nil
        self.requester.changes = number
        if user.nick.raw != self.user.nick.raw { self.network.sessions.name(self, user.nick) }
        for change in changes ?? self.user.changes(to: user) {
            let (before, author) = (self.user.modes, self.author)
            self.requester.user.apply(change)
            self.adoptUser()
            for attachment in self.attachments {
                let isCaused = attachment === acting
                attachment.tell(.changed(change, by: author, time: time, modesBefore: before, isCaused: isCaused))
            }
        }
        let member = Member(session: self.id, user: self.user, modes: [], changes: number)
        self.network.tell(member, at: time, from: producer)
    }

    /// What follows from the user as it is now.
    private func adoptUser() {
        self.prefix = self.requester.user.prefix
        self.requester.rights = self.user.modes.contains(.operator) ? self.grantedRole.rights : []
        self.recount()
        // Whichever shard it was changed on.
        self.network.lookAgain(at: self)
    }

    /// An entry could not be read: the store says what holds.
    private func loadAgain(attempt: Int = 0) {
        let network = self.network
        network.store.load([self.inbox]) { result in
            guard self.isPresent else { return }
            if case .success(let snapshots) = result { return self.adopt(snapshots[0]) }
            network.shard.later(network.shard.pause(after: attempt)) { self.loadAgain(attempt: attempt + 1) }
        }
    }

    /// Its log could not be followed entry by entry.
    func reloaded(_ snapshot: Snapshot) {
        self.adopt(snapshot)
        if self.isPresent { self.tell(.gap) }
    }

    /// What the store has of the session holds.
    func adopt(_ snapshot: Snapshot) {
        guard self.isPresent else { return }
        guard let record = SessionRecord(fields: snapshot.chatFields) else { return self.lost() }
        self.place = snapshot.position
        let before = self.prefix
        let isRenamed = record.user.nick.raw != self.user.nick.raw
        if isRenamed { self.network.sessions.name(self, record.user.nick) }
        self.requester.user = record.user
        self.requester.changes = record.changes
        self.requester.accountSince = record.accountSince
        self.silence = record.silence
        if record.mark != self.mark { self.uncertainChannels.formUnion(record.channels) }
        self.mark = record.mark
        self.role = record.role
        self.quarantine = record.quarantine
        self.adoptUser()
        if isRenamed { self.tell(.renamedUnseen(from: before)) }
        guard let holds = record.holds else { return }
        self.held(holds)
        for channel in record.channels { self.entered(channel) }
    }
}
