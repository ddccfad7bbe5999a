import Chat
import IRC
import NIOCore

/// Names a connection on its shard; what handlers hold, so that nothing of the shard leaves it.
struct ConnectionID: Hashable, Sendable {
    let index: Int
    let generation: UInt32
}

/// One client on the wire.
///
/// Belongs to its shard.
///
/// There is one for every idle client: what only some need is optional, and no buffer is kept between bursts.
final class Connection {
    enum Phase {
        /// Waiting for the store to grant a place; nothing is read yet.
        case admitting
        case registering
        case registered
        /// Its end was decided; what is in the outbox is still sent.
        case closing
    }

    let id: ConnectionID
    let channel: any Channel
    let scope: TenantScope
    /// The address as text, without a port.
    let address: String
    /// What limits by address count it as.
    var network: String { ClientNetwork.of(self.address) }
    let isSecure: Bool
    /// The socket, if bytes may be written to it past the channel's pipeline; -1 otherwise.
    private(set) var descriptor: CInt

    var phase = Phase.admitting { didSet { if self.phase == .registered { self.wasRegistered = true } } }
    private(set) var wasRegistered = false
    var capabilities: Capabilities = []
    /// CAP LS was sent with version 302 or later.
    var understandsCapVersion302 = false
    var registration = RegistrationMachine()
    var session: Session?
    var login: LoggedIn?
    var sasl: SASLExchange?

    // Reading
    var inbound = ByteBuffer()
    var framer = LineFramer()
    /// Commands that wait, in order, for the one in hand to end.
    var calls: [Call] = []
    /// How many steps of the command in hand are still under way.
    var stepsUnderWay = 0
    var isProcessing = false
    var isAdvancing = false
    /// Waits for the store to be ready.
    var isStalled = false
    /// The first waiting command waits for messages in flight.
    var isHeldBack = false
    var isReadingPaused = false
    /// The flood control will look again later.
    var isWakePending = false
    var flood: FloodBucket
    /// Messages in the store's hands, and what they were decided on.
    var messagesInFlight = 0
    var inFlightGuard: MessageGuard?
    /// A labelled command that came while messages were in flight, whose echoes are not part of the answer to it.
    var heldMessage: Message?
    /// Messages that were refused, in order, until those behind them have been answered too.
    var refusedMessages: [Call] = []
    var response: LabeledResponse?

    // Writing
    var outbox = ByteBuffer()
    var isDirty = false
    /// Bytes handed to the channel and not yet on the wire.
    var unsentBytes = 0
    var closeReason: String?
    /// Parts of long answers that wait until the client has read enough of what was sent.
    var onDrained: [() -> Void] = []
    /// Bytes on their way to the client.
    var waitingBytes: Int { self.unsentBytes + self.outbox.readableBytes }

    // Time, in the shard's seconds
    let opened: UInt32
    /// When its end was decided.
    var ended: UInt32 = 0
    var lastHeard: UInt32
    var pingSent: UInt32?
    /// Slots to give back at the end.
    var heldSlots: [String] = []

    init(
        id: ConnectionID,
        channel: any Channel,
        scope: TenantScope,
        address: String,
        isSecure: Bool,
        descriptor: CInt,
        flood: FloodBucket,
        now: UInt32
    ) {
        self.id = id
        self.channel = channel
        self.scope = scope
        self.address = address
        self.isSecure = isSecure
        self.descriptor = descriptor
        self.flood = flood
        self.opened = now
        self.lastHeard = now
    }

    /// How the client is addressed in replies: its nickname, or `*` while it has none.
    var nick: String { self.session?.user.nick.raw ?? self.registration.nick?.raw ?? "*" }

    /// Nothing is written past the pipeline any more: the socket is gone.
    func lostSocket() { self.descriptor = -1 }

    var isOpen: Bool { self.phase != .closing }

    /// Whether a command is under way that later ones must wait for.
    var isBusy: Bool {
        self.stepsUnderWay > 0 || !self.calls.isEmpty || self.phase == .admitting || self.heldMessage != nil
    }
}

/// What a message in flight was decided on: a later one may follow before the answer only if it rests on the same.
struct MessageGuard: Equatable {
    let log: String
    let sequence: UInt64
}
