package import Observability
import Synchronization

/// What becomes of pushes, for metrics; safe to use from anywhere.
package final class PushFigures: Sendable {
    /// How one ended.
    package enum End: String, CaseIterable, Sendable {
        /// The push service has it.
        case sent
        /// The device is no more: it was forgotten.
        case gone
        /// The push service does not want it.
        case refused
        /// The endpoint is where nothing may be sent to: it was forgotten.
        case forbidden
        /// Nobody took it in time.
        case late
        /// Too much waited already.
        case dropped
    }

    private let counts = Mutex<[End: Int]>([:])
    private let retried = Atomic(0)
    private let waitingCount = Atomic(0)

    package init() {}

    func ended(_ end: End) { self.counts.withLock { $0[end, default: 0] += 1 } }

    func willRetry() { self.retried.add(1, ordering: .relaxed) }

    /// How many are on their way.
    package internal(set) var waiting: Int {
        get { self.waitingCount.load(ordering: .relaxed) }
        set { self.waitingCount.store(newValue, ordering: .relaxed) }
    }

    /// How many ended in a way.
    package func count(_ end: End) -> Int { self.counts.withLock { $0[end] ?? 0 } }

    /// What `/metrics` shows of them.
    ///
    /// - Parameter all: Those of each live store.
    /// - Returns: The families, for all together.
    package static func families(of all: [PushFigures]) -> [MetricFamily] {
        func sum(_ value: (PushFigures) -> Int) -> Double { all.reduce(0) { $0 + Double(value($1)) } }
        return [
            MetricFamily(
                "roost_push_total",
                help: "Pushes to devices by how they ended.",
                kind: .counter,
                samples: End.allCases.map { end in
                    .init(sum { $0.count(end) }, labels: [MetricLabel("end", end.rawValue)])
                }
            ),
            MetricFamily(
                "roost_push_retries_total",
                help: "Pushes that were tried again, since the push service did not take them.",
                kind: .counter,
                samples: [.init(sum { $0.retried.load(ordering: .relaxed) })]
            ),
            MetricFamily(
                "roost_push_waiting",
                help: "Pushes on their way.",
                kind: .gauge,
                samples: [.init(sum(\.waiting))]
            ),
        ]
    }
}
