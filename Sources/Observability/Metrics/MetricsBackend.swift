// What libraries count with swift-metrics, shown as Prometheus wants it. Our own code uses the registry's instruments, which say
// what they mean.

package import CoreMetrics

/// A backend of swift-metrics that keeps everything in a registry.
///
/// ```swift
/// MetricsSystem.bootstrap(MetricsBackend(registry))
/// ```
/// Dots in names become underscores and units come at the end: a timer `http.request` is shown as the histogram
/// `http_request_seconds`, a counter `http.requests` as `http_requests_total`. A name that another kind has already, or
/// one too many, counts nothing.
package struct MetricsBackend: MetricsFactory {
    /// Upper bounds for sizes and numbers.
    static let amounts = (0...9).map { Double(1 << (2 * $0)) }

    private let registry: MetricsRegistry

    /// - Parameter registry: Where everything is kept, and shown.
    package init(_ registry: MetricsRegistry) { self.registry = registry }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.counter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        self.counter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.gauge(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return self.gauge(label, dimensions) ?? NOOPMetricsHandler.instance }
        return self.histogram(label, dimensions, unit: "", Self.amounts) ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.histogram(label, dimensions, unit: "_seconds", HistogramFamily.usualTimes) ?? NOOPMetricsHandler.instance
    }

    package func destroyCounter(_ handler: any CounterHandler) { (handler as? any Removable)?.remove() }

    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        (handler as? any Removable)?.remove()
    }

    package func destroyMeter(_ handler: any MeterHandler) { (handler as? any Removable)?.remove() }

    package func destroyRecorder(_ handler: any RecorderHandler) { (handler as? any Removable)?.remove() }

    package func destroyTimer(_ handler: any TimerHandler) { (handler as? any Removable)?.remove() }

    // MARK: Handlers

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CountedSeries? {
        let name = MetricName.of(label, unit: "_total")
        let family = self.registry.find(name) { CounterFamily(Self.description(name, label)) }
        return family.map { CountedSeries($0.table, MetricName.labels(dimensions)) }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugedSeries? {
        let name = MetricName.of(label, unit: "")
        let family = self.registry.find(name) { GaugeFamily(Self.description(name, label)) }
        return family.map { GaugedSeries($0.table, MetricName.labels(dimensions)) }
    }

    private func histogram(
        _ label: String,
        _ dimensions: [(String, String)],
        unit: String,
        _ bounds: [Double]
    ) -> RecordedSeries? {
        let name = MetricName.of(label, unit: unit)
        let family = self.registry.find(name) { HistogramFamily(Self.description(name, label), bounds: bounds) }
        return family.map { RecordedSeries($0, MetricName.labels(dimensions)) }
    }

    private static func description(_ name: String, _ label: String) -> FamilyDescription {
        FamilyDescription(name: name, help: "Counted by a library as \(label).", isEmptyAtFirst: true)
    }
}

/// Something whose values need not be shown any more.
private protocol Removable {
    func remove()
}

/// One series of a table, found once.
private struct Series<Value: Sendable>: Removable {
    private let table: SeriesTable<Value>
    private let labels: [MetricLabel]
    let cell: SeriesCell<Value>

    init(_ table: SeriesTable<Value>, _ labels: [MetricLabel]) {
        self.table = table
        self.labels = labels
        self.cell = table.cell(labels)
    }

    func remove() { self.table.remove(self.labels) }
}

private final class CountedSeries: CounterHandler, FloatingPointCounterHandler, Removable {
    private let series: Series<Double>

    init(_ table: SeriesTable<Double>, _ labels: [MetricLabel]) { self.series = Series(table, labels) }

    func increment(by amount: Int64) { self.increment(by: Double(amount)) }

    func increment(by amount: Double) {
        guard amount >= 0, amount.isFinite else { return }
        self.series.cell.update { $0 += amount }
    }

    func reset() { self.series.cell.update { $0 = 0 } }

    func remove() { self.series.remove() }
}

private final class GaugedSeries: MeterHandler, RecorderHandler, Removable {
    private let series: Series<Double>

    init(_ table: SeriesTable<Double>, _ labels: [MetricLabel]) { self.series = Series(table, labels) }

    func set(_ value: Int64) { self.set(Double(value)) }

    func set(_ value: Double) { self.series.cell.update { $0 = value } }

    func increment(by amount: Double) { self.series.cell.update { $0 += amount } }

    func decrement(by amount: Double) { self.series.cell.update { $0 -= amount } }

    func record(_ value: Int64) { self.set(Double(value)) }

    func record(_ value: Double) { self.set(value) }

    func remove() { self.series.remove() }
}

private final class RecordedSeries: RecorderHandler, TimerHandler, Removable {
    private let family: HistogramFamily
    private let series: Series<HistogramFamily.Counts>

    init(_ family: HistogramFamily, _ labels: [MetricLabel]) {
        self.family = family
        self.series = Series(family.table, labels)
    }

    func record(_ value: Int64) { self.record(Double(value)) }

    func record(_ value: Double) { self.family.observe(value, in: self.series.cell) }

    func recordNanoseconds(_ duration: Int64) { self.record(Double(duration) / 1_000_000_000) }

    func remove() { self.series.remove() }
}
