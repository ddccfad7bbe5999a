package import Metering
package import Observability
package import Realm
import Synchronization
package import Tenant

/// What `/metrics` shows of an edge: usage by tenant, passed on to the meters as it comes, and what its shards count.
///
/// The label `tenant` is bounded by the tenants there are; nothing is labelled by channel, user or address.
package final class EdgeMetrics: UsageSink {
    private struct Total {
        var usage = UsageDelta()
        var connections: [Int: Int] = [:]
    }

    private let next: any UsageSink
    private let utilization = LoopUtilization()
    private let totals = Mutex<[TenantID: Total]>([:])

    /// - `next`: gets every report too.
    package init(next: any UsageSink) { self.next = next }

    package func report(_ delta: UsageDelta, of tenant: TenantID, shard: Int) {
        self.totals.withLock { totals in
            var total = totals[tenant] ?? Total()
            total.usage.addCounts(of: delta)
            total.connections[shard] = delta.connections
            totals[tenant] = total
        }
        self.next.report(delta, of: tenant, shard: shard)
    }

    /// The messages of each tenant that were accepted so far.
    var messages: [TenantID: UInt64] { self.totals.withLock { $0.mapValues { UInt64($0.usage.messages) } } }

    /// The families at this moment.
    package func families(of shards: ShardSet) async -> [MetricFamily] {
        var families = self.usageFamilies()
        var sum = ShardStatistics()
        for shard in shards.all { sum.add(await shard.statistics) }
        families += [
            MetricFamily(
                "roost_bad_input_total",
                help: "Lines that were no messages, too long or not UTF-8.",
                kind: .counter,
                samples: [.init(Double(sum.badInput))]
            ),
            MetricFamily(
                "roost_slow_readers_closed_total",
                help: "Connections closed because they did not read.",
                kind: .counter,
                samples: [.init(Double(sum.slowReaders))]
            ),
            MetricFamily(
                "roost_store_failures_total",
                help: "Commands that the store could not carry out.",
                kind: .counter,
                samples: [.init(Double(sum.storeFailures))]
            ),
            MetricFamily(
                "roost_remembered_logins_total",
                help: "Log-ins that were let in by what was remembered of them, since accounts could not be read.",
                kind: .counter,
                samples: [.init(Double(sum.rememberedLogins))]
            ),
            sum.admissionFamily,
            MetricFamily(
                "roost_followed_channels",
                help: "Channels with members on this edge, by shard.",
                kind: .gauge,
                samples: [.init(Double(sum.channels))]
            ),
            MetricFamily(
                "roost_sessions",
                help: "Registered sessions on this edge; those that wait for a connection are not among them.",
                kind: .gauge,
                samples: sum.sessions.sorted { $0.key < $1.key }.map {
                    .init(Double($0.value), labels: [MetricLabel("tenant", $0.key.text)])
                }
            ),
            MetricFamily(
                "roost_event_loop_utilization",
                help: "Share of the time since the last scrape in which a shard's event loop was busy.",
                kind: .gauge,
                samples: await self.utilization.shares(of: shards).enumerated().map { shard, share in
                    .init(share, labels: [MetricLabel("shard", "\(shard)")])
                }
            ),
        ]
        return families + CheckMetrics.families(of: await shards.all.first?.checkCounts ?? [:])
    }

    private func usageFamilies() -> [MetricFamily] {
        let totals = self.totals.withLock { $0 }.sorted { $0.key < $1.key }
        func family(
            _ name: String,
            _ help: String,
            _ kind: MetricFamily.Kind,
            _ value: (Total) -> Double
        ) -> MetricFamily {
            MetricFamily(
                name,
                help: help,
                kind: kind,
                samples: totals.map { .init(value($0.value), labels: [MetricLabel("tenant", $0.key.text)]) }
            )
        }
        return [
            family("roost_connections", "Connections open now.", .gauge) { Double($0.connections.values.reduce(0, +)) }
        ]
            + Meter.allCases.compactMap { meter in
                guard let metric = meter.row.metric, let count = meter.row.count else { return nil }
                return family(metric.name, metric.help, .counter) { Double($0.usage[keyPath: count]) }
            }
    }
}

/// What a shard counts besides usage.
package struct ShardStatistics: Sendable, Hashable {
    package var badInput: UInt64 = 0
    package var slowReaders: UInt64 = 0
    package var storeFailures: UInt64 = 0
    package var rememberedLogins: UInt64 = 0
    /// Who was not simply let in, by what was decided and why.
    package var admissions: [AdmissionCount: UInt64] = [:]
    package var channels = 0
    /// Sessions of each tenant that has any with a connection here.
    package var sessions: [TenantID: Int] = [:]
    /// Connections of each tenant that has any, registered or not.
    package var connections: [TenantID: Int] = [:]

    package init() {}

    mutating func add(_ other: ShardStatistics) {
        self.badInput += other.badInput
        self.slowReaders += other.slowReaders
        self.storeFailures += other.storeFailures
        self.rememberedLogins += other.rememberedLogins
        self.admissions.merge(other.admissions) { $0 + $1 }
        self.channels += other.channels
        self.sessions.merge(other.sessions) { $0 + $1 }
        self.connections.merge(other.connections) { $0 + $1 }
    }
}
