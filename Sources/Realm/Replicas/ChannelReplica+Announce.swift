import Chat
import IRC
import StateStore

/// What happens in a channel, told to those here.
extension ChannelReplica {
    /// Passes a message on: the hot path.
    ///
    /// - `isAnswered`: whether its sender was answered already.
    func passOn(_ message: ChatMessage, _ entry: Entry, isAnswered: Bool = false) {
        let sender = self.network.sessions[message.sender]
        let own = sender?.attachment(numbered: message.origin)
        let began = self.network.shard.beginFanOut()
        var deliveries = 0
        for group in self.groups { deliveries += group.pass(message, entry, in: self.state, except: own) }
        if let own, let sender, !isAnswered, sender.isMember(of: self) {
            own.echo(message, at: entry.time, id: entry.position, in: .channel)
            sender.speech.echoed = entry.position
        }
        self.network.usage.delivered(deliveries)
        // Members without a rank who wait between messages wait wherever they are.
        if !self.membersSpeakFreely, self.state.slow != nil { self.spoke(message.sender, at: entry.time) }
        if let began { self.network.shard.endFanOut(began) }
    }

    /// Tells those here of something.
    ///
    /// - `id`: where it stands in the log, if that is what it is known as.
    /// - `producer`: whose action led to it just now; nil if nobody's did.
    /// - `isReturn`: whether it is a JOIN of somebody who has another host, and nothing else.
    /// - `isTold`: who of them hears of it; nil for everybody.
    func announce(
        _ event: ChannelEvent,
        time: Int64,
        id: Position? = nil,
        from producer: ProducerID? = nil,
        isReturn: Bool = false,
        isTold: ((any Attachment) -> Bool)? = nil
    ) {
        guard !self.groups.isEmpty else { return }
        let happening = Happening(
            event: event.asKnown(in: self.state),
            channel: self.state,
            time: time,
            id: id,
            cause: producer.flatMap { producer in
                let session = event.author?.session.flatMap { self.network.sessions[$0] }
                return session?.acting(in: self.key, by: producer)
            },
            returning: isReturn ? self.network.serverName : nil
        )
        var isTold = isTold
        if case .invited(let id, _, let author) = event {
            let members = self.state.members
            isTold = { attachment in
                guard let other = attachment.session?.id, other != id, other != author.session else { return false }
                return members.modes(of: other)?.isHost == true
            }
        }
        if case .knocked(let author, _) = event {
            let members = self.state.members
            isTold = { attachment in
                guard let session = attachment.session, members.modes(of: session.id)?.isHost == true else {
                    return false
                }
                return !session.silence.silences(author.prefix, account: author.account)
            }
        }
        if let hidden = self.state.hidden(event) {
            let (others, members) = (isTold, self.state.members)
            isTold = { attachment in
                guard let looking = attachment.session?.id,
                    looking == hidden || members.modes(of: looking)?.isHost == true
                else { return false }
                return others?(attachment) ?? true
            }
        }
        for group in self.groups { group.tell(happening, isTold: isTold) }
    }
}

extension ChannelState {
    /// Whom an event is about that only hosts see (mode `u`).
    fileprivate func hidden(_ event: ChannelEvent) -> SessionID? {
        guard self.modes.contains(.auditorium) else { return nil }
        switch event {
        case .joined(let member, _): return self.hides(member.modes) ? member.session : nil
        case .parted(let id, _, _), .quit(let id, _, _), .kicked(let id, _, _, _), .changed(let id, _, _, _):
            return self.hides(self.members.modes(of: id) ?? []) ? id : nil
        case .modes, .topic, .invited, .message, .redacted, .knocked, .renamed, .continued, .metadata, .registration,
            .restored, .awaited, .raid:
            return nil
        }
    }
}

extension ChannelEvent {
    /// Whose doing it is.
    var author: Author? {
        switch self {
        case .joined(let member, _): Author(member.session, member.user)
        case .parted(_, let author, _), .quit(_, let author, _), .kicked(_, _, let author, _), .modes(_, let author),
            .topic(_, let author), .changed(_, _, let author, _), .invited(_, _, let author),
            .redacted(_, let author, _), .knocked(let author, _), .renamed(_, let author, _),
            .metadata(_, let author), .registration(_, let author), .raid(_, let author, _):
            author
        case .message, .continued, .restored, .awaited: nil
        }
    }
}

extension ChannelEvent {
    /// The event with the names that members are known by: an entry may be older than a change of theirs that was told.
    fileprivate func asKnown(in state: ChannelState) -> ChannelEvent {
        func known(_ author: Author) -> Author {
            author.session.flatMap { state.members[$0] }.map { Author($0.session, $0.user) } ?? author
        }
        switch self {
        case .parted(let id, let author, let reason): return .parted(id, by: known(author), reason: reason)
        case .kicked(let id, let nick, let author, let reason):
            let nick = state.members[id]?.user.nick.raw ?? nick
            return .kicked(id, nick: nick, by: known(author), reason: reason)
        case .modes(let changes, let author):
            let changes = changes.map { change in
                guard case .rank(let rank, let id, let nick, let on) = change else { return change }
                return .rank(rank, id, nick: state.members[id]?.user.nick.raw ?? nick, on: on)
            }
            return .modes(changes, by: known(author))
        case .topic(let topic, let author): return .topic(topic, by: known(author))
        case .invited(let id, let nick, let author): return .invited(id, nick: nick, by: known(author))
        case .redacted(let id, let author, let reason): return .redacted(id, by: known(author), reason: reason)
        case .renamed(let name, let author, let reason): return .renamed(name, by: known(author), reason: reason)
        case .registration(let changes, let author): return .registration(changes, by: known(author))
        case .joined, .quit, .changed, .message, .knocked, .continued, .metadata, .restored, .awaited, .raid:
            return self
        }
    }
}

extension ChannelState {
    /// What must have happened for this state to come from another, without what only messages would tell.
    func difference(from before: ChannelState, by server: Author) -> [ChannelEvent] {
        var events: [ChannelEvent] = []
        for id in before.members.sessions where !self.members.contains(id) {
            guard let member = before.members[id] else { continue }
            // Whether they left the network is not known here.
            events.append(.parted(id, by: Author(id, member.user), reason: "Connection lost"))
        }
        for id in self.members.sessions where !self.members.isSame(id, in: before.members) {
            guard let member = self.members[id] else { continue }
            guard let old = before.members[id] else {
                events.append(.joined(member, founding: nil))
                continue
            }
            let changes = MemberModes.ranks.filter { old.modes.contains($0.mode) != member.modes.contains($0.mode) }
            if !changes.isEmpty {
                let nick = member.user.nick.raw
                events.append(
                    .modes(
                        changes.map { .rank($0.mode, id, nick: nick, on: member.modes.contains($0.mode)) },
                        by: server
                    )
                )
            }
        }
        if before.topic != self.topic { events.append(.topic(self.topic, by: server)) }
        let metadata = before.metadata.changes(to: self.metadata)
        if !metadata.isEmpty { events.append(.metadata(metadata, by: server)) }
        if before.modes != self.modes {
            let added = ChannelModes.letters.filter { self.modes.subtracting(before.modes).contains($0.mode) }
            let removed = ChannelModes.letters.filter { before.modes.subtracting(self.modes).contains($0.mode) }
            events.append(
                .modes(
                    added.map { .flag($0.mode, on: true) } + removed.map { .flag($0.mode, on: false) },
                    by: server
                )
            )
        }
        return events
    }
}
