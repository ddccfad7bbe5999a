import Dispatch
import Numbers
import Synchronization
import Tenant

/// How many requests of a kind each address may send: sixty at once, and one more each second.
///
/// Each process counts for itself: this keeps one client from having an edge work all the time, and is no quota. It asks no store,
/// since what asks one for each request would carry a flood there.
package final class RequestPace: Sendable {
    /// What came from one network of clients, and is not over yet.
    private struct Level {
        /// How many requests, as of `at`.
        var requests: Double
        var at: UInt64

        /// How many still count.
        func left(_ now: UInt64) -> Double {
            max(0, self.requests - Double(now &- self.at) / 1e9 * RequestPace.perSecond)
        }
    }

    /// How many may come at once.
    package static let burst = 60
    private static let perSecond = 1.0
    /// Of how many networks something is remembered; then those are forgotten that sent least.
    private static let most = 10_000

    private let uptime: @Sendable () -> UInt64
    private let levels = Mutex<[String: Level]>([:])

    /// Nothing has come yet.
    ///
    /// - Parameter uptime: Nanoseconds of a clock that only goes on.
    package init(uptime: @escaping @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds }) {
        self.uptime = uptime
    }

    /// Counts a request, or has it wait.
    ///
    /// - Parameter address: The client's address as text; who has none is trusted, and not counted.
    /// - Returns: After how many seconds it may come again; nil if it may be answered now.
    package func wait(from address: String) -> Int? {
        if address.isEmpty { return nil }
        let (network, now) = (IPAddress.clientNetwork(of: address), self.uptime())
        return self.levels.withLock { levels in
            let left = levels[network]?.left(now) ?? 0
            // What is refused does not count, or who asks all the time would never be answered.
            if left + 1 > Double(Self.burst) {
                return Int(saturating: ((left + 1 - Double(Self.burst)) / Self.perSecond).rounded(.up))
            }
            if levels[network] == nil, levels.count >= Self.most { Self.makeRoom(&levels, now) }
            levels[network] = Level(requests: left + 1, at: now)
            return nil
        }
    }

    /// Forgets what is over, and a tenth of all at least: those that sent least.
    private static func makeRoom(_ levels: inout [String: Level], _ now: UInt64) {
        levels = levels.filter { $0.value.left(now) > 0 }
        let room = Self.most / 10
        guard levels.count > Self.most - room else { return }
        let least = levels.map { (network: $0.key, left: $0.value.left(now)) }.sorted { $0.left < $1.left }
        for (network, _) in least.prefix(levels.count - (Self.most - room)) { levels[network] = nil }
    }
}
