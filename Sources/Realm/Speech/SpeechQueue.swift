import Chat
import DequeModule
import StateStore

/// What a session says, on its way to the store, in order.
///
/// Messages follow each other into the store without waiting for its answers, as long as they rest on the same state: then
/// none can be refused and overtaken by a later one. What rests on something else waits until all have landed.
final class SpeechQueue {
    /// What messages in flight were decided on.
    struct Basis: Equatable {
        let log: LogKey
        let sequence: UInt64
    }

    /// Messages in flight at most.
    private static let limit = 64

    /// What messages to whoever was written to last go into the feed as: most likely the next one goes there too.
    private var pair: (other: SessionID, own: String?, account: String?, label: FeedLabel)?

    /// When the last of those was said, in milliseconds since 1970; 0 if none has landed yet.
    private var lastWritten: Int64 = 0
    /// The same of pairs before.
    private var written = Recent<String, Int64>(limit: 32)

    private(set) var inFlight = 0
    /// The last of them that was echoed from a channel's log.
    var echoed = Position.none
    private var basis: Basis?
    /// Refused ones, in order, until those behind them have been answered too.
    private var refused: [Utterance] = []
    private var waiting = Deque<Utterance>()
    private var isPumping = false
    /// The one whose turn it is, while something is looked up for it.
    private var head: Utterance?

    /// What messages between the session and somebody go into the feed as.
    func label(of session: Session, with found: FoundUser) -> FeedLabel {
        let other = found.identity
        let own = session.requester.user.account
        if let pair, pair.other == other.session, pair.own == own, pair.account == other.account { return pair.label }
        let label = FeedLabel(Conversation.direct(.init(session.party, found.party)).text)
        // Another is written to only once all to the one before have landed.
        if let pair, self.lastWritten > 0 { self.written.set(self.lastWritten, pair.label.text) }
        self.lastWritten = 0
        self.pair = (other.session, own, other.account, label)
        return label
    }

    /// When something was said last to those to whom it was said lately, by conversations: the history may not have it yet.
    var lately: [String: Int64] {
        var all = self.written.all
        if let pair, self.lastWritten > 0 { all[pair.label.text] = self.lastWritten }
        return all
    }

    /// Words to whoever is written to have landed.
    func wrote(at time: Int64) { self.lastWritten = time }

    /// Whether a message that rests on this may go now.
    @inline(__always)
    func mayGo(_ basis: Basis) -> Bool {
        if self.inFlight == 0 { return self.refused.isEmpty }
        return self.refused.isEmpty && self.inFlight < Self.limit && self.basis == basis
    }

    /// Whether a new message has to wait behind others.
    var hasWaiting: Bool { !self.waiting.isEmpty || !self.refused.isEmpty || self.head != nil }

    func wait(_ utterance: Utterance) { self.waiting.append(utterance) }

    /// Whether it is this one's turn: nobody who came before waits.
    func isTurn(of utterance: Utterance) -> Bool {
        if let head { return head === utterance }
        return self.waiting.isEmpty && self.refused.isEmpty
    }

    /// Puts one whose turn it is, and that may not go yet, before all others.
    func putBack(_ utterance: Utterance) {
        if self.head === utterance { self.head = nil }
        self.waiting.prepend(utterance)
    }

    func went(_ utterance: Utterance, _ basis: Basis) {
        self.inFlight += 1
        self.basis = basis
        self.ended(utterance)
    }

    /// It is in the store's hands, or nothing comes of it: the next one's turn.
    func ended(_ utterance: Utterance) { if self.head === utterance { self.head = nil } }

    /// Whether a message was echoed before its answer came.
    func hasEchoed(_ position: Position) -> Bool {
        self.echoed.epoch == position.epoch && self.echoed.sequence >= position.sequence
    }

    func landed() { self.inFlight -= 1 }

    func wasRefused(_ utterance: Utterance) { self.refused.append(utterance) }

    /// Sends what may go now: the refused first, once none is in flight.
    ///
    /// - `go`: Sends one, or puts it before the others again.
    func pump(_ go: (Utterance) -> Void) {
        guard !self.isPumping, self.head == nil else { return }
        self.isPumping = true
        defer { self.isPumping = false }
        while true {
            if self.inFlight == 0, !self.refused.isEmpty {
                for utterance in self.refused.reversed() { self.waiting.prepend(utterance) }
                self.refused = []
            }
            guard self.refused.isEmpty, let next = self.waiting.popFirst() else { return }
            self.head = next
            go(next)
            if self.waiting.first === next {
                // Put back: it waits for those in flight.
                self.head = nil
                return
            }
            if self.head != nil { return }
        }
    }

    /// Nothing more is said.
    func end() {
        self.waiting = []
        self.refused = []
        self.head = nil
    }
}
