package import Observability
import Synchronization

/// What becomes of mail, for metrics; safe to use from anywhere.
package final class MailFigures: Sendable {
    /// How an attempt ended.
    package enum End: String, CaseIterable, Sendable {
        /// The server has it.
        case sent
        /// The server does not want it: it is not tried again.
        case refused
        /// It is tried again later.
        case deferred
    }

    private let counts = Mutex<[End: Int]>([:])
    private let waitingCount = Atomic(0)

    package init() {}

    func ended(_ end: End) { self.counts.withLock { $0[end, default: 0] += 1 } }

    /// How many wait to be sent, when they were counted last.
    package internal(set) var waiting: Int {
        get { self.waitingCount.load(ordering: .relaxed) }
        set { self.waitingCount.store(newValue, ordering: .relaxed) }
    }

    /// How many attempts ended in a way.
    package func count(_ end: End) -> Int { self.counts.withLock { $0[end] ?? 0 } }

    /// What `/metrics` shows of them.
    package var families: [MetricFamily] {
        [
            MetricFamily(
                "roost_mail_total",
                help: "Attempts to hand a mail over to the mail server by how they ended.",
                kind: .counter,
                samples: End.allCases.map { end in
                    .init(Double(self.count(end)), labels: [MetricLabel("end", end.rawValue)])
                }
            ),
            MetricFamily(
                "roost_mail_waiting",
                help: "Mails that wait to be sent, over all edges of the cell.",
                kind: .gauge,
                samples: [.init(Double(self.waiting))]
            ),
        ]
    }
}
