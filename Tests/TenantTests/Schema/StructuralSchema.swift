// What a structural schema of a CustomResourceDefinition accepts, as far as ours use it. CEL rules are not evaluated
// here: Tests/PackagingTests does that.

import Foundation
import Testing

/// One node of a schema.
final class StructuralSchema {
    let type: String?
    let properties: [String: StructuralSchema]
    let items: StructuralSchema?
    let additionalProperties: StructuralSchema?
    let fallback: JSONValue?
    private let source: [String: JSONValue]
    private let pattern: (regex: Regex<AnyRegexOutput>, isWhole: Bool)?
    private let negation: StructuralSchema?
    private let alternatives: [StructuralSchema]

    private static let keywords: Set<String> = [
        "additionalProperties", "anyOf", "default", "description", "enum", "format", "items", "maxItems", "maxLength",
        "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "not", "pattern",
        "properties", "required", "type", "x-kubernetes-int-or-string", "x-kubernetes-list-map-keys",
        "x-kubernetes-list-type", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations",
    ]

    /// - Throws: if there is a keyword that is not understood here.
    init(_ value: JSONValue) throws {
        let source = value.fields
        for keyword in source.keys where !Self.keywords.contains(keyword) {
            Issue.record("\(keyword) is not understood here")
        }
        self.source = source
        self.type = source["type"]?.text
        self.properties = try (source["properties"]?.fields ?? [:]).mapValues { try StructuralSchema($0) }
        self.items = try source["items"].map { try StructuralSchema($0) }
        self.additionalProperties = try source["additionalProperties"].map { try StructuralSchema($0) }
        self.fallback = source["default"]
        self.negation = try source["not"].map { try StructuralSchema($0) }
        self.alternatives = try (source["anyOf"]?.elements ?? []).map { try StructuralSchema($0) }
        self.pattern = try source["pattern"]?.text.map { text in
            // Go's `$` is the end of the text, also before a line end; so the whole text is matched instead.
            let isWhole = text.hasPrefix("^") && text.hasSuffix("$")
            let body = isWhole ? String(text.dropFirst().dropLast()) : text
            return (try Regex(body).matchingSemantics(.unicodeScalar), isWhole)
        }
    }

    // MARK: - Paths

    /// Every path below this node, itself excluded.
    func paths(_ path: [FieldStep]) -> [[FieldStep]] {
        self.children.flatMap { step, child in [path + [step]] + child.paths(path + [step]) }
    }

    /// The node at a path.
    func node(_ path: ArraySlice<FieldStep>) -> StructuralSchema? {
        guard let step = path.first else { return self }
        return self.children.first { $0.step == step }?.child.node(path.dropFirst())
    }

    /// What `kubectl explain` says of it; nil if it says nothing.
    var says: String? { self.source["description"]?.text.flatMap { $0.isEmpty ? nil : $0 } }

    /// The values of `enum`.
    var choices: [JSONValue] { self.source["enum"]?.elements ?? [] }

    private var children: [(step: FieldStep, child: StructuralSchema)] {
        var children = self.properties.sorted { $0.key < $1.key }.map { (FieldStep.field($0.key), $0.value) }
        if let items { children.append((.element, items)) }
        if let additionalProperties { children.append((.anyField, additionalProperties)) }
        return children
    }

    // MARK: - Defaults

