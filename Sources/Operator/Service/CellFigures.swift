// What the operator knows of cells, as metrics. Only who leads knows: the figures are of one time of leading and go with it, so
// that nobody is woken by what was so when somebody else began to lead.

import KubeClient
import Observability
import Synchronization
import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The figures of the cells in one time of leading.
final class CellFigures: Sendable {
    /// What is known of one cell; what is nil is not known yet, and not shown.
    struct Figures: Sendable {
        /// Edges that the autoscaler wants.
        var desired: Int?
        /// Connections that the edges report.
        var connections: Int?
        /// How much of the feeds history has not acknowledged.
        var feedWaiting: Int?
        /// How its archives are.
        var archives: ArchiveLook?
        /// Tenants whose data should be gone.
        var overdueErasures: Int?
        /// What its status says.
        var conditions: [Condition] = []
        /// When the first of the certificates that its edges use ends.
        var certificates = CertificateEnds()
    }

    private let cells = Mutex<[String: Figures]>([:])

    init() {}

    /// Begins with a cell, if it is a new one.
    func begin(_ cell: String) { self.cells.withLock { $0[cell] = $0[cell] ?? Figures() } }

    /// Forgets a cell that is gone.
    func forget(_ cell: String) { self.cells.withLock { $0[cell] = nil } }

    /// Changes what is known of a cell; of one that is gone, or another's by now, nothing is noted.
    func update(_ cell: String, _ change: (inout Figures) -> Void) {
        self.cells.withLock { cells in
            guard var figures = cells[cell] else { return }
            change(&figures)
            cells[cell] = figures
        }
    }

    /// All of it, for a scrape.
    var families: [MetricFamily] {
        let cells = self.cells.withLock { $0 }.sorted { $0.key < $1.key }
        func gauge(
            _ name: String,
            _ help: String,
            _ values: (Figures) -> [(value: Double, labels: [MetricLabel])]
        ) -> MetricFamily {
            let samples = cells.flatMap { name, figures in
                values(figures).map { MetricFamily.Sample($0.value, labels: [MetricLabel("cell", name)] + $0.labels) }
            }
            return MetricFamily(name, help: help, kind: .gauge, samples: samples)
        }
        func count(_ name: String, _ help: String, _ value: (Figures) -> Int?) -> MetricFamily {
            gauge(name, help) { figures in value(figures).map { [(Double($0), [])] } ?? [] }
        }
        return [
            count("roost_cell_desired_replicas", "Edges that the autoscaler wants.", \.desired),
            count("roost_cell_connections", "Connections that the edges report.", \.connections),
            count("roost_cell_feed_waiting", "What of a cell's feeds history has not acknowledged.", \.feedWaiting),
            count(
                "roost_cell_overdue_erasures",
                "Tenants whose data should be erased from a cell for ten minutes or longer, and is not.",
                \.overdueErasures
            ),
            gauge(
                "roost_archive_lag_seconds",
                "How long the oldest record of a cell that is to be archived has waited."
            ) { figures in figures.archives.map { [($0.lag, [])] } ?? [] },
            gauge("roost_archive_tenants_not_ready", "Tenants whose archive is not as it should be, by reason.") {
                figures in
                (figures.archives?.notReady ?? [:]).sorted { $0.key < $1.key }
                    .map { (Double($0.value), [MetricLabel("reason", $0.key)]) }
            },
            gauge("roost_cell_condition", "1 for each condition of a cell as it is now.") { figures in
                figures.conditions.map(\.sample)
            },
            gauge(
                "roost_cell_certificate_end_timestamp_seconds",
                "When the first certificate that edges use ends, since 1970: the cell's own, or one of its tenants'."
            ) { $0.certificates.samples },
        ]
    }
}

/// When the first of a cell's certificates ends; nil where there is none.
struct CertificateEnds: Sendable, Hashable {
    /// The cell's own.
    var own: Date?
    /// The first of those of its tenants.
    var tenants: Date?

    init(own: Date? = nil, tenants: Date? = nil) {
        self.own = own
        self.tenants = tenants
    }

    fileprivate var samples: [(value: Double, labels: [MetricLabel])] {
        [("cell", self.own), ("tenants", self.tenants)].compactMap { whose, end in
            end.map { ($0.timeIntervalSince1970, [MetricLabel("of", whose)]) }
        }
    }
}

extension Condition {
    /// Its labels are of fixed words: types, reasons and what the table of conditions makes of them.
    fileprivate var sample: (value: Double, labels: [MetricLabel]) {
        let labels = [
            MetricLabel("type", self.type), MetricLabel("status", self.status.rawValue),
            MetricLabel("reason", self.reason), MetricLabel("severity", self.severity.rawValue),
        ]
        return (1, labels)
    }
}
