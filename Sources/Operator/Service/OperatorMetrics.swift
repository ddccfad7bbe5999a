package import KubeClient
package import Observability
import Synchronization

/// Counts what the operator does; shown by the same listener as the edges' metrics.
package final class OperatorMetrics: Sendable {
    package let registry = MetricsRegistry()
    private let reconciles: CounterFamily
    private let seconds: HistogramFamily
    private let kubeRequests: CounterFamily
    private let scalings: CounterFamily
    private let count = Atomic(0)

    package init() {
        self.reconciles = self.registry.counter(
            "roost_operator_reconcile_total",
            help: "Objects looked at, by kind and result.",
            labels: ["kind", "result"]
        )
        self.seconds = self.registry.histogram(
            "roost_operator_reconcile_seconds",
            help: "How long a look at an object took.",
            bounds: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30]
        )
        self.kubeRequests = self.registry.counter(
            "roost_operator_kube_requests_total",
            help: "Requests to the API server; code 0 is no answer.",
            labels: ["verb", "resource", "code"]
        )
        self.scalings = self.registry.counter(
            "roost_cell_scalings_total",
            help: "Changes of the number of edges.",
            labels: ["cell", "direction"]
        )
    }

    func reconciled(_ kind: String, _ result: String, took: Duration) {
        self.reconciles.add(1, kind, result)
        self.seconds.observe(took)
    }

    /// A request was made to the API server.
    package func requested(_ verb: String, _ resource: KubeResource?, _ code: Int) {
        self.count.add(1, ordering: .relaxed)
        self.kubeRequests.add(1, verb, resource?.plural ?? "", String(code))
    }

    /// How many requests were made.
    package var requests: Int { self.count.load(ordering: .relaxed) }

    func scaled(cell: String, up: Bool) { self.scalings.add(1, cell, up ? "up" : "down") }
}
