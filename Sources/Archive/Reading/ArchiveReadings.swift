package import Observability
import Synchronization

/// How clients' questions to archives ended, for metrics.
package final class ArchiveReadings: Sendable {
    /// How one ended.
    enum Outcome: String, CaseIterable, Sendable {
        /// All that was asked for was looked through.
        case whole
        /// A bound was reached first.
        case cut
        /// Too many asked at once.
        case busy
        /// The store could not be asked, or not in time.
        case failed
    }

    private let counts = Mutex<[Outcome: Int]>([:])

    func ended(_ outcome: Outcome) { self.counts.withLock { $0[outcome, default: 0] += 1 } }

    func count(_ outcome: Outcome) -> Int { self.counts.withLock { $0[outcome] ?? 0 } }

    /// What `/metrics` shows of it.
    package var families: [MetricFamily] {
        let counts = self.counts.withLock { $0 }
        return [
            MetricFamily(
                "roost_archive_readings_total",
                help: "Questions of clients that archives were asked, by how they ended: whole, cut, busy, failed.",
                kind: .counter,
                samples: Outcome.allCases.map {
                    .init(Double(counts[$0] ?? 0), labels: [MetricLabel("outcome", $0.rawValue)])
                }
            )
        ]
    }
}
