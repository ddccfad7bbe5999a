// The values that resources are made of once they are JSON, as an API server sees them.

import Foundation
import Yams

/// A JSON value with whole numbers told apart.
indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list([JSONValue])
    case object([String: JSONValue])

    /// Reads a YAML document as kubectl does.
    init(yaml text: String) throws {
        self.init(try Yams.load(yaml: text))
    }

    /// Takes what Yams loads.
    init(_ value: Any?) {
        switch value {
        case let value as Bool: self = .bool(value)
        case let value as Int: self = .integer(value)
        case let value as Double: self = .number(value)
        case let value as String: self = .string(value)
        case let value as [Any]: self = .list(value.map { JSONValue($0) })
        case let value as [AnyHashable: Any]:
            self = .object(
                Dictionary(uniqueKeysWithValues: value.map { (String(describing: $0.key), JSONValue($0.value)) })
            )
        default: self = .null
        }
    }

    /// The fields of an object; of anything else none.
    var fields: [String: JSONValue] {
        if case .object(let fields) = self { fields } else { [:] }
    }

    /// The elements of a list; of anything else none.
    var elements: [JSONValue] {
        if case .list(let elements) = self { elements } else { [] }
    }

    /// The text of a string.
    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value of a whole number.
    var whole: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The value of a number.
    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    subscript(_ name: String) -> JSONValue { self.fields[name] ?? .null }

    /// The same value with another one at a path, or with nothing there.
    ///
    /// Objects on the way are made where they are missing.
    func setting(_ path: ArraySlice<FieldStep>, to value: JSONValue?) -> JSONValue {
        guard let step = path.first else { return value ?? .null }
        let rest = path.dropFirst()
        switch step {
        case .field(let name):
            var fields = self.fields
            let isGone = rest.isEmpty && value == nil
            fields[name] = isGone ? nil : (fields[name] ?? .object([:])).setting(rest, to: value)
            return .object(fields)
        case .element:
            var elements = self.elements
            let first = (elements.first ?? .object([:])).setting(rest, to: value)
            if elements.isEmpty { elements = [first] } else { elements[0] = first }
            return .list(elements)
        case .anyField: return self.setting([.field("a")] + rest, to: value)
        }
    }

    /// The value as JSON, which is YAML too.
    var json: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): Self.quoted(value)
        case .list(let elements): "[\(elements.map(\.json).joined(separator: ", "))]"
        case .object(let fields):
            "{\(fields.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)): \($0.value.json)" }.joined(separator: ", "))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case _ where scalar.properties.generalCategory == .control:
                "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}

/// A step from a value into it.
enum FieldStep: Hashable, Sendable {
    case field(String)
    /// The first element of a list, which stands for all of them.
    case element
    /// A field of a mapping whose keys are free.
    case anyField
}

extension [FieldStep] {
    /// The path as people write it: `spec.admins[].account`, `spec.edge.service.annotations.*`.
    var text: String {
        self.reduce(into: "") { text, step in
            switch step {
            case .field(let name): text += text.isEmpty ? name : ".\(name)"
            case .element: text += "[]"
            case .anyField: text += ".*"
            }
        }
    }

    /// The path as the decoder's errors name the field, with the first element for all.
    var inErrors: String { self.text.replacing("[]", with: "[0]").replacing("*", with: "a") }
}
