/// Names a connection on its shard; what handlers hold, so that nothing of the shard leaves it.
package struct ConnectionID: Hashable, Sendable {
    let index: Int
    let generation: UInt32
}

/// The connections of a shard, each at a place of its own.
final class ConnectionTable {
    private var places: [Connection?] = []
    private var generations: [UInt32] = []
    private var free: [Int] = []
    private(set) var count = 0

    /// The connection of this name; nil if it is gone, whoever has its place now.
    subscript(id: ConnectionID) -> Connection? {
        guard id.index < self.places.count, let connection = self.places[id.index], connection.id == id else {
            return nil
        }
        return connection
    }

    var all: some Sequence<Connection> { self.places.lazy.compactMap { $0 } }

    /// Puts a connection at a free place.
    func insert(_ make: (ConnectionID) -> Connection) -> Connection {
        let index = self.free.popLast() ?? self.places.count
        if index == self.places.count {
            self.places.append(nil)
            self.generations.append(0)
        }
        self.generations[index] &+= 1
        let connection = make(ConnectionID(index: index, generation: self.generations[index]))
        self.places[index] = connection
        self.count += 1
        return connection
    }

    func remove(_ id: ConnectionID) {
        guard self[id] != nil else { return }
        self.places[id.index] = nil
        self.free.append(id.index)
        self.count -= 1
    }

    /// Looks at one of so many connections, another share each time.
    func each(_ part: Int, of parts: Int, _ body: (Connection) -> Void) {
        var index = part
        while index < self.places.count {
            if let connection = self.places[index] { body(connection) }
            index += parts
        }
    }
}
