/// Names as Prometheus takes them (https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels): letters, digits
/// and `_`, no digit first.
enum MetricName {
    /// A metric's name, from any text.
    ///
    /// - Parameters:
    ///   - label: The text, such as `http.server.requests`.
    ///   - unit: What the name ends with, such as `_seconds`.
    /// - Returns: The name, with the unit once.
    static func of(_ label: String, unit: String) -> String {
        let name = Self.valid(label)
        return name.hasSuffix(unit) ? name : name + unit
    }

    /// Labels in the order of their names, from any texts; of one name the last counts.
    static func labels(_ dimensions: [(String, String)]) -> [MetricLabel] {
        var labels: [String: String] = [:]
        for (name, value) in dimensions {
            // A histogram's own.
            labels[name == "le" ? "le_" : Self.valid(name)] = value
        }
        return labels.sorted { $0.key < $1.key }.map { MetricLabel($0.key, $0.value) }
    }

    private static func valid(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar in
            let isKept = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isKept ? Character(scalar) : "_"
        }
        return scalars.first.map { $0.isNumber ? "_" + String(scalars) : String(scalars) } ?? "_"
    }
}
