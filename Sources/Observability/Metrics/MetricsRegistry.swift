import Synchronization

/// All metrics of this process, for whoever shows them.
///
/// What is counted as it happens is a ``CounterFamily``, a ``GaugeFamily`` or a ``HistogramFamily``; what somebody knows
/// anyway is asked for at the scrape. What libraries count by swift-metrics comes in through a ``MetricsBackend``.
package final class MetricsRegistry: Sendable {
    /// Sets of label values of a counter or gauge past which new ones are counted together, as `other`: names in labels
    /// come from outside.
    package static let maximumSeries = 2000
    /// The same of a histogram, which has a line for each of its bounds.
    package static let maximumHistograms = 200
    /// Names past which new ones are not taken: those that libraries make up.
    package static let maximumFamilies = 500

    private struct State {
        var instruments: [String: any Instrument] = [:]
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
    /// - Returns: The counter, at 0; the same one whenever it is asked for by this name.
    package func counter(_ name: String, help: String, labels: [String] = []) -> CounterFamily {
        let description = FamilyDescription(name: name, help: help, labels: labels)
        return self.find(name) { CounterFamily(description) } ?? CounterFamily(description)
    }

    /// Makes a gauge.
    ///
    /// - Parameters:
    ///   - name: With its base unit at the end, such as `roost_outbox_bytes`.
    ///   - help: A sentence on what it shows.
    ///   - labels: The labels' names; updates give their values in this order.
    /// - Returns: The gauge, at 0; the same one whenever it is asked for by this name.
    package func gauge(_ name: String, help: String, labels: [String] = []) -> GaugeFamily {
        let description = FamilyDescription(name: name, help: help, labels: labels)
        return self.find(name) { GaugeFamily(description) } ?? GaugeFamily(description)
    }

    /// Makes a histogram.
    ///
    /// - Parameters:
    ///   - name: With its base unit at the end, such as `roost_append_seconds`.
    ///   - help: A sentence on what is measured.
    ///   - labels: The labels' names; updates give their values in this order.
    ///   - bounds: Upper bounds of the buckets, in the unit; infinity comes by itself.
    /// - Returns: The histogram, empty; the same one whenever it is asked for by this name.
    package func histogram(
        _ name: String,
        help: String,
        labels: [String] = [],
        bounds: [Double]
    ) -> HistogramFamily {
        let description = FamilyDescription(name: name, help: help, labels: labels)
        return self.find(name) { HistogramFamily(description, bounds: bounds) }
            ?? HistogramFamily(description, bounds: bounds)
    }

    /// Asks somebody for families at every scrape.
    package func register(_ collector: @escaping @Sendable () async -> [MetricFamily]) {
        self.state.withLock { $0.collectors.append(collector) }
    }

    /// All metrics now, in Prometheus' text format.
    package func render() async -> String {
        let (instruments, collectors) = self.state.withLock { ($0.instruments, $0.collectors) }
        var families = instruments.values.map(\.family)
        for collector in collectors { families += await collector() }
        return MetricsText.render(families)
    }

    /// The instrument of a name, made if there is none.
    ///
    /// - Returns: nil if the name is another kind's, or there are too many.
    func find<Kind: Instrument>(_ name: String, _ make: () -> Kind) -> Kind? {
        self.state.withLock { state in
            if let known = state.instruments[name] { return known as? Kind }
            guard state.instruments.count < Self.maximumFamilies else { return nil }
            let instrument = make()
            state.instruments[name] = instrument
            return instrument
        }
    }
}
