import Chat
import IRC
import StateStore

/// What a session was not told of while nobody took part in it.
package struct Missed {
    private let since: SessionHolds.Detachment
    /// Up to where it was told of its logs, if that is certain.
    let places: SessionPlaces?
    /// The last message that the client was told of, in whichever log.
    private let seen: Position?

    init(since: SessionHolds.Detachment, _ places: SessionPlaces?) {
        self.since = since
        self.places = since.isExact ? places : nil
        self.seen = nil
    }

    /// What was said since a message that a client was told of last: exactly in the log that it is of; in others what was said
    /// in that millisecond comes again.
    init(seen: Stamp) {
        self.since = SessionHolds.Detachment(since: 0, received: seen.time - 1, isExact: false, reason: "")
        self.places = nil
        self.seen = seen.position
    }

    /// What who comes back missed.
    ///
    /// - `detached`: since when nobody takes part; nil if somebody seems to.
    static func of(
        _ detached: SessionHolds.Detachment?,
        _ places: SessionPlaces?,
        _ resumption: Resumption?,
        now: Int64
    ) -> Missed {
        if let detached, detached.isExact { return Missed(since: detached, places) }
        // The client knows best.
        if let seen = resumption?.seen { return Missed(seen: seen) }
        return detached.map { Missed(since: $0, nil) } ?? Missed(at: now)
    }

    /// What came in the last moments, to who comes to a session that others seem to take part in: they may be gone without
    /// anybody having noticed, or be about to tell so.
    init(at now: Int64) {
        let received = now - SessionHolds.silenceOfTheDead
        self.init(since: .init(since: now, received: received, isExact: false, reason: ""), nil)
    }

    /// All that is there since it came into a channel.
    static var sinceEntering: Missed {
        Missed(since: SessionHolds.Detachment(since: 0, received: 0, isExact: false, reason: ""), nil)
    }

    /// Up to when what was sent was received, milliseconds since 1970.
    var received: Int64 { self.since.received }

    /// Where to begin to look in a log: after the last entry that was told, or so many before the end.
    func start(in log: String, upTo end: Position, limit: Int) -> UInt64 {
        let latest = end.sequence(before: limit)
        guard let place = self.places?.places[log], place.epoch == end.epoch else { return latest }
        return max(place.sequence, latest)
    }

    /// What it is of a channel's log.
    func gap(in log: String, upTo end: Position) -> Gap {
        let place = self.places?.places[log].map { Position(epoch: $0.epoch, sequence: $0.sequence) }
        let seen = self.seen.flatMap { $0.epoch == end.epoch ? $0 : nil }
        // Where all other places are known it came into this channel as it left.
        let time = self.places == nil ? self.since.received : self.since.received - 1
        return Gap(after: place ?? seen, time: time, upTo: end)
    }

    /// Whether an entry is news.
    func isNews(_ entry: Entry, in log: String) -> Bool {
        if let seen, entry.position.epoch == seen.epoch { return entry.position.sequence > seen.sequence }
        guard let place = self.places?.places[log] else {
            // Where all other places are known it came into this channel as it left: it was told nothing of it.
            return self.places != nil || entry.time > self.since.received
        }
        if entry.position.epoch == place.epoch { return entry.position.sequence > place.sequence }
        return entry.position.epoch > place.epoch
    }

    /// Whether nothing is missing between what was told and the first entry that can be told now.
    ///
    /// A log that was left in an earlier epoch goes on from there (the store was started again), unless it gave numbers a
    /// second time that had been told: what the store lost nobody can tell.
    func reaches(_ entries: [Entry], in log: String, upTo end: Position) -> Bool {
        let first = entries.first
        if let place = self.places?.places[log] {
            guard let first else { return place.epoch == end.epoch && place.sequence >= end.sequence }
            guard first.position.sequence(before: 1) <= place.sequence else { return false }
            if place.epoch == end.epoch { return true }
            return first.position.epoch <= place.epoch
                && !entries.contains { $0.position.epoch > place.epoch && $0.position.sequence <= place.sequence }
        }
        guard let first else { return end.sequence == 0 }
        return self.places == nil && first.time <= self.since.received || first.position.sequence == 1
    }
}

