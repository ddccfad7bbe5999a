package import Chat
import DequeModule
import IRC
import Logging
import NIOCore
import StateStore

/// A shard's copy of a channel: followed while somebody here is in it, or looked up once for somebody who asks.
package final class ChannelReplica {
    let key: LogKey
    /// What its entries go into the feed as.
    let label: FeedLabel
    let network: Network
    package internal(set) var state: ChannelState {
        didSet { self.membersSpeakFreely = !self.state.restrictsMembers }
    }
    /// Whether there is nothing to look at before a member's message; kept, since it is asked for every message.
    private(set) var membersSpeakFreely: Bool
    /// When members came in lately, the last last, in milliseconds since 1970; as many as the channel lets in, if it limits that.
    private(set) var joins = Deque<Int64>()
    /// When members said something last, in milliseconds since 1970, while the channel is slow.
    private(set) var spoken: [SessionID: Int64] = [:]
    /// The last entry that is in the state.
    private(set) var position: Position
    /// When the last entry came, or the state was loaded, in milliseconds since 1970.
    private(set) var time: Int64
    /// The last entry that changed the state; messages do not.
    private(set) var changed: UInt64
    /// The follow of its log; nil if it was looked up once.
    let token: FollowToken?
    /// Those here who are in it.
    private(set) var groups: [any AttachmentGroup] = []
    /// Changes of the channel in the store's hands; the next one waits for them instead of being refused.
    private var changesUnderWay = 0
    private var waiting = Deque<() -> Void>()
    /// Who relies on the replica while they wait for something else.
    var pins = 0
    /// Sessions here that are in it; their clients may not have been shown it yet.
    private var residents = 0
    /// The second in which it was last found to be needed by nobody, while it is kept for those who come back.
    var left: UInt32?
    /// The last entries that were in a loaded state and not told one by one: behind the first position, up to the second.
    var untold: (after: Position, upTo: Position)?
    /// Up to where the state was loaded that an unreadable entry asked for.
    private var loaded: Position?
    /// Who is known to have left the network before the log here says so: their channel is not over yet.
    var early: Set<SessionID> = []
    /// Whether it has just come here from another name: its members come by that one's log.
    var isArriving = false
    /// Set while the state is not true, since an entry could not be read, or while what was missed has to be told first.
    var stale: Stale?

    /// What waits for the state to be loaded again, or for what was missed.
    struct Stale {
        var waiting: [() -> Void] = []
        /// Entries that came meanwhile, in order.
        var entries: [Entry] = []
        /// Messages from here whose sender was answered without having heard them, with the attachment that said it.
        var answered: [Position: UInt32] = [:]
        /// What was missed and is looked for in the history.
        var gap: Gap?
        /// Up to where those were told who miss it.
        var told: Told = [:]
    }

    init(_ key: LogKey, _ name: ChannelName, _ snapshot: Snapshot, in network: Network, token: FollowToken?) {
        self.key = key
        self.label = FeedLabel(Conversation.channel(key.name).text)
        self.network = network
        let stored = ChannelState(name: name, fields: snapshot.chatFields)
        self.state = network.news.latest(stored)
        self.early = Set(stored.members.sessions.filter { network.news.isGone($0) })
        self.membersSpeakFreely = !self.state.restrictsMembers
        self.position = snapshot.position
        self.changed = snapshot.position.sequence
        self.time = network.shard.now
        self.token = token
        self.countJoins()
    }

    /// Doors that were closed for a while may be open again by now.
    func weighSpeech() { self.membersSpeakFreely = !self.state.restrictsMembers(at: self.network.shard.now) }

    /// Takes those who are there for those who came lately: who has left since is not known.
    private func countJoins() {
        guard let throttle = self.state.throttle else { return }
        self.joins = Deque(self.state.members.map(\.joined).sorted().suffix(throttle.joins))
    }

    private func joined(at time: Int64) {
        guard let throttle = self.state.throttle else { return }
        self.joins.append(time)
        while self.joins.count > throttle.joins { self.joins.removeFirst() }
    }

    /// Somebody says something in a channel that is slow.
    func spoke(_ session: SessionID, at time: Int64) {
        // Those for whom it matters no more are forgotten before there are too many.
        if self.spoken.count >= Self.mostSpoken, let slow = self.state.slow {
            self.spoken = self.spoken.filter { $0.value > time - Int64(slow.seconds) * 1000 }
        }
        self.spoken[session] = max(time, self.spoken[session] ?? time)
    }

    private static let mostSpoken = 10_000

    var isStale: Bool { self.stale != nil }
    package var exists: Bool { self.position != .none }
    /// Whether nobody here needs it any more.
    var isUnused: Bool {
        self.groups.isEmpty && self.residents == 0 && self.changesUnderWay == 0 && self.pins == 0
            && self.waiting.isEmpty
            && self.stale == nil
    }

    /// Whether those here have been told of an entry, one by one; if not, what said it is answered now.
    func tells(_ position: Position, to attachment: any Attachment) -> Bool {
        if self.stale != nil {
            self.stale?.answered[position] = attachment.number
            return false
        }
        guard let untold, position.epoch == untold.upTo.epoch, position.sequence <= untold.upTo.sequence else {
            return true
        }
        return position.epoch == untold.after.epoch && position.sequence <= untold.after.sequence
    }

    /// What a decision on all of the state rests on.
    var unchanged: Condition { Condition(self.key, .unchanged(since: self.position)) }

    /// Whether a member sees another there.
    func shows(_ other: SessionID, to session: Session) -> Bool {
        guard let ranks = self.state.members.modes(of: other) else { return false }
        return !self.state.hides(ranks) || self.state.members.modes(of: session.id)?.isHost == true
    }

    /// Whether everybody may know that a member is in it.
    func isSeenByAll(_ session: SessionID) -> Bool {
        !self.state.isHidden && !self.state.hides(self.state.members.modes(of: session) ?? [])
    }

    // MARK: Turns

    /// Goes on when no change of the channel is in the store's hands: one of this shard's after the other, since each but
    /// the first would be refused.
    ///
    /// - `isAgain`: it had its turn already, so it goes before those who wait.
    func whenQuiet(isAgain: Bool, _ body: @escaping () -> Void) {
        if self.changesUnderWay == 0, self.waiting.isEmpty || isAgain { return body() }
        if isAgain { self.waiting.prepend(body) } else { self.waiting.append(body) }
    }

    /// Goes on when the state is true.
    func whenFresh(_ body: @escaping () -> Void) {
        if self.stale == nil { return body() }
        self.stale?.waiting.append(body)
    }

    func changeBegan() { self.changesUnderWay += 1 }

    func changeEnded() {
        self.changesUnderWay -= 1
        self.pins += 1
        while self.changesUnderWay == 0, let next = self.waiting.popFirst() { next() }
        self.pins -= 1
        self.network.replicas.letGo(of: self)
    }

    // MARK: Members here

    func add(_ attachment: any Attachment) {
        if let group = self.groups.first(where: { $0.accepts(attachment) }) { return group.insert(attachment) }
        let group = attachment.makeGroup()
        group.insert(attachment)
        self.groups.append(group)
    }

    /// Whether an attachment is told of the channel.
    func has(_ attachment: any Attachment) -> Bool {
        self.groups.contains { $0.attachments.contains { $0 === attachment } }
    }

    /// - Returns: false if it was not told of the channel.
    @discardableResult
    func remove(_ attachment: any Attachment) -> Bool {
        guard let index = self.groups.firstIndex(where: { $0.remove(attachment) }) else { return false }
        if self.groups[index].isEmpty { self.groups.remove(at: index) }
        return true
    }

    // MARK: Entries

    func received(_ entry: Entry) {
        if self.stale != nil { return self.hold(entry) }
        self.time = entry.time
        if let loaded, entry.position.epoch == loaded.epoch, entry.position.sequence <= loaded.sequence {
            // In the state already; only messages are news.
            if let message = ChatMessage(entry: entry.payload) { self.passOn(message, entry) }
            return
        }
        if let message = ChatMessage(entry: entry.payload) {
            self.passOn(message, entry)
            self.position = entry.position
            return
        }
        guard let event = ChannelEvent(entry.payload) else { return self.receivedUnknown(entry) }
        switch event {
        case .joined(let member, let founding):
            // Who never changed anything is nowhere else as it was before.
            if member.changes != 0 { self.network.tell(member, at: entry.time, from: entry.producer) }
            let known = self.network.news.latest(member)
            self.evolve(.joined(known, founding: founding), at: entry.position)
            if self.network.news.isGone(member.session) { break }
            self.network.news.seen(known)
            let session = self.network.sessions[member.session]
            if let session { self.enter(session) }
            self.joined(at: entry.time)
            self.announce(
                .joined(known, founding: founding),
                time: entry.time,
                id: entry.position,
                from: entry.producer
            )
            if let session { self.show(to: session, but: session.acting(in: self.key, by: entry.producer)) }
        case .parted(let id, _, _), .kicked(let id, _, _, _):
            if let member = self.state.members[id], !self.network.news.isGone(id) {
                // Who has the nickname by now must not take it for its own end.
                let namesake = self.network.sessions.named(member.user.nick)
                self.announce(event, time: entry.time, id: entry.position, from: entry.producer) {
                    $0.session?.id == id || $0.session !== namesake || namesake == nil
                }
            }
            self.early.remove(id)
            self.evolve(event, at: entry.position)
            if let session = self.network.sessions[id] { self.exit(session) }
        case .quit(let id, let author, let reason):
            if !self.network.news.isGone(id), let member = self.state.members[id] {
                self.network.tellQuit(of: member, by: author, reason: reason, at: entry.time, from: entry.producer)
            }
            self.early.remove(id)
            self.evolve(event, at: entry.position)
            if let session = self.network.sessions[id] { self.exit(session) }
        case .changed(let id, let change, _, let number):
            if var member = self.state.members[id], member.lacks(number) {
                member.user.apply(change)
                member.changes = number
                self.network.tell(member, by: change, at: entry.time, from: entry.producer)
            }
            self.evolve(event, at: entry.position)
        case .message: self.position = entry.position
        case .redacted, .knocked:
            self.position = entry.position
            self.announce(event, time: entry.time)
        case .renamed(let name, let author, let reason):
            return self.renamed(to: name, by: author, reason: reason, entry)
        case .continued: return self.continued()
        case .restored:
            self.stale = Stale()
            return self.load(attempt: 0)
        case .awaited: self.evolve(event, at: entry.position)
        case .modes, .topic, .invited, .metadata, .registration, .raid:
            self.evolve(event, at: entry.position)
            if self.state.throttle == nil { self.joins = [] }
            if self.state.slow == nil { self.spoken = [:] }
            self.announce(event, time: entry.time, id: entry.position, from: entry.producer)
        }
        if self.state.members.isEmpty, self.early.isEmpty, self.state.registration == nil, self.state.awaited.isEmpty {
            self.dropped()
        }
    }

    /// Another channel's log has brought that a member left the network.
    func quitEarly(_ event: Chat.ChannelEvent, of id: SessionID) {
        self.early.insert(id)
        self.state.evolve(event)
    }

    func evolve(_ event: Chat.ChannelEvent, at position: Position) {
        self.position = position
        self.changed = position.sequence
        self.state.evolve(event)
    }

    /// Something newer wrote it, or it is damaged: its envelope says what to do.
    private func receivedUnknown(_ entry: Entry) {
        if entry.payload.readableBytes > 0 {
            self.network.shard.logger.warning(
                "unreadable channel entry",
                metadata: ["tenant": "\(self.network.id)", "position": "\(entry.position.sequence)"]
            )
        }
        guard EntryForm.unknown(entry.payload) == .loadAgain else {
            self.position = entry.position
            return
        }
        self.stale = Stale()
        self.load(attempt: 0)
    }

    /// Keeps an entry until the state is true; too many are found in the state instead, and told as missing.
    private func hold(_ entry: Entry) {
        self.stale?.entries.append(entry)
        guard let count = self.stale?.entries.count, count > 8192 else { return }
        self.stale?.entries = []
        for group in self.groups { group.tellOfGap(in: self.state) }
    }

    /// Loads the state.
    ///
    /// Of what came meanwhile it holds the older part: only messages of that are told.
    func load(attempt: Int) {
        let network = self.network
        network.store.load([self.key]) { result in
            // Meanwhile it may have been loaded otherwise.
            guard let stale = self.stale, stale.gap == nil else { return }
            if case .success(let snapshots) = result {
                self.loaded = snapshots[0].position
                return self.reloaded(snapshots[0], missed: false)
            }
            // Until the store can say it, nothing is decided on what is not true.
            network.shard.later(network.shard.pause(after: attempt)) {
                if let stale = self.stale, stale.gap == nil { self.load(attempt: attempt + 1) }
            }
        }
    }

    /// Takes another state altogether, after the log could not be followed entry by entry: what is different is told as if it
    /// had happened now.
    ///
    /// - `missed`: whether messages may be missing: then what the history has of them is told before anything later.
    func reloaded(_ snapshot: Snapshot, missed: Bool) {
        let gap = missed ? self.gap(upTo: snapshot.position) : nil
        self.tellChanges(to: snapshot)
        let before = self.state
        if missed { self.untold = (self.position, snapshot.position) }
        self.state = ChannelState(name: self.state.name, fields: snapshot.chatFields)
        self.early = []
        self.countJoins()
        self.position = snapshot.position
        self.changed = snapshot.position.sequence
        // Nobody lets go of it amid what follows.
        self.pins += 1
        for session in self.network.sessions.all where self.state.members.contains(session.id) {
            if !self.isArriving, !session.isMoving(to: self.key.name) { self.enter(session) }
        }
        self.isArriving = false
        self.tellDifference(from: before)
        if let (gap, told) = gap, !self.groups.isEmpty {
            self.fill(gap, told)
        } else {
            if missed { for group in self.groups { group.tellOfGap(in: self.state) } }
            self.goOn()
        }
        self.pins -= 1
        self.network.replicas.letGo(of: self)
    }

    /// The state is true and told: what came meanwhile is told too, and who waits goes on.
    func goOn() {
        let (stale, upTo) = (self.stale, self.position)
        self.pins += 1
        self.stale = nil
        for entry in stale?.entries ?? [] {
            self.time = entry.time
            let isKnown = entry.position.epoch == upTo.epoch && entry.position.sequence <= upTo.sequence
            if let message = ChatMessage(entry: entry.payload) {
                self.passOn(message, entry, isAnswered: stale?.answered[entry.position] != nil)
                if !isKnown { self.position = entry.position }
            } else if !isKnown {
                self.received(entry)
            }
        }
        for body in stale?.waiting ?? [] { self.whenFresh(body) }
        self.pins -= 1
        self.network.replicas.letGo(of: self)
    }

    /// What users changed meanwhile, each told once to whoever shares a channel with them.
    private func tellChanges(to snapshot: Snapshot) {
        let after = ChannelState(name: self.state.name, fields: snapshot.chatFields)
        for id in after.members.sessions where !after.members.isSame(id, in: self.state.members) {
            guard let member = after.members[id], self.state.members.contains(id) else { continue }
            self.network.tell(member, at: self.network.shard.now)
        }
    }

    private func tellDifference(from before: ChannelState) {
        let (now, server) = (self.network.shard.now, self.network.serverAuthor)
        for event in self.state.difference(from: before, by: server) {
            self.announce(event, time: now)
        }
        for session in self.network.sessions.all where session.isMember(of: self) {
            if !self.state.members.contains(session.id) {
                self.exit(session)
                session.lostSight(of: self.key.name)
            }
        }
    }

    /// The channel ended: its last member left.
    func dropped() {
        self.state = ChannelState(name: self.state.name, created: 0)
        self.position = .none
        self.changed = 0
    }

    /// Shows the channel to those of a session's attachments that did not ask to join it.
    private func show(to session: Session, but acting: (any Attachment)?) {
        for attachment in session.attachments where attachment !== acting {
            attachment.tell(.entered(ChannelView(self, for: session), isAnnounced: true))
        }
    }

    func enter(_ session: Session) {
        guard !session.isMember(of: self) else { return }
        // Either may be behind; its clients are told of its name before they see it here.
        if let member = self.state.members[session.id], !session.isEarly {
            self.network.tell(member, at: self.network.shard.now)
            self.state.adopt(session.user, of: session.id, changes: session.changes)
        }
        session.memberships.append(self)
        self.residents += 1
        for attachment in session.attachments { self.add(attachment) }
    }

    func exit(_ session: Session) {
        guard session.isMember(of: self) else { return }
        session.memberships.removeAll { $0 === self }
        for attachment in session.attachments { self.remove(attachment) }
        self.residentLeft()
    }

    /// A session that was in it here is not any more.
    func residentLeft() {
        self.residents -= 1
        self.network.replicas.letGo(of: self)
    }
}
