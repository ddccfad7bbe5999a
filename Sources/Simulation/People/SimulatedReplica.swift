import Chat
import IRC
import StateStore

/// A shard's copy of a channel, kept as an edge keeps it.
final class SimulatedReplica {
    let key: LogKey
    let isFollowed: Bool
    private(set) var state: ChannelState
    private(set) var position: Position
    /// The last entry that changed the state.
    private(set) var changed: UInt64
    /// Where in the log's history the next entry stands.
    var next: Int
    /// Commands that rest on it and have not ended.
    var uses = 0

    init(key: LogKey, name: ChannelName, snapshot: Snapshot, next: Int, isFollowed: Bool) {
        self.key = key
        self.isFollowed = isFollowed
        self.state = ChannelState(name: name, fields: snapshot.chatFields)
        self.position = snapshot.position
        self.changed = snapshot.position.sequence
        self.next = next
    }

    var exists: Bool { self.position != .none }

    func evolve(_ event: ChannelEvent, at position: Position) {
        self.position = position
        if case .message = event { return }
        self.changed = position.sequence
        self.state.evolve(event)
        if self.state.members.isEmpty, !self.state.modes.contains(.registered) {
            self.state = ChannelState(name: self.state.name, created: 0)
            self.position = .none
            self.changed = 0
        }
    }
}
