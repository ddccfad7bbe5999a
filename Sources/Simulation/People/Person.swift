import Chat
import IRC
import StateStore

/// Somebody at a client of one shard: a session, or none yet.
final class Person {
    /// What they call themselves at first.
    let name: String
    let isOperator: Bool
    /// The address behind the cloak.
    let address: String
    let shard: SimulatedShard

    /// The session, while connected.
    var requester: Requester?
    /// Folded names of the channels that the session is in, as far as the shard has heard.
    var memberships: Set<String> = []
    /// How often the user changed.
    var changes: UInt32 = 0
    /// What they asked and what has not begun.
    var waiting: [Command] = []
    /// A change is in the store's hands; the next command waits.
    var isBusy = false
    /// The change is one of the nickname: whoever quits now must know which one is theirs.
    var isRenaming = false
    var messagesInFlight = 0
    /// What the messages in flight rest on.
    var inFlightGuard: MessageGuard?
    /// Messages that the store refused: sent again, in order, once none is in flight.
    var refused: [Command] = []
    /// Messages behind those in flight that rest on something else, so that none overtakes a refused one.
    var heldBack: [Command] = []
    private(set) var lastNumber = 0

    struct MessageGuard: Equatable {
        let log: LogKey
        let changed: UInt64
    }

    init(name: String, isOperator: Bool, address: String, shard: SimulatedShard) {
        self.name = name
        self.isOperator = isOperator
        self.address = address
        self.shard = shard
    }

    func nextNumber() -> Int {
        self.lastNumber += 1
        return self.lastNumber
    }

    /// Forgets the session; the next one is another.
    func disconnected() {
        self.requester = nil
        self.memberships = []
        self.changes = 0
        self.waiting = []
        self.refused = []
        self.heldBack = []
        self.messagesInFlight = 0
        self.inFlightGuard = nil
    }
}
