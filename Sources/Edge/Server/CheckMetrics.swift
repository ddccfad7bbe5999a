import Checks
import Observability
import Realm
import Tenant

/// What `/metrics` shows of the checks of messages: as many series as there are checks, of which each tenant has a bounded number.
enum CheckMetrics {
    static func families(of counts: [TenantID: CheckCounts.Counts]) -> [MetricFamily] {
        let tenants = counts.sorted { $0.key < $1.key }
        return [
            MetricFamily(
                "roost_check_hits_total",
                help:
                    "Messages that a tenant's check was hit by, by what it does; those of a dry run are only counted.",
                kind: .counter,
                samples: tenants.flatMap { tenant, counts in
                    counts.hits.sorted { $0.key.check < $1.key.check }.map { key, count in
                        .init(
                            Double(count),
                            labels: [
                                MetricLabel("tenant", tenant.text), MetricLabel("check", key.check),
                                MetricLabel("action", key.action.rawValue),
                                MetricLabel("dry_run", key.isDry ? "true" : "false"),
                            ]
                        )
                    }
                }
            ),
            MetricFamily(
                "roost_check_searches_cut_total",
                help: "Searches for patterns that ended at their limit, and so found nothing.",
                kind: .counter,
                samples: tenants.map { .init(Double($1.searchesCut), labels: [MetricLabel("tenant", $0.text)]) }
            ),
        ]
    }
}
