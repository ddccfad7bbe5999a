// What is counted as it happens. Safe to update from anywhere; an update is a lookup by labels and an addition under a lock.

/// Values that only grow.
package final class CounterFamily: Sendable {
    let table: SeriesTable<Double>
    private let description: FamilyDescription

    init(_ description: FamilyDescription) {
        self.description = description
        self.table = SeriesTable(0, limit: MetricsRegistry.maximumSeries, hasOne: description.hasOne)
    }

    /// Adds to a value; what is negative or no number is passed over.
    ///
    /// - Parameters:
    ///   - amount: What to add, in the unit that the name states.
    ///   - labels: The values of the labels, in the order in which they were named.
    package func add(_ amount: Double = 1, _ labels: String...) {
        guard amount >= 0, amount.isFinite else { return }
        self.table.cell(self.description.labels(labels)).update { $0 += amount }
    }
}

/// Values that go up and down.
package final class GaugeFamily: Sendable {
    let table: SeriesTable<Double>
    private let description: FamilyDescription

    init(_ description: FamilyDescription) {
        self.description = description
        self.table = SeriesTable(0, limit: MetricsRegistry.maximumSeries, hasOne: description.hasOne)
    }

    /// Sets a value.
    ///
    /// - Parameters:
    ///   - value: In the unit that the name states.
    ///   - labels: The values of the labels, in the order in which they were named.
    package func set(_ value: Double, _ labels: String...) {
        self.table.cell(self.description.labels(labels)).update { $0 = value }
    }

    /// Adds to a value, or takes from it.
    package func add(_ amount: Double, _ labels: String...) {
        self.table.cell(self.description.labels(labels)).update { $0 += amount }
    }

    /// Forgets a set of label values, such as those of a cell that is gone.
    package func remove(_ labels: String...) { self.table.remove(self.description.labels(labels)) }
}

/// How often values came, up to each of some bounds.
package final class HistogramFamily: Sendable {
    /// Upper bounds for times, in seconds, where nothing says others.
    static let usualTimes = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// What came so far.
    struct Counts: Sendable {
        /// One for each bound, and one for what is above all.
        var buckets: [Int]
        var sum = 0.0
    }

    let table: SeriesTable<Counts>
    let bounds: [Double]
    private let description: FamilyDescription

    init(_ description: FamilyDescription, bounds: [Double]) {
        self.description = description
        self.bounds = bounds.sorted()
        self.table = SeriesTable(
            Counts(buckets: Array(repeating: 0, count: bounds.count + 1)),
            limit: MetricsRegistry.maximumHistograms,
            hasOne: description.hasOne
        )
    }

    /// Counts a value.
    ///
    /// - Parameters:
    ///   - value: In the unit that the name states; what is no number is passed over.
    ///   - labels: The values of the labels, in the order in which they were named.
    package func observe(_ value: Double, _ labels: String...) {
        self.observe(value, in: self.table.cell(self.description.labels(labels)))
    }

    /// Counts a time, in seconds.
    ///
    /// - Parameters:
    ///   - time: How long something took.
    ///   - labels: The values of the labels, in the order in which they were named.
    package func observe(_ time: Duration, _ labels: String...) {
        self.observe(time / .seconds(1), in: self.table.cell(self.description.labels(labels)))
    }

    func observe(_ value: Double, in cell: SeriesCell<Counts>) {
        guard value.isFinite else { return }
        let place = self.bounds.firstIndex { value <= $0 } ?? self.bounds.count
        cell.update { counts in
            counts.buckets[place] += 1
            counts.sum += value
        }
    }
}

/// What is said of a family before its values.
struct FamilyDescription: Sendable {
    let name: String
    let help: String
    /// The labels' names, in the order in which values are given.
    var labels: [String] = []
    /// Whether there are no values before the first update: labels are not known, so none is there by itself.
    var isEmptyAtFirst = false

    var hasOne: Bool { self.labels.isEmpty && !self.isEmptyAtFirst }

    /// The labels with values; what is not given is empty.
    func labels(_ values: [String]) -> [MetricLabel] {
        self.labels.enumerated().map { MetricLabel($1, $0 < values.count ? values[$0] : "") }
    }

    func family(_ kind: MetricFamily.Kind, _ samples: [MetricFamily.Sample]) -> MetricFamily {
        MetricFamily(self.name, help: self.help, kind: kind, samples: samples)
    }
}

/// A family that can be shown.
protocol Instrument: Sendable {
    /// All its values now.
    var family: MetricFamily { get }
}

extension CounterFamily: Instrument {
    var family: MetricFamily {
        self.description.family(.counter, self.table.current.map { .init($0.value, labels: $0.labels) })
    }
}

extension GaugeFamily: Instrument {
    var family: MetricFamily {
        self.description.family(.gauge, self.table.current.map { .init($0.value, labels: $0.labels) })
    }
}

extension HistogramFamily: Instrument {
    var family: MetricFamily {
        self.description.family(.histogram, self.table.current.flatMap { self.samples($0.labels, $0.value) })
    }

    private func samples(_ labels: [MetricLabel], _ counts: Counts) -> [MetricFamily.Sample] {
        var samples: [MetricFamily.Sample] = []
        var total = 0
        for (bound, count) in zip(self.bounds + [.infinity], counts.buckets) {
            total += count
            let label = MetricLabel("le", MetricsText.number(bound))
            samples.append(.init(Double(total), suffix: "_bucket", labels: labels + [label]))
        }
        samples.append(.init(counts.sum, suffix: "_sum", labels: labels))
        samples.append(.init(Double(total), suffix: "_count", labels: labels))
        return samples
    }
}
