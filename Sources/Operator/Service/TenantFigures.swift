// How tenants are, as a metric: one that has to do something for itself is its team's matter, many at once are the platform's. Counted
// as statuses change, so that a scrape costs the same however many tenants there are.

import KubeClient
import Observability
import Synchronization
import Tenant

/// How many tenants there are, by cell and by what their condition `Ready` says.
final class TenantFigures: Sendable {
    private struct Key: Hashable {
        let cell: String
        let reason: String
        let severity: String
    }

    private let counts = Mutex<[Key: Int]>([:])

    init() {}

    /// Notes what became of a tenant's object.
    func note(from before: KubeObject?, to now: KubeObject?) {
        let (before, now) = (before.flatMap(Self.key), now.flatMap(Self.key))
        if before == now { return }
        self.counts.withLock { counts in
            if let before, let count = counts[before] { counts[before] = count > 1 ? count - 1 : nil }
            if let now { counts[now, default: 0] += 1 }
        }
    }

    private static func key(_ object: KubeObject) -> Key? {
        let ready = Condition("Ready", of: object)
        return Key(
            cell: object.status["cell"].string ?? "",
            reason: ready?.reason ?? "Unknown",
            severity: ready?.severity.rawValue ?? ConditionSeverity.notice.rawValue
        )
    }

    /// For a scrape.
    var family: MetricFamily {
        let counts = self.counts.withLock { $0 }
        let samples = counts.map { key, count in
            MetricFamily.Sample(
                Double(count),
                labels: [
                    MetricLabel("cell", key.cell), MetricLabel("reason", key.reason),
                    MetricLabel("severity", key.severity),
                ]
            )
        }
        return MetricFamily(
            "roost_tenants",
            help: "Tenants, by the cell that serves them and the reason of their condition Ready.",
            kind: .gauge,
            samples: samples
        )
    }
}
