import Synchronization

/// All metrics of this process; ``OperationsListener`` shows them.
///
/// What is counted as it happens is a ``Meter`` or a ``Histogram``; what somebody knows anyway is asked for at the scrape.
package final class MetricsRegistry: Sendable {
    private struct State {
        var meters: [Meter] = []
        var histograms: [Histogram] = []
        var collectors: [@Sendable () async -> [MetricFamily]] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Makes a counter.
    ///
    /// - Parameters:
    ///   - name: Ends in `_total`, such as `roost_messages_total`.
    ///   - help: A sentence on what is counted.
    ///   - labels: The labels' names; updates give their values in this order.
    /// - Returns: The counter, at 0.
    package func counter(_ name: String, help: String, labels: [String] = []) -> Meter {
        self.keep(Meter(name, help: help, kind: .counter, labels: labels))
    }

    /// Makes a gauge.
    ///
    /// - Parameters:
    ///   - name: With its base unit at the end, such as `roost_outbox_bytes`.
    ///   - help: A sentence on what it shows.
    ///   - labels: The labels' names; updates give their values in this order.
    /// - Returns: The gauge, at 0.
    package func gauge(_ name: String, help: String, labels: [String] = []) -> Meter {
        self.keep(Meter(name, help: help, kind: .gauge, labels: labels))
    }

    /// Makes a histogram.
    ///
    /// - Parameters:
    ///   - name: With its base unit at the end, such as `roost_append_seconds`.
    ///   - help: A sentence on what is measured.
    ///   - bounds: Upper bounds of the buckets, in the unit; infinity comes by itself.
    /// - Returns: The histogram, empty.
    package func histogram(_ name: String, help: String, bounds: [Double]) -> Histogram {
        let histogram = Histogram(name, help: help, bounds: bounds)
        self.state.withLock { $0.histograms.append(histogram) }
        return histogram
    }

    /// Asks somebody for families at every scrape.
    package func register(_ collector: @escaping @Sendable () async -> [MetricFamily]) {
        self.state.withLock { $0.collectors.append(collector) }
    }

    /// All metrics now, in Prometheus' text format.
    package func render() async -> String {
        let (meters, histograms, collectors) = self.state.withLock { ($0.meters, $0.histograms, $0.collectors) }
        var families = meters.map(\.family) + histograms.map(\.family)
        for collector in collectors { families += await collector() }
        return MetricsText.render(families)
    }

    private func keep(_ meter: Meter) -> Meter {
        self.state.withLock { $0.meters.append(meter) }
        return meter
    }
}
