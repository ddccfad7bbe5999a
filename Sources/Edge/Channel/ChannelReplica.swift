import Chat
import IRC
import StateStore

/// A shard's copy of a channel: followed while somebody here is in it, or looked up once for somebody who asks.
final class ChannelReplica {
    let key: LogKey
    private(set) var state: ChannelState {
        didSet { self.membersSpeakFreely = !self.state.restrictsMembers }
    }
    /// Whether there is nothing to look at before a member's message; kept, since it is asked for every message.
    private(set) var membersSpeakFreely: Bool
    /// The last entry that is in the state.
    private(set) var position: Position
    /// The last entry that changed the state; messages do not.
    private(set) var changed: UInt64
    let isFollowed: Bool
    /// Members here, by what their clients understand: each group gets the same bytes.
    private(set) var groups: [DeliveryGroup] = []
    /// Changes of the channel in the store's hands; the next one waits for them instead of being refused.
    var changesUnderWay = 0
    /// Commands that rely on the replica while they wait for something else.
    var pins = 0
    var waiting: [Call] = []

    init(key: LogKey, name: ChannelName, snapshot: Snapshot, isFollowed: Bool) {
        self.key = key
        self.state = ChannelState(name: name, fields: snapshot.chatFields)
        self.membersSpeakFreely = !self.state.restrictsMembers
        self.position = snapshot.position
        self.changed = snapshot.position.sequence
        self.isFollowed = isFollowed
    }

    var exists: Bool { self.position != .none }
    var hasLocalMembers: Bool { !self.groups.isEmpty }
    var isChanging: Bool { self.changesUnderWay > 0 }
    /// Whether nobody here needs it any more.
    var isUnused: Bool { self.groups.isEmpty && !self.isChanging && self.pins == 0 && self.waiting.isEmpty }

    /// Puts an entry into the state; the caller has fanned it out, or will.
    func evolve(_ event: ChannelEvent?, at position: Position) {
        self.position = position
        guard let event else { return }
        if case .message = event { return }
        self.changed = position.sequence
        self.state.evolve(event)
    }

    /// An entry that does not change the state was fanned out.
    func passed(_ position: Position) { self.position = position }

    /// Takes another state altogether, after the log could not be followed entry by entry.
    func replace(with snapshot: Snapshot) {
        self.state = ChannelState(name: self.state.name, fields: snapshot.chatFields)
        self.position = snapshot.position
        self.changed = snapshot.position.sequence
    }

    /// The channel ended: its last member left.
    func dropped() {
        self.state = ChannelState(name: self.state.name, created: 0)
        self.position = .none
        self.changed = 0
    }

    func add(_ session: Session) {
        let connection = session.connection
        if let group = self.groups.first(where: { $0.capabilities == connection.capabilities }) {
            group.connections.append(connection)
        } else {
            self.groups.append(DeliveryGroup(capabilities: connection.capabilities, connections: [connection]))
        }
    }

    func remove(_ session: Session) {
        for (index, group) in self.groups.enumerated() {
            guard let place = group.connections.firstIndex(where: { $0 === session.connection }) else { continue }
            group.connections.swapAt(place, group.connections.count - 1)
            group.connections.removeLast()
            if group.connections.isEmpty { self.groups.remove(at: index) }
            return
        }
    }
}

/// Connections whose clients understand the same.
final class DeliveryGroup {
    let capabilities: Capabilities
    var connections: ContiguousArray<Connection>

    init(capabilities: Capabilities, connections: ContiguousArray<Connection>) {
        self.capabilities = capabilities
        self.connections = connections
    }
}
