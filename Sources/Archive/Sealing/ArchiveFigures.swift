package import Observability
import StateStore
import Synchronization

/// What a worker did for archives, for metrics.
package final class ArchiveFigures: Sendable {
    private struct Counts {
        var sealed = 0
        var closed = 0
        var expired = 0
        var waiting = 0
        var lag: Int64 = 0
        var failures: [String: Int] = [:]
    }

    private let counts = Mutex(Counts())

    func saw(_ work: ArchiveWork) {
        self.counts.withLock { counts in
            counts.waiting = work.records
            counts.lag = work.oldest.map { max(0, work.now - $0) } ?? 0
        }
    }

    func sealed() { self.counts.withLock { $0.sealed += 1 } }
    func closed() { self.counts.withLock { $0.closed += 1 } }
    func expired(_ count: Int) { self.counts.withLock { $0.expired += count } }
    func failed(_ reason: String) { self.counts.withLock { $0.failures[reason, default: 0] += 1 } }

    /// What `/metrics` shows of it.
    package var families: [MetricFamily] {
        let counts = self.counts.withLock { $0 }
        return [
            MetricFamily(
                "roost_archive_waiting",
                help: "Lines of all tenants that are in no segment yet, as of the last look.",
                kind: .gauge,
                samples: [.init(Double(counts.waiting))]
            ),
            MetricFamily(
                "roost_archive_lag_seconds",
                help: "For how long the line that waits longest has waited, as of the last look.",
                kind: .gauge,
                samples: [.init(Double(counts.lag) / 1000)]
            ),
            MetricFamily(
                "roost_archive_segments_sealed_total",
                help: "Segments that were put into the bucket.",
                kind: .counter,
                samples: [.init(Double(counts.sealed))]
            ),
            MetricFamily(
                "roost_archive_manifests_total",
                help: "Manifests of days that were put into the bucket.",
                kind: .counter,
                samples: [.init(Double(counts.closed))]
            ),
            MetricFamily(
                "roost_archive_segments_destroyed_total",
                help: "Segments that were older than their tenant keeps them, and are gone.",
                kind: .counter,
                samples: [.init(Double(counts.expired))]
            ),
            MetricFamily(
                "roost_archive_failures_total",
                help: "Turns of tenants that failed, by reason.",
                kind: .counter,
                samples: counts.failures.sorted { $0.key < $1.key }.map {
                    .init(Double($0.value), labels: [MetricLabel("reason", $0.key)])
                }
            ),
        ]
    }
}
