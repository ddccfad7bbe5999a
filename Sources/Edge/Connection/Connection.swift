package import Chat
import IRC
import Logging
import NIOCore
package import Realm
package import StateStore
import Tenant

/// One client on the wire: what takes part in a session by the IRC protocol.
///
/// There is one for every idle client: what only some need is optional, and no buffer is kept between bursts.
package final class Connection {
    enum Phase {
        /// Waiting for the network to let it in; no line is handled yet.
        case admitting
        case registering
        case registered
        /// Its end was decided; what is in the outbox is still sent. The second in which that was.
        case closing(since: UInt32)
    }

    let id: ConnectionID
    let clients: ShardClients
    private(set) var wire: any Wire
    let network: Network
    package private(set) var facts: UserFacts
    package let number: UInt32
    package let kind: AttachedClient.Kind
    package let agent: String?
    package var isUnattended = false
    package var isProven = false
    package var needsAccount = false
    /// What AWAY said before registration.
    var earlyPresence: Presence?
    /// What METADATA said before registration.
    var earlyMetadata = Metadata()
    /// The keys of metadata of which it is told.
    var subscriptions: [String] = []
    package var slots: [CounterKey] = []
    package var monitored: [String: String] = [:]
    /// Called once, when it has registered.
    private var becameKnown: (() -> Void)?
    /// The socket, if bytes may be written to it past the pipeline; -1 otherwise, and once it is gone.
    private(set) var descriptor: CInt

    private(set) var phase = Phase.admitting
    private(set) var capabilities: Capabilities = []
    /// Which ranks it is shown.
    private(set) var ranks: VisibleRanks
    /// CAP LS was sent with version 302 or later.
    var understandsCapVersion302 = false
    /// In which languages its client wants what the server says, the first before the others; none for the network's.
    var languages: [Language] = []
    var registration = RegistrationMachine()
    package private(set) var session: Session?
    package var login: LoggedIn?
    var sasl: SASLExchange?
    /// It asked to be nobody (SASL ANONYMOUS).
    var isAnonymous = false
    /// Called once, when its session has the account of a log-in, before what else that changes is told.
    var accountHeld: (() -> Void)?
    /// The place in a session that it takes again.
    var resumption: Resumption?
    /// How often it has said that somebody is typing; nil as long as it never has.
    var typing: TypingPace?
    /// How often it has sent what its tenant limits; nil as long as it never has.
    var pace: CommandPace?
    /// What it asked to be played back last.
    var playback: Playback.Request?
    /// When it was told how to come back, in the shard's seconds.
    var tokenGiven: UInt32?

    var reading: Reading
    var commands = CommandsInHand()
    var writing = Writing()
    /// The answer to the labelled command in hand.
    var answer: LabeledAnswer?
    /// When the wire went before all was done, in the shard's seconds.
    private(set) var vanished: UInt32?
    /// Why it broke, if it did.
    var brokeBecause: String?

    // Time, in the shard's seconds
    let opened: UInt32
    var lastHeard: UInt32
    var pingSent: UInt32?

    init(id: ConnectionID, clients: ShardClients, arrival: Arrival, network: Network) {
        self.id = id
        self.clients = clients
        self.wire = arrival.wire
        self.network = network
        self.ranks = network.ranks
        self.facts = UserFacts(
            address: arrival.address,
            isSecure: arrival.isSecure,
            fingerprint: arrival.fingerprint
        )
        self.number = UInt32(truncatingIfNeeded: clients.environment.realm.random()) | 1
        (self.kind, self.agent) = (arrival.kind, arrival.agent)
        self.becameKnown = arrival.becameKnown
        self.descriptor = arrival.wire.descriptor
        let limits = clients.limits
        self.reading = Reading(
            flood: FloodBucket(
                burst: limits.floodBurst,
                rate: limits.floodRate,
                now: clients.loop.now.uptimeNanoseconds
            )
        )
        self.opened = clients.realm.seconds
        self.lastHeard = clients.realm.seconds
    }

    package var since: Int64 {
        self.clients.realm.now - Int64(self.clients.realm.seconds &- self.opened) * 1000
    }

    /// The address as text, without a port.
    var address: String { self.facts.address }

    /// What limits by address count it as.
    private(set) lazy var origin = IPAddress.clientNetwork(of: self.address)

    /// It is a gateway's, for a client elsewhere, whose way to the gateway was encrypted or not.
    func speaks(for address: String, isSecure: Bool) {
        // The certificate that was shown is the gateway's.
        self.facts = UserFacts(address: address, isSecure: self.facts.isSecure && isSecure)
        self.origin = IPAddress.clientNetwork(of: address)
    }

    /// How the client is addressed in replies: its nickname, or `*` while it has none.
    var nick: String { self.session?.user.nick.raw ?? self.registration.nick?.raw ?? "*" }

    var isOpen: Bool { if case .closing = self.phase { false } else { true } }

    var isRegistered: Bool { if case .registered = self.phase { true } else { false } }

    // MARK: Its life

    /// The network lets it in, to register.
    func admitted() {
        guard case .admitting = self.phase else { return }
        self.phase = .registering
        self.reading.release(.admission)
        self.clients.dispatcher.process(self)
    }

    /// Its session has begun.
    func registered(_ session: Session) {
        self.session = session
        self.phase = .registered
        // It is told nothing of this any more.
        if self.vanished != nil { session.abandon(self, received: nil) }
        self.registration.completed()
        self.becameKnown?()
        self.becameKnown = nil
        self.endedWaiting()
        self.log(.debug, "registered")
    }

    /// It is none of those any more that have not registered.
    private func endedWaiting() {
        self.clients.clock.endedWaiting()
        self.network.counts(unregistered: -1)
    }

    /// Ends the connection from this side, with a reason that its client is told, and its peers if its session ends.
    ///
    /// - Parameters:
    ///   - reason: What is told.
    ///   - parting: What becomes of the session.
    ///   - mayReturn: Whether its client is to connect again at once: an ERROR has some give up for good.
    ///   - told: Whether it is what the command in hand led to.
    func close(_ reason: Phrase, parting: Parting = .lost, mayReturn: Bool = false, _ told: Told = .news) {
        guard self.isOpen else { return }
        if told == .news { self.breakOffAnswer() }
        let name = self.address.isEmpty ? "*" : self.nick
        if mayReturn {
            self.standardReply(.note, command: "*", code: "GOING_AWAY", reason)
            self.wire.goAway()
        } else {
            let text = reason.text(in: self.language)
            self.write(told) { writer in
                writer.message(
                    command: "ERROR",
                    parameters: ["Closing Link: \(name) (\(text))"],
                    forcesTrailing: true
                )
            }
        }
        self.breakOffAnswer()
        self.leave(reason.english, parting: parting)
        if self.writing.isEmpty { self.wire.close() }
    }

    /// The wire is gone, and there is still something to be done of what came before that.
    func linger() {
        self.descriptor = -1
        self.vanished = self.clients.realm.seconds
        self.session?.abandon(self, received: self.receipt)
        let (id, clients) = (self.id, self.clients)
        self.wire = VanishedWire { clients.closed(id) }
    }

    /// Whether something that came before has not even begun: what is in the store's hands ends by itself.
    var hasUnbegun: Bool {
        self.reading.hasLines || self.commands.hasUnbegun || self.session?.hasWaitingSpeech == true
    }

    /// Whether something that came before is not done yet.
    var hasUnfinished: Bool {
        !self.reading.isFree || self.reading.hasLines || self.commands.isBusy || self.commands.messages > 0
    }

    /// The wire is gone, and with it the connection.
    func closed() {
        if self.isOpen { self.leave(self.brokeBecause ?? "Connection closed", parting: .lost) }
        self.descriptor = -1
    }

    private func leave(_ reason: String, parting: Parting) {
        if !self.isRegistered { self.endedWaiting() }
        self.phase = .closing(since: self.clients.realm.seconds)
        self.commands.end()
        let held = self.writing.end()
        if !held.isEmpty {
            let held = NIOLoopBound(held, eventLoop: self.clients.loop)
            self.clients.loop.execute { for goOn in held.value { goOn() } }
        }
        self.reading.end()
        let session = self.session
        session?.leave(self, reason: reason, parting: parting, received: self.receipt)
    }

    /// What the client is known to have received of what it was sent; nil for all of it.
    private var receipt: Receipt? {
        // What a client that fell silent or does not read was sent since may lie in its socket.
        guard self.pingSent != nil || self.isBehind else { return nil }
        let silence = Int64(self.clients.realm.seconds &- self.lastHeard)
        return Receipt(upTo: self.clients.realm.now - silence * 1000)
    }

    /// The client is told differently from now on, in its channels too.
    func set(_ capabilities: Capabilities) {
        guard self.isOpen, capabilities != self.capabilities else { return }
        self.regroup { self.capabilities = capabilities }
    }

    /// The client is shown other ranks from now on.
    func set(_ ranks: VisibleRanks) {
        guard self.isOpen, ranks != self.ranks else { return }
        self.regroup { self.ranks = ranks }
    }

    private func regroup(_ change: () -> Void) {
        if let session { session.regroup(self, change) } else { change() }
    }

    // MARK: Log

    /// Its id in this process.
    package var label: String { "\(self.clients.realm.number)-\(self.id.index)-\(self.id.generation)" }

    /// Logs something of the connection, with its tenant and its id in this process: never what anybody said, an address or
    /// a secret.
    func log(
        _ level: Logger.Level,
        _ message: @autoclosure () -> Logger.Message,
        _ metadata: @autoclosure () -> Logger.Metadata = [:]
    ) {
        let logger = self.clients.realm.logger
        guard level >= logger.logLevel else { return }
        var all: Logger.Metadata = [
            "tenant": "\(self.network.id)",
            "connection": "\(self.label)",
        ]
        if let account = self.login?.account { all["account"] = "\(account)" }
        all.merge(metadata()) { _, new in new }
        logger.log(level: level, message(), metadata: all)
    }
}
