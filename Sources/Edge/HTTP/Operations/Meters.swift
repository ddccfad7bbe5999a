import Synchronization

/// A counter or gauge with a value for each set of label values; safe to update from anywhere.
package final class Meter: Sendable {
    /// Sets of label values past which new ones are counted together, as `other`: names in labels come from outside.
    package static let maximumSeries = 2000

    private let name: String
    private let help: String
    private let kind: MetricFamily.Kind
    private let labels: [String]
    private let values: Mutex<[[String]: Double]>

    init(_ name: String, help: String, kind: MetricFamily.Kind, labels: [String]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.values = Mutex(labels.isEmpty ? [[]: 0] : [:])
    }

    /// Adds to a value; counters only take what is not negative.
    ///
    /// - Parameters:
    ///   - amount: What to add, in the unit that the name states.
    ///   - labels: The values of the labels, in the order in which they were named.
    package func add(_ amount: Double = 1, _ labels: String...) {
        guard self.kind != .counter || amount >= 0 else { return }
        self.values.withLock { $0[Self.key(labels, self.labels.count, in: $0), default: 0] += amount }
    }

    /// Sets a gauge's value.
    package func set(_ value: Double, _ labels: String...) {
        guard self.kind == .gauge else { return }
        self.values.withLock { $0[Self.key(labels, self.labels.count, in: $0)] = value }
    }

    /// Forgets a set of label values, such as those of a tenant that is gone.
    package func remove(_ labels: String...) {
        self.values.withLock { _ = $0.removeValue(forKey: labels) }
    }

    private static func key(_ given: [String], _ count: Int, in values: [[String]: Double]) -> [String] {
        var key = Array(given.prefix(count))
        while key.count < count { key.append("") }
        guard count > 0, values.count >= Self.maximumSeries, values[key] == nil else { return key }
        return Array(repeating: "other", count: count)
    }

    var family: MetricFamily {
        let values = self.values.withLock { $0 }
        let samples = values.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, value in
            MetricFamily.Sample(value, labels: zip(self.labels, key).map { MetricLabel($0, $1) })
        }
        return MetricFamily(self.name, help: self.help, kind: self.kind, samples: samples)
    }
}

/// Counts values up to bounds; safe to update from anywhere.
package final class Histogram: Sendable {
    private struct State {
        var counts: [Int]
        var sum = 0.0
    }

    private let name: String
    private let help: String
    private let bounds: [Double]
    private let state: Mutex<State>

    init(_ name: String, help: String, bounds: [Double]) {
        self.name = name
        self.help = help
        self.bounds = bounds.sorted()
        self.state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Counts a value, in the unit that the name states.
    package func observe(_ value: Double) {
        let place = self.bounds.firstIndex { value <= $0 } ?? self.bounds.count
        self.state.withLock { state in
            state.counts[place] += 1
            state.sum += value
        }
    }

    var family: MetricFamily {
        let (counts, sum) = self.state.withLock { ($0.counts, $0.sum) }
        var samples: [MetricFamily.Sample] = []
        var total = 0
        for (bound, count) in zip(self.bounds + [.infinity], counts) {
            total += count
            let label = MetricLabel("le", MetricsText.number(bound))
            samples.append(.init(Double(total), suffix: "_bucket", labels: [label]))
        }
        samples.append(.init(sum, suffix: "_sum"))
        samples.append(.init(Double(total), suffix: "_count"))
        return MetricFamily(self.name, help: self.help, kind: .histogram, samples: samples)
    }
}