/// Somebody is back: told of the channels and of what was said meanwhile.
extension Session {
    /// Shows an attachment the channels that the session is in, as if it had just joined them, and tells it what it missed in
    /// each and of what was sent to the user; from then on it is told of everything, so nothing comes twice or out of order.
    ///
    /// - Parameters:
    ///   - attachment: Who is back.
    ///   - missed: What the session was not told of; nil if somebody else took part in it.
    ///   - done: Goes on when all of it was told.
    package func resume(_ attachment: any Attachment, _ missed: Missed?, _ done: @escaping () -> Void) {
        // Before it is shown anything: whether it is connected securely says what it may be shown.
        self.weighSecurity {
            self.show(self.memberships.map(\.key.name)[...], to: attachment, missed) {
                guard let missed, self.has(attachment) else { return done() }
                self.catchUp(self.inbox, missed, from: nil, to: { self.place }) { entries, isAll in
                    guard self.has(attachment) else { return done() }
                    self.toldAll(attachment)
                    self.tellMissed([], entries, of: nil, isAll, to: attachment, done)
                }
            }
        }
    }

    /// Shows a channel that the session came into by somebody's doing elsewhere, with what was said there since.
    ///
    /// - Parameters:
    ///   - replica: The channel.
    ///   - rename: Whether those who know it by another name are told that it has this one.
    ///   - done: Goes on when it was shown, or is not to be shown any more.
    func show(_ replica: ChannelReplica, after rename: ChannelRename?, _ done: @escaping () -> Void) {
        self.catchUp(replica.key, .sinceEntering, from: nil, to: { replica.position }) { entries, isAll in
            defer { done() }
            guard self.isPresent, !self.isMember(of: replica), replica.state.members.contains(self.id) else {
                if let rename { self.tellEnd(of: rename) }
                return
            }
            replica.enter(self)
            let view = ChannelView(replica, for: self)
            for attachment in self.attachments {
                if let rename = self.moves[replica.key.name]?.rename, rename.told.contains(attachment.number) {
                    attachment.tell(.moved(rename, view))
                } else {
                    attachment.tell(.entered(view, isAnnounced: false))
                }
                self.tellMissed([], self.meant(entries, in: replica), of: view.name, isAll, to: attachment) {}
            }
        }
    }

    /// Those of some messages that reach the rank that it has in a channel, and that it may read.
    private func meant(_ entries: [Entry], in replica: ChannelReplica) -> [Entry] {
        let (modes, since) = (replica.state.members.modes(of: self.id) ?? [], replica.readable(by: self))
        return entries.filter { entry in
            entry.time >= since && ChatMessage(entry: entry.payload).map { modes.reaches($0.minimum) } ?? false
        }
    }

    private func has(_ attachment: any Attachment) -> Bool { self.attachments.contains { $0 === attachment } }

    /// One channel after the other, no faster than the client reads.
    private func show(
        _ channels: ArraySlice<String>,
        to attachment: any Attachment,
        _ missed: Missed?,
        _ done: @escaping () -> Void
    ) {
        guard let name = channels.first, self.has(attachment) else { return done() }
        let next = { self.show(channels.dropFirst(), to: attachment, missed, done) }
        guard let replica = self.memberships.first(where: { $0.key.name == name }) else { return next() }
        guard let missed else {
            self.show(replica, to: attachment)
            return self.pace(attachment, next)
        }
        self.read(replica, missed) { older, entries, isAll in
            guard self.isMember(of: replica), self.has(attachment), self.show(replica, to: attachment) else {
                return next()
            }
            let since = replica.readable(by: self)
            let readable = older.filter { $0.id.time >= since }
            let meant = self.meant(entries, in: replica)
            // What was said under another name meanwhile stands elsewhere.
            let isHere = replica.state.moved.map { $0 < missed.received } ?? true
            self.tellMissed(readable, meant, of: replica.state.name.raw, isAll && isHere, to: attachment, next)
        }
    }

    /// - Returns: false if it was told of the channel already: the session has come in just now.
    @discardableResult
    private func show(_ replica: ChannelReplica, to attachment: any Attachment) -> Bool {
        let isKnown = replica.remove(attachment)
        replica.add(attachment)
        if !isKnown { attachment.tell(.entered(ChannelView(replica, for: self), isAnnounced: false)) }
        return !isKnown
    }

