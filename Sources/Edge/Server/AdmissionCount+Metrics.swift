// What `/metrics` shows of the admission.

import Observability
import Realm

extension ShardStatistics {
    /// Who was not simply let in.
    ///
    /// Both labels are bounded: by the verdicts and the reasons that there are.
    var admissionFamily: MetricFamily {
        MetricFamily(
            "roost_admission_decisions_total",
            help: "Connections and registrations of accounts that were not simply let in, by what was decided and why.",
            kind: .counter,
            samples: self.admissions.sorted {
                ($0.key.reason.rawValue, $0.key.outcome) < ($1.key.reason.rawValue, $1.key.outcome)
            }
            .map { count, number in
                .init(
                    Double(number),
                    labels: [MetricLabel("outcome", count.outcome), MetricLabel("reason", count.reason.rawValue)]
                )
            }
        )
    }
}
