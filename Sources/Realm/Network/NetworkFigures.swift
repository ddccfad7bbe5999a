import NIOCore
import Synchronization
import Tenant

/// How many of some kinds there are of a network: what is not counted by the store, and what the shards add up for LUSERS.
package struct NetworkFigures: Hashable, Sendable {
    /// Users who are not shown to everybody.
    package var invisible = 0
    package var operators = 0
    /// Connections that have not registered yet.
    package var unregistered = 0

    package init() {}

    package static func + (left: NetworkFigures, right: NetworkFigures) -> NetworkFigures {
        var sum = left
        sum.invisible &+= right.invisible
        sum.operators &+= right.operators
        sum.unregistered &+= right.unregistered
        return sum
    }

    /// As other pods read them.
    ///
    /// - Parameter time: When that was, milliseconds since 1970.
    /// - Returns: A field's value.
    package func bytes(at time: Int64) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeMultipleIntegers(
            time,
            UInt32(clamping: self.invisible),
            UInt32(clamping: self.operators),
            UInt32(clamping: self.unregistered)
        )
        return Array(buffer.readableBytesView)
    }

    /// Reads what ``bytes(at:)`` wrote.
    package static func read(_ bytes: [UInt8]) -> (figures: NetworkFigures, time: Int64)? {
        var buffer = ByteBuffer(bytes: bytes)
        guard
            let (time, invisible, operators, unregistered) = buffer.readMultipleIntegers(
                as: (Int64, UInt32, UInt32, UInt32).self
            )
        else { return nil }
        var figures = NetworkFigures()
        figures.invisible = Int(clamping: invisible)
        figures.operators = Int(clamping: operators)
        figures.unregistered = Int(clamping: unregistered)
        return (figures, time)
    }
}

/// The figures of all networks that a process has, shard by shard, and the most users that are known of each.
package final class ProcessFigures: Sendable {
    private struct Known {
        var shards: [Int: NetworkFigures] = [:]
        var most = 0
    }

    private let known = Mutex<[TenantID: Known]>([:])

    package init() {}

    func set(_ figures: NetworkFigures, of tenant: TenantID, shard: Int) {
        self.known.withLock { $0[tenant, default: Known()].shards[shard] = figures }
    }

    /// Those of all shards.
    func all(of tenant: TenantID) -> NetworkFigures {
        self.known.withLock { $0[tenant]?.shards.values.reduce(NetworkFigures(), +) } ?? NetworkFigures()
    }

    /// There are, or were, so many users.
    ///
    /// - Returns: the most that there ever were, as far as is known.
    func sawUsers(_ count: Int, of tenant: TenantID) -> Int {
        self.known.withLock { known in
            let most = max(count, known[tenant]?.most ?? 0)
            known[tenant, default: Known()].most = most
            return most
        }
    }
}