    /// The value with the defaults that an API server adds.
    func defaulted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let fields):
            var fields = fields.filter { $0.value != .null }
            for (name, schema) in self.properties where fields[name] == nil { fields[name] = schema.fallback }
            for (name, field) in fields {
                fields[name] = (self.properties[name] ?? self.additionalProperties)?.defaulted(field) ?? field
            }
            return .object(fields)
        case .list(let elements): return .list(elements.map { self.items?.defaulted($0) ?? $0 })
        default: return value
        }
    }

    // MARK: - Validation

    /// What is wrong with a value; `null` counts as absent, as for an API server.
    func problems(_ value: JSONValue, at path: String) -> [String] {
        var problems: [String] = []
        func report(_ problem: String) { problems.append("\(path): \(problem)") }
        if let expected = self.expectation, !expected.contains(value.kind) { report("is no \(expected)") }
        if !self.choices.isEmpty, !self.choices.contains(value) { report("is none of \(self.choices.map(\.json))") }
        switch value {
        case .string(let text):
            if !self.holds(text.unicodeScalars.count, "minLength", "maxLength") { report("has a wrong length") }
            if let pattern, !Self.matches(text, pattern) { report("does not match") }
        case .integer, .number:
            let number = value.double ?? 0
            if let least = self.source["minimum"]?.double, number < least { report("is less than \(least)") }
            if let most = self.source["maximum"]?.double, number > most { report("is more than \(most)") }
            if let step = self.source["multipleOf"]?.double, number.remainder(dividingBy: step) != 0 {
                report("is no multiple of \(step)")
            }
        case .list(let elements):
            if !self.holds(elements.count, "minItems", "maxItems") { report("has a wrong number of elements") }
            for (index, element) in elements.enumerated() {
                problems += self.items?.problems(element, at: "\(path)[\(index)]") ?? []
            }
            if Set(self.identities(elements)).count < elements.count { report("has equal elements") }
        case .object(let all): problems += self.problems(fields: all, at: path)
        case .null, .bool: break
        }
        if let negation, negation.problems(value, at: path).isEmpty { report("is excluded") }
        if !self.alternatives.isEmpty, !self.alternatives.contains(where: { $0.problems(value, at: path).isEmpty }) {
            report("fits no alternative")
        }
        return problems
    }

    private func problems(fields all: [String: JSONValue], at path: String) -> [String] {
        // A null is dropped before anything is checked, save where the field is unknown.
        let fields = all.filter { name, value in
            value != .null || (self.properties[name] ?? self.additionalProperties) == nil
        }
        var problems: [String] = []
        if !self.holds(fields.count, "minProperties", "maxProperties") {
            problems.append("\(path): has a wrong number of fields")
        }
        for name in self.source["required"]?.elements.compactMap(\.text) ?? [] where fields[name] == nil {
            problems.append("\(path).\(name): is missing")
        }
        let isOpen = self.source["x-kubernetes-preserve-unknown-fields"] == .bool(true) || self.type == nil
        for (name, field) in fields {
            if let schema = self.properties[name] ?? self.additionalProperties {
                problems += schema.problems(field, at: "\(path).\(name)")
            } else if !isOpen {
                problems.append("\(path).\(name): is unknown")
            }
        }
        return problems
    }

    /// The kinds of value that `type` allows.
    private var expectation: Set<String>? {
        if self.source["x-kubernetes-int-or-string"] == .bool(true) { return ["integer", "string"] }
        switch self.type {
        case "number": return ["integer", "number"]
        case let type?: return [type]
        case nil: return nil
        }
    }

    private func holds(_ count: Int, _ least: String, _ most: String) -> Bool {
        count >= self.source[least]?.whole ?? 0 && count <= self.source[most]?.whole ?? .max
    }

    private static func matches(_ text: String, _ pattern: (regex: Regex<AnyRegexOutput>, isWhole: Bool)) -> Bool {
        let match = try? pattern.isWhole ? pattern.regex.wholeMatch(in: text) : pattern.regex.firstMatch(in: text)
        return match != nil
    }

    /// What must differ from element to element.
    private func identities(_ elements: [JSONValue]) -> [[JSONValue]] {
        switch self.source["x-kubernetes-list-type"]?.text {
        case "set": return elements.map { [$0] }
        case "map":
            let keys = self.source["x-kubernetes-list-map-keys"]?.elements.compactMap(\.text) ?? []
            return elements.map { element in keys.map { element[$0] } }
        default: return elements.indices.map { [.integer($0)] }
        }
    }
}

extension JSONValue {
    /// The name of its type in a schema.
    fileprivate var kind: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .list: "array"
        case .object: "object"
        }
    }
}
