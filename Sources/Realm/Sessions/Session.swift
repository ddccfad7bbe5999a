package import Chat
import IRC
import NIOCore
import StateStore

/// One user's presence on a tenant, as the shard that serves it holds it.
///
/// Whoever takes part in it does so as an attachment; there may be none, one or many.
package final class Session {
    package let id: SessionID
    let network: Network
    /// The user, with the rights and the real host that only this shard knows; what decisions are made for.
    package private(set) var requester: Requester
    /// `nick!user@host`, kept because every message carries it.
    package private(set) var prefix: String
    /// The session's log: its record, and what is sent to it.
    let inbox: LogKey
    /// The follow of it.
    let token: FollowToken
    /// What its account's roles give it once it asked for it (OPER).
    package var grantedRights: Rights = []
    package private(set) var attachments: [any Attachment] = []
    package internal(set) var memberships: [ChannelReplica] = []
    /// When it last said something, in the shard's seconds.
    package var lastSpoke: UInt32
    /// Nicknames that it watches, folded, with the spelling that it used.
    package internal(set) var monitored: [String: String] = [:]
    /// Somebody here to whom it sent its last message: most likely it writes to them next.
    ///
    /// Not a weak reference, which would make every count of references to that session a slow one; it goes with the end.
    var lastTarget: Session?
    /// What it says, on its way to the store.
    let speech = SpeechQueue()
    /// The number of the last change of the user.
    var changes: UInt32 { self.requester.changes }

    /// Slots of hard quotas that it holds.
    var slots: [CounterKey] = []

    /// From the claim of the nickname to the end.
    private enum Stage {
        /// Its record is on its way to the store; messages that come are kept.
        case claiming([Entry])
        case present
        /// It ends as soon as the store has answered for what is under way.
        case ending(reason: String)
        case over
    }

    private var stage = Stage.claiming([])
    /// Changes in the store's hands that the session's end waits for: what ends must be known exactly.
    private var commitsUnderWay = 0
    /// Channels that a JOIN without an answer may have taken it into; its end takes it out of them too.
    private var uncertainChannels: Set<String> = []

    init(_ requester: Requester, in network: Network) {
        self.id = requester.session
        self.network = network
        self.requester = requester
        self.prefix = requester.user.prefix
        self.inbox = network.inboxKey(requester.session)
        self.token = FollowToken(self.inbox)
        self.lastSpoke = network.shard.seconds
    }

    package var user: User { self.requester.user }
    package var author: Author { Author(session: self.id, prefix: self.prefix, account: self.user.account) }
    package var rights: Rights { self.requester.rights }

    /// Whether somebody may still do something in its name.
    package var isPresent: Bool { if case .present = self.stage { true } else { false } }

    /// The channel of this name that it is in; exactly as the channel's members see it, as it nearly always is.
    func membership(named name: String) -> ChannelReplica? {
        self.memberships.first { $0.state.name.raw == name }
    }

    func isMember(of replica: ChannelReplica) -> Bool { self.memberships.contains { $0 === replica } }

    package func isMember(of folded: String) -> Bool { self.memberships.contains { $0.key.name == folded } }

    package var record: SessionRecord {
        SessionRecord(
            session: self.id,
            user: self.user,
            channels: Set(self.memberships.map(\.key.name)),
            changes: self.changes
        )
    }

    // MARK: Attachments

    /// The store has it; whoever asked for it takes part.
    func began(with attachment: any Attachment) {
        guard case .claiming(let early) = self.stage else { return }
        self.stage = .present
        self.attachments.append(attachment)
        self.early = early
    }

    /// Messages that came before the session could be told that it is there.
    private var early: [Entry] = []
    /// There were more than are kept.
    private var missedEarly = false

    /// Passes on what came while the session began; its client knows now that it is there.
    package func tellEarly() {
        let early = self.early
        self.early = []
        for entry in early { self.received(entry) }
        if self.missedEarly { self.tell(.gap) }
        self.missedEarly = false
    }

    /// An attachment is told differently from now on.
    package func regroup(_ attachment: any Attachment, _ change: () -> Void) {
        guard self.attachments.contains(where: { $0 === attachment }) else { return change() }
        for replica in self.memberships { replica.remove(attachment) }
        change()
        for replica in self.memberships { replica.add(attachment) }
    }

    func tell(_ notice: Notice) { for attachment in self.attachments { attachment.tell(notice) } }

    // MARK: Changes in the store's hands

    func commitBegan() { self.commitsUnderWay += 1 }

    /// - `uncertain`: A channel that it may be in since, for all that is known.
    func commitEnded(uncertain: String? = nil) {
        self.commitsUnderWay -= 1
        if let uncertain { self.uncertainChannels.insert(uncertain) }
        if self.commitsUnderWay == 0, case .ending(let reason) = self.stage { self.signOff(reason: reason) }
    }

    // MARK: The end

    /// Its last attachment left: nobody sees it any more.
    package func end(reason: String) {
        switch self.stage {
        case .ending, .over: return
        case .claiming, .present: break
        }
        self.lastTarget = nil
        let attachments = self.attachments
        self.attachments = []
        for replica in self.memberships { for attachment in attachments { replica.remove(attachment) } }
        self.stage = .ending(reason: reason)
        if self.commitsUnderWay == 0 { self.signOff(reason: reason) }
    }

    private func signOff(reason: String) {
        self.stage = .over
        let network = self.network
        network.monitor.removeAll(for: self)
        network.sessions.remove(self)
        let replicas = self.memberships
        self.memberships = []
        network.shard.followed[self.inbox] = nil
        var record = self.record
        record.channels = Set(replicas.map(\.key.name)).union(self.uncertainChannels)
        let end = SessionEnds.end(of: record, reason: reason, tenant: network.id, now: network.shard.now) { name in
            replicas.first { $0.key.name == name }?.state.modes.contains(.registered) ?? false
        }
        network.store.unfollow(self.token)
        network.shard.ends.append(end) { for replica in replicas { network.replicas.letGo(of: replica) } }
        self.speech.end()
        self.giveBackSlots()
    }

    func giveBackSlots() {
        for slot in self.slots { self.network.shard.slots.giveBack(slot) }
        self.slots = []
    }

    /// The store has it no more, or another pod took it: its attachments can only begin anew.
    package func lost() { self.endAttachments(reason: "The session was lost, connect again") }

    /// Every attachment closes, which ends the session.
    package func endAttachments(reason: String) {
        for attachment in self.attachments { attachment.end(reason: reason) }
    }

    // MARK: Entries of its log

    func received(_ entry: Entry) {
        if case .claiming(var early) = self.stage {
            // More than anybody is sent in that moment.
            if early.count < 256 { early.append(entry) } else { self.missedEarly = true }
            self.stage = .claiming(early)
            return
        }
        if let message = ChatMessage(entry: entry.payload) { return self.deliver(message, entry) }
        guard let event = UserEvent(entry.payload) else {
            if EntryForm.unknown(entry.payload) == .loadAgain { self.loadAgain() }
            return
        }
        switch event {
        case .message(let message): self.deliver(message, entry)
        case .invited(let channel, let author): self.tell(.invited(channel: channel, by: author, time: entry.time))
        case .changed(let change, let author, let number):
            guard UserChange.isNewer(number, than: self.changes) else { return }
            self.requester.changes = number
            if case .nick(let nick) = change { self.network.sessions.name(self, nick) }
            let before = self.user.modes
            self.apply(change)
            self.tell(.changed(change, by: author, time: entry.time, modesBefore: before))
        case .killed(let author, let reason):
            self.tell(.killed(by: author, reason: reason))
            let nick = author.prefix.prefix { $0 != "!" }
            self.endAttachments(reason: "Killed (\(nick) (\(reason)))")
        case .signedOff:
            // Ended by another pod, which took this one for dead.
            self.lost()
        case .signedOn: break
        }
    }

    private func deliver(_ message: ChatMessage, _ entry: Entry) {
        var deliveries = 0
        for attachment in self.attachments where attachment.deliver(message, entry) { deliveries += 1 }
        self.network.usage.delivered(deliveries)
    }

    private func apply(_ change: UserChange) {
        self.requester.user.apply(change)
        self.prefix = self.requester.user.prefix
        self.requester.rights = self.user.modes.contains(.operator) ? self.grantedRights : []
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

    /// What the store has of the user holds.
    private func adopt(_ snapshot: Snapshot) {
        guard self.isPresent else { return }
        guard let record = SessionRecord(fields: snapshot.chatFields) else { return self.lost() }
        let before = self.prefix
        if record.user.nick.raw != self.user.nick.raw { self.network.sessions.name(self, record.user.nick) }
        let isRenamed = record.user.nick.raw != self.user.nick.raw
        self.requester.user = record.user
        self.prefix = record.user.prefix
        self.requester.changes = record.changes
        self.requester.rights = record.user.modes.contains(.operator) ? self.grantedRights : []
        if isRenamed { self.tell(.renamedUnseen(from: before)) }
    }
}
