package import Chat
import Checks
import IRC
import NIOCore
import StateStore

/// One user's presence on a tenant, as a shard that has attachments of it holds it.
///
/// Whoever takes part in it does so as an attachment. A guest's ends with its last one. An account's waits for somebody to come
/// back, and may have attachments on several shards: each of them then has such an object, and they agree by its log
/// (``SessionHolds``).
package final class Session {
    package let id: SessionID
    let network: Network
    /// The user, with the rights and the real host that only this shard knows; what decisions are made for.
    package internal(set) var requester: Requester
    /// `nick!user@host`, kept because every message carries it.
    package internal(set) var prefix: String
    /// The session's log: its record, and what is sent to it.
    let inbox: LogKey
    /// The follow of it.
    let token: FollowToken
    /// The role of the account that was proved here, once its rights were asked for (OPER).
    package var grantedRole = Role.user
    /// The folded name of that account; nil if none was proved here.
    var grantedBy: String?
    /// When that was proved last, milliseconds since 1970.
    var grantedAt: Int64 = 0
    /// What the store has that it is as an operator, wherever that was proved; nil if it says nothing.
    var role: Role?
    /// Why it is kept apart, as its record says.
    var quarantine: Quarantine?
    /// The same of those here, by their numbers, for whatever reason.
    private(set) var apart: [UInt32: Quarantine] = [:]
    /// Those here of whom that was not looked at yet.
    private(set) var unweighed: Set<UInt32> = []
    /// Those here.
    package private(set) var attachments: [any Attachment] = []
    package internal(set) var memberships: [ChannelReplica] = []
    /// When it last said something here, in the shard's seconds.
    package var lastSpoke: UInt32
    /// To whom it sent its last message: most likely it writes to them next.
    ///
    /// Somebody elsewhere is known as they were then; a message that rests on what has changed since is refused, and they are
    /// looked up again. Not a weak reference, which would make every count of references to that session a slow one; it goes
    /// with the end.
    var lastTarget: FoundUser?
    /// What it says, on its way to the store.
    let speech = SpeechQueue()
    /// What it said lately, as far as checks ask for it.
    var checked = SenderMemory()
    /// The same of those behind it, if it is a bridge, by their names.
    var checkedRelayed = Recent<String, SenderMemory>(limit: 64)
    /// Channels in which something is being done to it for what it said.
    var sentenced: Set<String> = []
    /// Whether messages wait behind others.
    package var hasWaitingSpeech: Bool { self.speech.hasWaiting }
    /// The number of the last change of the user.
    var changes: UInt32 { self.requester.changes }
    /// The account that was proved for it here, if one was.
    var login: LoggedIn?
    /// Whether who brought it here asks for what was missed.
    var asksForPast = false
    /// Whether its client knows how to come back without an account.
    var isResumable = false
    /// What marks the last move of one of its channels to another name; its end rests on it.
    var mark: String?
    /// Channels that go on under another name, by that, folded.
    var moves: [String: Move] = [:]
    /// Channels that attachments elsewhere came into and that are not known here yet.
    var entering = 0
    /// The last entry of its log that came.
    var place = Position.none
    /// When that was, in milliseconds since 1970; 0 before the first.
    var heard: Int64 = 0
    /// Who holds it; nil if it ends with its last attachment here.
    var holds: SessionHolds? { didSet { self.recount() } }
    /// How the store has it that those who take part are connected, for all that is known here.
    var facts: UserFacts?
    /// Of whom its user wants to hear nothing.
    package var silence = SilenceList()
    /// Up to where those here know that conversations were read, by their numbers.
    var markers: [UInt32: ToldMarkers] = [:]
    /// Up to where a guest has read, of the conversations that it spoke of last.
    var guestMarkers = ToldMarkers()

    /// From the beginning here to the end here.
    enum Stage {
        /// The store has not said yet that it is here.
        case claiming
        case present
        /// It leaves as soon as the store has answered for what is under way.
        case leaving(Departure)
        case over
    }

    /// How its last attachment here goes.
    struct Departure {
        let reason: String
        let parting: Parting
        /// Up to when what was sent to it was received, milliseconds since 1970.
        let received: Int64
        /// Up to where it had been told of its logs, if that is certain.
        let places: SessionPlaces?

        /// Whether the session ends with it, if nobody else holds it.
        func ends(_ holds: SessionHolds) -> Bool {
            switch self.parting {
            case .ended: true
            case .quit: !holds.isAlwaysOn
            case .lost: holds.grace <= 0
            }
        }
    }

    /// A change in the store's hands.
    private struct Commit {
        let number: UInt32
        let transaction: Transaction
        let attachment: any Attachment
    }

    private var lastCommit: UInt32 = 0
    var stage = Stage.claiming { didSet { self.recount() } }
    /// The modes with which it is counted (LUSERS); nil if it is not.
    private var counted: UserModes?
    /// Changes in the store's hands, in order, with what asked for them: what leaves must be known exactly.
    private var commits: [Commit] = []
    var isCommitting: Bool { !self.commits.isEmpty }
    /// How often this shard is just taking the session again.
    var takings = 0
    /// Channels that a JOIN without an answer may have taken it into; its end takes it out of them too.
    var uncertainChannels: Set<String> = []
    /// What some of those here have missed and were not told yet, by their numbers.
    private(set) var untold: [UInt32: Missed] = [:]
    /// Those here whose clients are gone while what they asked for goes on, by their numbers.
    private var abandoned: Set<UInt32> = []
    /// What the client that went last had received, whether its attachment has left or not.
    private var lastReceipt: Receipt?
    /// What came before the client of the first attachment knows that the session is there; nil once it does.
    private var early: [Entry]? = []
    /// There was more than is kept.
    private var missedEarly = false
    /// What is to be done once what came so early was told.
    private var afterEarly: [() -> Void] = []
    /// More than anybody is sent in that moment.
    private static let mostEarly = 256

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

    /// The same as a channel's lists have to know it.
    func requester(for channel: ChannelState) -> Requester {
        guard channel.asksForMore else { return self.requester }
        var requester = self.requester
        requester.fingerprint = self.ownFacts?.fingerprint
        requester.channels = Set(self.memberships.filter { $0.isSeenByAll(self.id) }.map(\.key.name))
        return requester
    }

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
        var record = SessionRecord(
            session: self.id,
            user: self.user,
            channels: Set(self.memberships.map(\.key.name)),
            changes: self.changes,
            holds: self.holds,
            facts: self.ownFacts ?? self.facts
        )
        record.mark = self.mark
        record.accountSince = self.requester.accountSince
        record.role = self.role
        record.quarantine = self.quarantine
        return record
    }

    /// Is counted where it is held first, once it is there, as the user is now.
    func recount() {
        let isFirst = self.holds.map { $0.holders.first == self.network.shard.holder } ?? true
        let modes = self.isPresent && isFirst ? self.user.modes : nil
        guard modes != self.counted else { return }
        self.network.census.counts(modes, insteadOf: self.counted)
        self.counted = modes
    }

    // MARK: Attachments

    /// Whether other attachments than one take part, here or elsewhere.
    var isShared: Bool { self.attachments.count > 1 || (self.holds?.holders.count ?? 0) > 1 }

    /// Whether other shards have attachments of it.
    var isElsewhere: Bool { (self.holds?.holders.count ?? 0) > 1 }

    /// The attachment here of this number.
    @inline(__always)
    func attachment(numbered number: UInt32) -> (any Attachment)? {
        for attachment in self.attachments where attachment.number == number { return attachment }
        return nil
    }

    /// The attachment whose command here led to an entry of a log; it may be gone by now.
    ///
    /// Where nobody else ever takes part in the session it is enough that something is under way: operators change it, too.
    func acting(in log: LogKey, by producer: ProducerID) -> (any Attachment)? {
        guard self.holds != nil else { return self.commits.isEmpty ? nil : self.attachments.first }
        guard producer == self.network.store.producer else { return nil }
        return self.commits.first { $0.transaction.changes.contains { $0.log == log } }?.attachment
    }

    /// The store has it; whoever asked for it takes part.
    func began(with attachment: any Attachment, _ missed: Missed? = nil) {
        guard case .claiming = self.stage else { return }
        self.stage = .present
        self.attach(attachment, missed)
    }

    /// One more takes part; ``resume(_:_:_:)`` shows it the channels and has it told of them.
    ///
    /// What comes through the session's log now it is told later, if it missed something: that comes first.
    func attach(_ attachment: any Attachment, _ missed: Missed?) {
        self.attachments.append(attachment)
        self.unweighed.insert(attachment.number)
        self.untold[attachment.number] = missed
        self.weighFacts()
    }

    /// One of those here is kept apart, or not any more.
    ///
    /// - Returns: false if that is as it was.
    func keep(_ attachment: any Attachment, apart quarantine: Quarantine?) -> Bool {
        self.unweighed.remove(attachment.number)
        if self.apart[attachment.number] == quarantine { return false }
        self.apart[attachment.number] = quarantine
        return true
    }

    /// An attachment was told all that it had missed.
    func toldAll(_ attachment: any Attachment) { self.untold[attachment.number] = nil }

    /// Whether its client does not know yet that it is there.
    var isEarly: Bool { self.early != nil }

    /// Keeps what comes too early.
    ///
    /// - Returns: false if it does not.
    func keepsEarly(_ entry: Entry) -> Bool {
        guard let count = self.early?.count else { return false }
        if count < Self.mostEarly { self.early?.append(entry) } else { self.missedEarly = true }
        return true
    }

    /// Passes on what came while the session began or came here; its client knows now that it is there.
    package func tellEarly() {
        let early = self.early
        self.early = nil
        for entry in early ?? [] { self.received(entry) }
        if self.missedEarly { self.tell(.gap) }
        self.missedEarly = false
        let after = self.afterEarly
        self.afterEarly = []
        for body in after { body() }
    }

    /// Goes on once the session is as the store has it, and its client knows that it is there.
    func whenTold(_ body: @escaping () -> Void) {
        if !self.isEarly { body() } else { self.afterEarly.append(body) }
    }

    /// An attachment is told differently from now on.
    package func regroup(_ attachment: any Attachment, _ change: () -> Void) {
        guard self.attachments.contains(where: { $0 === attachment }) else { return change() }
        let told = self.memberships.filter { $0.remove(attachment) }
        change()
        for replica in told { replica.add(attachment) }
    }

    func tell(_ notice: Notice) { for attachment in self.attachments { attachment.tell(notice) } }

    /// An attachment goes: others may stay, here or elsewhere.
    ///
    /// - Parameters:
    ///   - attachment: What goes.
    ///   - reason: What those in its channels are told, if the session ends with it.
    ///   - parting: What becomes of the session, if it was the last.
    ///   - received: What it has received of what it was sent; nil for all of it.
    package func leave(_ attachment: any Attachment, reason: String, parting: Parting, received: Receipt? = nil) {
        guard let place = self.attachments.firstIndex(where: { $0 === attachment }) else { return }
        self.attachments.remove(at: place)
        let told = self.memberships.filter { $0.remove(attachment) }
        let untold = self.untold.removeValue(forKey: attachment.number)
        // What it was told since its client went nobody has heard.
        if self.abandoned.remove(attachment.number) == nil {
            self.lastReceipt = self.receipt(told: told, untold, received)
        }
        self.markers[attachment.number] = nil
        // Who is kept apart says nothing, and a guest who sends no links yet none of those.
        let isSilent =
            parting == .quit && (self.quarantine(of: attachment) != nil || self.leavesWithoutWord(reason))
        let said = isSilent ? "Quit" : reason
        self.apart[attachment.number] = nil
        self.unweighed.remove(attachment.number)
        self.network.monitor.removeAll(for: attachment)
        attachment.slots.giveBack(on: self.network.shard)
        guard self.attachments.isEmpty else {
            self.weighFacts()
            self.weighSecurity()
            return self.weighPresence()
        }
        let parting = self.network.nicks.isDue(self) ? Parting.ended : parting
        // As it is now: what comes while changes are still in the store's hands is told to nobody.
        let departure = Departure(
            reason: said,
            parting: parting,
            received: self.lastReceipt?.time ?? self.network.shard.now,
            places: self.lastReceipt?.places
        )
        switch self.stage {
        case .leaving, .over: return
        case .claiming, .present: break
        }
        self.lastTarget = nil
        self.stage = .leaving(departure)
        self.departIfNothingIsUnderWay()
    }

    /// The client of an attachment is gone, and what it asked for before that is still to be done: until then the attachment stays.
    ///
    /// - Parameters:
    ///   - attachment: One that takes part.
    ///   - received: What its client has received of what it was sent; nil for all of it.
    package func abandon(_ attachment: any Attachment, received: Receipt?) {
        let told = self.memberships.filter { $0.has(attachment) }
        self.lastReceipt = self.receipt(told: told, self.untold[attachment.number], received)
        self.abandoned.insert(attachment.number)
    }

    /// What the last client had received, where none is here or elsewhere any more, as if its attachment had left with it.
    var leftBehind: Receipt? {
        let isAbandoned = self.attachments.allSatisfy { self.abandoned.contains($0.number) }
        return isAbandoned && !self.isElsewhere ? self.lastReceipt : nil
    }

    /// What an attachment was told of up to now, as far as it was received.
    private func receipt(told: [ChannelReplica], _ untold: Missed?, _ received: Receipt?) -> Receipt {
        Receipt(
            time: min(received?.time ?? self.network.shard.now, untold?.received ?? .max),
            places: received.map(\.places) ?? self.places(told: told, untold)
        )
    }

    /// Up to where the last attachment was told of the session's logs; nil if that is not known.
    private func places(told: [ChannelReplica], _ untold: Missed?) -> SessionPlaces? {
        var places = SessionPlaces([:])
        if let untold {
            guard let known = untold.places else { return nil }
            places = known
        } else {
            places.places[""] = SessionPlaces.Place(self.place)
        }
        for replica in told { places.places[replica.key.name] = SessionPlaces.Place(replica.position) }
        return places
    }

    /// The store has it no more: its attachments can only begin anew.
    package func lost() {
        self.holds = nil
        self.endAttachments(
            reason: "Your session ended while this server was cut off, connect again",
            parting: .ended,
            mayReturn: true
        )
    }

    /// Attachments close; where they sign off too and are all that there are, that ends the session.
    ///
    /// - Parameters:
    ///   - reason: What their clients are told.
    ///   - parting: What becomes of the session.
    ///   - mayReturn: Whether their clients are to connect again at once.
    ///   - isMeant: Which of them.
    func endAttachments(
        reason: Phrase,
        parting: Parting,
        mayReturn: Bool = false,
        where isMeant: (any Attachment) -> Bool = { _ in true }
    ) {
        for attachment in self.attachments where isMeant(attachment) {
            attachment.end(reason: reason, parting: parting, mayReturn: mayReturn)
        }
    }

    // MARK: Changes in the store's hands

    func commitBegan(_ transaction: Transaction, by attachment: any Attachment) -> UInt32 {
        self.lastCommit &+= 1
        self.commits.append(Commit(number: self.lastCommit, transaction: transaction, attachment: attachment))
        return self.lastCommit
    }

    /// - `uncertain`: A channel that it may be in since, for all that is known.
    func commitEnded(_ number: UInt32, uncertain: String? = nil) {
        self.commits.removeAll { $0.number == number }
        if let uncertain { self.uncertainChannels.insert(uncertain) }
        self.departIfNothingIsUnderWay()
    }
}

extension [CounterKey] {
    /// Gives all places back.
    mutating func giveBack(on shard: RealmShard) {
        for slot in self { shard.slots.giveBack(slot) }
        self = []
    }
}
