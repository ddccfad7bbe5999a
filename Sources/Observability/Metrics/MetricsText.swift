/// Prometheus' text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
package enum MetricsText {
    /// The format's media type.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// Writes families in the order of their names; families of one name are one, with the first's help and kind.
    package static func render(_ families: [MetricFamily]) -> String {
        var text = ""
        var merged: [String: MetricFamily] = [:]
        for family in families { merged[family.name, default: family.emptied].samples += family.samples }
        for family in merged.values.sorted(by: { $0.name < $1.name }) { Self.write(family, to: &text) }
        return text
    }

    private static func write(_ family: MetricFamily, to text: inout String) {
        text += "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n"
        text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
        for sample in family.samples {
            text += family.name
            text += sample.suffix
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
                text += "{\(labels.joined(separator: ","))}"
            }
            text += " \(Self.number(sample.value))\n"
        }
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// A number as the format has it: whole ones without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}

extension MetricFamily {
    fileprivate var emptied: MetricFamily { MetricFamily(self.name, help: self.help, kind: self.kind) }
}