    /// Reads what was said in a channel: what its log does not have any more from the history.
    private func read(
        _ replica: ChannelReplica,
        _ missed: Missed,
        _ then: @escaping (_ older: [HistoryRecord], [Entry], _ isAll: Bool) -> Void
    ) {
        let (log, most) = (replica.key, self.network.limits.missedMessages)
        self.catchUp(log, missed, from: nil, to: { replica.position }) { entries, isAll in
            // All of it, or as many as are told.
            guard !isAll, entries.count < most, self.network.hasPast else { return then([], entries, isAll) }
            self.network.said(in: missed.gap(in: log.name, upTo: replica.position), of: log) { records, isBridged in
                // More may have come meanwhile, and have pushed out what there was.
                self.catchUp(log, missed, from: nil, to: { replica.position }) { entries, isAll in
                    let older = records.filter { record in
                        entries.first.map { $0.position.isAfter(record.id.position) } ?? true
                    }
                    let told = older.suffix(max(0, most - entries.count))
                    then(Array(told), entries, isAll || (isBridged && told.count == older.count))
                }
            }
        }
    }

    /// How often the store is asked for what was missed while it does not answer: some seconds long.
    private static let readTries = 16

    /// Reads what a log has behind a place, until nothing more has come meanwhile; nothing from before it came into a channel.
    private func catchUp(
        _ log: LogKey,
        _ missed: Missed,
        from read: [Entry]?,
        to end: @escaping () -> Position,
        attempt: Int = 0,
        _ then: @escaping ([Entry], _ isAll: Bool) -> Void
    ) {
        let limit = self.network.limits.missedMessages
        let (name, upTo) = (log.kind == .user ? "" : log.name, end())
        func finish(isAll: Bool) {
            let takenBack = (read ?? []).takenBack
            let start = (read ?? []).lastIndex { $0.brings(self.id) }
            let isAll = isAll || start != nil
            let news = (read ?? []).dropFirst(start ?? 0).filter { entry in
                missed.isNews(entry, in: name) && ChatMessage(entry: entry.payload) != nil
                    && !(takenBack.contains(Stamp(position: entry.position, time: entry.time)))
            }
            then(news.suffix(limit), isAll && news.count <= limit)
        }
        let start = read?.last?.position.sequence ?? missed.start(in: name, upTo: upTo, limit: 2 * limit)
        guard start < upTo.sequence else {
            return finish(isAll: missed.reaches(read ?? [], in: name, upTo: upTo))
        }
        self.network.store.entries(of: log, after: start, limit: 2 * limit) { result in
            if case .failure = result, attempt < Self.readTries {
                return self.again(attempt) {
                    self.catchUp(log, missed, from: read, to: end, attempt: attempt + 1, then)
                }
            }
            let known = (try? result.get())?.filter { $0.position.sequence <= end().sequence } ?? []
            // What cannot be had is said to be missing.
            guard !known.isEmpty else { return finish(isAll: false) }
            self.catchUp(log, missed, from: (read ?? []) + known, to: end, then)
        }
    }

    private func tellMissed(
        _ older: [HistoryRecord],
        _ entries: [Entry],
        of channel: String?,
        _ isAll: Bool,
        to attachment: any Attachment,
        _ next: @escaping () -> Void
    ) {
        let messages = entries.compactMap { entry in
            ChatMessage(entry: entry.payload).flatMap { message in
                let isSilenced = channel == nil && self.silences(message)
                return message.isCopy || isSilenced ? nil : (message: message, entry: entry)
            }
        }
        if !messages.isEmpty || !older.isEmpty || !isAll {
            attachment.tell(.missed(channel: channel, older: older, messages, isAll: isAll))
        }
        self.pace(attachment, next)
    }

    private func pace(_ attachment: any Attachment, _ next: @escaping () -> Void) {
        let pace = Pace(next)
        attachment.hold(pace)
        if !pace.isHeld { next() }
    }
}

extension Entry {
    /// Whether a session came into a channel with it.
    fileprivate func brings(_ id: SessionID) -> Bool {
        guard ChatMessage(entry: self.payload) == nil, case .joined(let member, _)? = ChannelEvent(self.payload) else {
            return false
        }
        return member.session == id
    }
}

extension [Entry] {
    /// The messages that somebody took back among these (draft/message-redaction).
    var takenBack: Set<Stamp> {
        var stamps: Set<Stamp> = []
        for entry in self where ChatMessage(entry: entry.payload) == nil {
            guard case .redacted(let id, _, _)? = Chat.ChannelEvent(entry.payload), let stamp = Stamp(messageID: id)
            else {
                continue
            }
            stamps.insert(stamp)
        }
        return stamps
    }
}
