package import StateStore
import Synchronization
import Tenant

/// Puts together what this edge says of itself with its lease.
package final class EdgeFigures: Sendable {
    private struct State {
        var isDraining = false
        var messages: [TenantID: UInt64] = [:]
        var taken = ContinuousClock.now
    }

    private let pod: String
    private let capacity: Int
    private let started: Int64
    private let shards: ShardSet
    private let metrics: EdgeMetrics
    private let utilization = LoopUtilization()
    private let state = Mutex(State())

    /// States what does not change.
    ///
    /// - Parameters:
    ///   - pod: The pod's name.
    ///   - capacity: How many connections it is meant for.
    ///   - started: When it began, milliseconds since 1970.
    ///   - shards: Where its connections are.
    ///   - metrics: Where they are counted.
    package init(pod: String, capacity: Int, started: Int64, shards: ShardSet, metrics: EdgeMetrics) {
        self.pod = pod
        self.capacity = capacity
        self.started = started
        self.shards = shards
        self.metrics = metrics
    }

    /// From now on the figures say that the edge drains.
    package func startDraining() { self.state.withLock { $0.isDraining = true } }

    /// The figures at this moment; rates and shares are those since the call before.
    package func current() async -> PodFigures {
        let utilization = await self.utilization.shares(of: self.shards)
        var statistics = ShardStatistics()
        for shard in self.shards.all { statistics.add(await shard.statistics) }
        let messages = self.metrics.messages
        let (isDraining, rates) = self.state.withLock { state in
            let now = ContinuousClock.now
            let seconds = (now - state.taken) / .seconds(1)
            var rates: [TenantID: Double] = [:]
            for (tenant, count) in messages where seconds > 0 {
                let sent = count &- (state.messages[tenant] ?? 0)
                // Two decimals say enough.
                if sent > 0 { rates[tenant] = (Double(sent) / seconds * 100).rounded() / 100 }
            }
            state.messages = messages
            state.taken = now
            return (state.isDraining, rates)
        }
        var figures = PodFigures(
            pod: self.pod,
            connections: statistics.connections.values.reduce(0, +),
            sessions: statistics.sessions.values.reduce(0, +),
            capacity: self.capacity,
            shards: self.shards.all.count,
            utilization: utilization,
            draining: isDraining,
            version: Product.version,
            started: self.started,
            messagesPerSecond: rates.values.reduce(0, +),
            tenants: statistics.connections
        )
        figures.rates = rates
        return figures
    }

    /// The figures as a lease carries them.
    package func encoded() async -> [UInt8]? { try? await self.current().json() }
}
