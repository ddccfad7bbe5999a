// Any JSON, because the API server's objects are open: fields that we do not know must pass through us unharmed.

/// A JSON value (RFC 8259).
///
/// Whole numbers and others are kept apart, as the API server does. Written as literals, a manifest in Swift reads like one in
/// YAML:
///
/// ```swift
/// let service: JSON = ["spec": ["ports": [["name": "ircs", "port": 6697]]]]
/// ```
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])
}

extension JSON {
    /// The value of a key; ``null`` where there is none, or where this is no object.
    ///
    /// Setting ``null`` removes the key; setting a key of what is no object makes it one.
    package subscript(_ key: String) -> JSON {
        get {
            guard case .object(let fields) = self else { return .null }
            return fields[key] ?? .null
        }
        set {
            var fields = self.fields ?? [:]
            // The one reference to the fields, so that they are changed in place.
            self = .null
            // Not `nil`, which would be read as a JSON null.
            if newValue == .null { fields.removeValue(forKey: key) } else { fields[key] = newValue }
            self = .object(fields)
        }
    }

    /// The element at an index; ``null`` where there is none, or where this is no array.
    package subscript(_ index: Int) -> JSON {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return .null }
        return elements[index]
    }

    /// The text, if this is one.
    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The whole number, if this is one.
    package var int: Int? {
        switch self {
        case .integer(let value): Int(exactly: value)
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The truth value, if this is one.
    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements, if this is an array.
    package var elements: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The fields, if this is an object.
    package var fields: [String: JSON]? {
        guard case .object(let fields) = self else { return nil }
        return fields
    }

    /// The fields whose values are texts, such as labels.
    package var strings: [String: String] { (self.fields ?? [:]).compactMapValues(\.string) }

    /// An object of texts.
    package init(_ strings: [String: String]) { self = .object(strings.mapValues(JSON.string)) }

    /// A text, or ``null``, which literals of objects leave out.
    package init(_ text: String?) { self = text.map(JSON.string) ?? .null }

    /// A whole number, or ``null``.
    package init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }

    /// This object with another laid over it, key by key and level by level, as a JSON merge patch (RFC 7396) does.
    package func merging(_ patch: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var fields = self.fields ?? [:]
        for (key, change) in changes {
            if change == .null {
                fields.removeValue(forKey: key)
            } else {
                fields[key] = (fields[key] ?? .null).merging(change)
            }
        }
        return .object(fields)
    }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// Keys whose value is ``null`` are left out: the API server takes both alike, and so a literal can say "if there is one".
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements.filter { $0.1 != .null }) { _, last in last })
    }
}
