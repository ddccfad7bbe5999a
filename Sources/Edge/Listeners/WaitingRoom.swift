import NIOCore
import Synchronization
import Tenant

/// The connections whose clients have not proved anything yet: each costs a descriptor and memory, and says nothing.
///
/// They are bounded by the network that they come from. When descriptors get scarce they are the first to go: of the network
/// that has most of them the one that has waited longest, whose own time would have been over first.
final class WaitingRoom: Sendable {
    fileprivate struct State {
        /// The waiting connections of each network, by the number of their arrival.
        var networks: [String: [UInt64: any Channel]] = [:]
        var arrivals: UInt64 = 0
        var count = 0
        var refused: UInt64 = 0
        var shed: UInt64 = 0
    }

    /// How many of one network may wait at a time.
    private let bound: Int
    private let state = Mutex(State())

    init(bound: Int) { self.bound = max(1, bound) }

    /// How many wait now, were not let in for their network's bound, and had to go to make room.
    var figures: (waiting: Int, refused: UInt64, shed: UInt64) {
        self.state.withLock { ($0.count, $0.refused, $0.shed) }
    }

    /// Lets a connection wait until it leaves its place, or is closed.
    ///
    /// - Parameters:
    ///   - channel: The connection.
    ///   - address: The client's address as text; who has none is trusted, and not counted.
    /// - Returns: Its place; nil if too many of its network wait.
    func enter(_ channel: any Channel, from address: String) -> WaitingPlace? {
        if address.isEmpty { return WaitingPlace {} }
        let network = IPAddress.clientNetwork(of: address)
        let number: UInt64? = self.state.withLock { state in
            guard state.networks[network]?.count ?? 0 < self.bound else {
                state.refused += 1
                return nil
            }
            state.arrivals += 1
            state.count += 1
            state.networks[network, default: [:]][state.arrivals] = channel
            return state.arrivals
        }
        guard let number else { return nil }
        channel.closeFuture.whenComplete { _ in self.leave(number, network) }
        return WaitingPlace { self.leave(number, network) }
    }

    private func leave(_ number: UInt64, _ network: String) {
        self.state.withLock { $0.remove(number, of: network) }
    }

    /// Closes some that wait.
    func shed(_ count: Int) {
        let channels = self.state.withLock { state in
            var channels: [any Channel] = []
            while channels.count < count, let channel = state.removeWorst() { channels.append(channel) }
            state.shed += UInt64(channels.count)
            return channels
        }
        for channel in channels { channel.close(promise: nil) }
    }
}

extension WaitingRoom.State {
    mutating func remove(_ number: UInt64, of network: String) {
        guard self.networks[network]?.removeValue(forKey: number) != nil else { return }
        self.count -= 1
        if self.networks[network]?.isEmpty == true { self.networks[network] = nil }
    }

    mutating func removeWorst() -> (any Channel)? {
        let worst = self.networks.max { first, second in
            (first.value.count, second.value.keys.min() ?? 0) < (second.value.count, first.value.keys.min() ?? 0)
        }
        guard let worst, let oldest = worst.value.min(by: { $0.key < $1.key }) else { return nil }
        self.remove(oldest.key, of: worst.key)
        return oldest.value
    }
}

/// A connection's place among those that wait.
struct WaitingPlace: Sendable {
    /// Its client has proved something: it waits no more.
    let leave: @Sendable () -> Void
}
