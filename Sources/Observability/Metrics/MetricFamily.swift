/// A metric with all its values at one moment, as Prometheus takes it.
package struct MetricFamily: Hashable, Sendable {
    /// What a value means.
    package enum Kind: String, Hashable, Sendable {
        /// Only grows; its name ends in `_total`.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts of values up to bounds, their sum and their number.
        case histogram
    }

    /// One value.
    package struct Sample: Hashable, Sendable {
        /// What its line's name has after the family's, such as `_bucket`.
        package var suffix: String
        /// Labels and their values, in order.
        package var labels: [MetricLabel]
        /// The value.
        package var value: Double

        package init(_ value: Double, suffix: String = "", labels: [MetricLabel] = []) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    /// The name, such as `roost_messages_total`: letters, digits, `_`; the base unit at the end.
    package let name: String
    /// A sentence on what it means.
    package let help: String
    /// What a value means.
    package let kind: Kind
    /// The values.
    package var samples: [Sample]

    package init(_ name: String, help: String, kind: Kind, samples: [Sample] = []) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }
}

/// A label of a metric with its value.
package struct MetricLabel: Hashable, Comparable, Sendable {
    /// The label: letters, digits, `_`.
    package let name: String
    /// Any text.
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    package static func < (left: MetricLabel, right: MetricLabel) -> Bool {
        (left.name, left.value) < (right.name, right.value)
    }
}
