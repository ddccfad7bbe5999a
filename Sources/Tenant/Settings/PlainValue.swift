// What settings are written as, and what the definitions of our kinds are made of: JSON whose objects keep their order.

/// A value as JSON and YAML have it.
enum PlainValue: Hashable, Sendable {
    /// A field of an object.
    struct Member: Hashable, Sendable {
        let name: String
        let value: PlainValue
    }

    case bool(Bool)
    case integer(Int)
    case text(String)
    case list([PlainValue])
    case object([Member])

    /// The fields of an object; of anything else none.
    var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// A field of an object.
    subscript(_ name: String) -> PlainValue? { self.members.first { $0.name == name }?.value }
}

extension PlainValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral text: String) { self = .text(text) }
    init(integerLiteral number: Int) { self = .integer(number) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: PlainValue...) { self = .list(elements) }
    init(dictionaryLiteral fields: (String, PlainValue)...) {
        self = .object(fields.map { Member(name: $0, value: $1) })
    }
}

extension PlainValue: Encodable {
    func encode(to encoder: any Encoder) throws {
        switch self {
        case .bool(let value): try value.encode(to: encoder)
        case .integer(let value): try value.encode(to: encoder)
        case .text(let value): try value.encode(to: encoder)
        case .list(let elements): try elements.encode(to: encoder)
        case .object(let members):
            var object = encoder.container(keyedBy: ProjectionKey.self)
            for member in members { try object.encode(member.value, forKey: ProjectionKey(member.name)) }
        }
    }
}

extension PlainValue {
    /// The value in a sentence or a table.
    var short: String {
        switch self {
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .text(let value): value
        case .list(let elements): "[\(elements.map(\.short).joined(separator: ", "))]"
        case .object(let members): "{\(members.map { "\($0.name): \($0.value.short)" }.joined(separator: ", "))}"
        }
    }
}
