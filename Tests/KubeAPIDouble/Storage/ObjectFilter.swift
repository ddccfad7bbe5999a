// Which objects a list or a watch wants: by namespace, labels and fields.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api

/// One condition on a label.
struct LabelRequirement: Sendable, Equatable {
    /// How the label's value is compared.
    enum Operator: Sendable, Equatable {
        case exists, absent
        case within([String]), outside([String])
        case greater(Int), less(Int)
    }

    let key: String
    let comparison: Operator

    func matches(_ labels: [String: String]) -> Bool {
        let value = labels[key]
        switch comparison {
        case .exists: return value != nil
        case .absent: return value == nil
        case .within(let values): return value.map(values.contains) ?? false
        case .outside(let values): return value.map { !values.contains($0) } ?? true
        case .greater(let limit): return value.flatMap(Int.init).map { $0 > limit } ?? false
        case .less(let limit): return value.flatMap(Int.init).map { $0 < limit } ?? false
        }
    }
}

/// One condition on a field.
struct FieldRequirement: Sendable, Equatable {
    let path: String
    let value: String
    let isEqual: Bool
}

/// What a list or a watch asks for.
struct ObjectFilter: Sendable {
    var namespace: String?
    var labels: [LabelRequirement] = []
    var fields: [FieldRequirement] = []

    func matches(_ object: StoredObject) -> Bool {
        if let namespace, object.namespace != namespace { return false }
        for requirement in fields {
            let value = object.object[at: requirement.path]?.string ?? ""
            if (value == requirement.value) != requirement.isEqual { return false }
        }
        guard !labels.isEmpty else { return true }
        let found = object.labels
        return labels.allSatisfy { $0.matches(found) }
    }
}

extension LabelRequirement {
    /// Reads a selector in the form of a query: `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
    ///
    /// - Throws: 400 when the text is no selector.
    static func parse(_ text: String) throws(KubeStatus) -> [LabelRequirement] {
        var requirements: [LabelRequirement] = []
        for part in try parts(of: text) {
            requirements.append(try parse(part: part))
        }
        return requirements
    }

    /// Reads the form that objects hold: `matchLabels` and `matchExpressions`.
    static func parse(selector: DoubleJSON) -> [LabelRequirement] {
        var requirements = (selector["matchLabels"]?.strings ?? [:]).map {
            LabelRequirement(key: $0.key, comparison: .within([$0.value]))
        }
        for expression in selector["matchExpressions"]?.array ?? [] {
            let key = expression["key"]?.string ?? ""
            let values = (expression["values"]?.array ?? []).compactMap(\.string)
            switch expression["operator"]?.string {
            case "In": requirements.append(LabelRequirement(key: key, comparison: .within(values)))
            case "NotIn": requirements.append(LabelRequirement(key: key, comparison: .outside(values)))
            case "Exists": requirements.append(LabelRequirement(key: key, comparison: .exists))
            case "DoesNotExist": requirements.append(LabelRequirement(key: key, comparison: .absent))
            default: break
            }
        }
        return requirements
    }

    /// Splits at the commas outside of parentheses.
    private static func parts(of text: String) throws(KubeStatus) -> [String] {
        var parts: [String] = []
        var part = ""
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append(part)
                part = ""
            } else {
                part.append(character)
            }
        }
        if !text.allSatisfy(\.isWhitespace) { parts.append(part) }
        guard depth == 0 else { throw bad("found '', expected: ',' or ')'") }
        return parts
    }

    private static func parse(part: String) throws(KubeStatus) -> LabelRequirement {
        let part = part.drop(while: \.isWhitespace).trimmed
        if part.hasPrefix("!") {
            return LabelRequirement(key: try key(part.dropFirst()), comparison: .absent)
        }
        if part.hasSuffix(")"), let open = part.firstIndex(of: "(") {
            let words = part[..<open].split(whereSeparator: \.isWhitespace)
            let values = part[part.index(after: open)...].dropLast().split(
                separator: ",",
                omittingEmptySubsequences: false
            ).map { String($0.trimmed) }
            guard words.count == 2 else { throw bad("found '(', expected: 'in', 'notin'") }
            switch words[1] {
            case "in": return LabelRequirement(key: try key(words[0]), comparison: .within(values))
            case "notin": return LabelRequirement(key: try key(words[0]), comparison: .outside(values))
            default: throw bad("found '\(words[1])', expected: in, notin, =, ==, !=, gt, lt")
            }
        }
        for sign in ["!=", "==", "=", ">", "<"] {
            guard let range = part.firstRange(of: sign) else { continue }
            let name = try key(part[..<range.lowerBound])
            let value = String(part[range.upperBound...].trimmed)
            switch sign {
            case "!=": return LabelRequirement(key: name, comparison: .outside([value]))
            case ">", "<":
                guard let number = Int(value) else {
                    throw bad("for 'Gt', 'Lt' operators, the value must be an integer")
                }
                return LabelRequirement(key: name, comparison: sign == ">" ? .greater(number) : .less(number))
            default:
                guard !value.contains("=") else { throw bad("found '=', expected: identifier") }
                return LabelRequirement(key: name, comparison: .within([value]))
            }
        }
        return LabelRequirement(key: try key(part[...]), comparison: .exists)
    }

    private static func key(_ text: Substring) throws(KubeStatus) -> String {
        let name = text.trimmed
        guard !name.isEmpty, !name.contains(where: { " =!()".contains($0) }) else {
            throw bad("found '\(name)', expected: identifier")
        }
        return String(name)
    }

    private static func bad(_ message: String) -> KubeStatus {
        .badRequest("unable to parse requirement: \(message)")
    }
}

extension FieldRequirement {
    /// Reads a field selector: `metadata.name=a,spec.nodeName!=b`.
    ///
    /// - Throws: 400 when the text is none, or the kind has no such field to select by.
    static func parse(_ text: String, for type: ResourceType) throws(KubeStatus) -> [FieldRequirement] {
        var requirements: [FieldRequirement] = []
        for part in text.split(separator: ",") {
            guard let sign = ["!=", "==", "="].first(where: part.contains), let range = part.firstRange(of: sign) else {
                throw .badRequest("invalid selector: '\(text)'; can't understand '\(part)'")
            }
            let path = String(part[..<range.lowerBound])
            guard ["metadata.name", "metadata.namespace"].contains(path) || type.selectableFields.contains(path) else {
                throw .badRequest("field label not supported: \(path)")
            }
            let value = String(part[range.upperBound...])
            requirements.append(FieldRequirement(path: path, value: value, isEqual: sign != "!="))
        }
        return requirements
    }
}

extension Substring {
    /// Without white space at both ends.
    fileprivate var trimmed: Substring {
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace ?? false { rest.removeLast() }
        return rest
    }
}
