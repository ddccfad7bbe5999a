// JSON as a tree of values: what the double parses, keeps, compares and writes. Numbers keep their kind, since a
// schema tells an integer from a number.

/// A JSON value.
package enum DoubleJSON: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction and exponent.
    case int(Int)
    /// Any other number.
    case double(Double)
    /// A string.
    case string(String)
    /// A list.
    case array([DoubleJSON])
    /// A map.
    case object([String: DoubleJSON])
}

extension DoubleJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    package init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    package init(integerLiteral value: Int) { self = .int(value) }
    /// A number.
    package init(floatLiteral value: Double) { self = .double(value) }
    /// A truth value.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A list.
    package init(arrayLiteral elements: DoubleJSON...) { self = .array(elements) }
    /// A map; of two equal keys the last wins.
    package init(dictionaryLiteral elements: (String, DoubleJSON)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}

extension DoubleJSON {
    /// The member of a map by its key; setting on anything but a map makes it one.
    package subscript(key: String) -> DoubleJSON? {
        get {
            guard case .object(let members) = self else { return nil }
            return members[key]
        }
        set {
            guard case .object(var members) = self else {
                if let newValue { self = .object([key: newValue]) }
                return
            }
            // Let go of the old storage first, so that the dictionary is changed in place.
            self = .null
            members[key] = newValue
            self = .object(members)
        }
    }

    /// The element of a list; nil when there is none.
    package subscript(index: Int) -> DoubleJSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The value at a path of keys; setting makes the maps on the way, setting nil makes none.
    package subscript(path path: [String]) -> DoubleJSON? {
        get {
            var value = self
            for key in path {
                guard let next = value[key] else { return nil }
                value = next
            }
            return value
        }
        set {
            guard let key = path.first else { return }
            if path.count == 1 {
                self[key] = newValue
            } else if var inner = self[key] ?? (newValue == nil ? nil : .object([:])) {
                self[key] = .null
                inner[path: Array(path.dropFirst())] = newValue
                self[key] = inner
            }
        }
    }

    /// The value at a path of keys written with dots: `spec.edge.image`.
    package subscript(at path: String) -> DoubleJSON? {
        get { self[path: path.split(separator: ".").map(String.init)] }
        set { self[path: path.split(separator: ".").map(String.init)] = newValue }
    }

    /// The text, when this is a string.
    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The number, when this is an integer.
    package var int: Int? {
        if case .int(let value) = self { value } else { nil }
    }

    /// The truth value, when this is one.
    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements, when this is a list.
    package var array: [DoubleJSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, when this is a map.
    package var object: [String: DoubleJSON]? {
        if case .object(let value) = self { value } else { nil }
    }

    /// Whether this is `null`.
    package var isNull: Bool { self == .null }

    /// Whether this is a map or a list without content.
    var isEmptyCollection: Bool {
        switch self {
        case .object(let members): members.isEmpty
        case .array(let elements): elements.isEmpty
        default: false
        }
    }

    /// The members that are strings, by key: how labels are read.
    package var strings: [String: String] { (object ?? [:]).compactMapValues(\.string) }
}
