// Lists and mappings.

import Yams

/// What must be different from element to element, and who merges lists (Kubernetes, "Merge strategy").
struct ListKind<Element: Sendable>: Sendable {
    let keywords: [String: PlainValue]
    let rules: [Schema.Rule]
    let key: (@Sendable (Element) -> AnyHashable)?

    /// Elements may be the same.
    static var plain: Self { Self(keywords: [:], rules: [], key: nil) }

    /// Elements may be the same, and the list is one thing.
    static func ordered(_ rules: [Schema.Rule] = []) -> Self {
        Self(keywords: ["x-kubernetes-list-type": "atomic"], rules: rules, key: nil)
    }

    /// A list of objects that are told apart by a field.
    static func objects<Key: Hashable & Sendable>(by name: String, _ path: any KeyPath<Element, Key> & Sendable) -> Self
    {
        Self(
            keywords: ["x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [.text(name)]],
            rules: [],
            key: { AnyHashable($0[keyPath: path]) }
        )
    }
}

extension ListKind where Element: Hashable {
    /// Every element once, in any order.
    static var set: Self { Self(keywords: ["x-kubernetes-list-type": "set"], rules: [], key: { AnyHashable($0) }) }

    /// Every element once, and the list is one thing; `message` says so.
    ///
    /// Merged by server-side apply, an element of the default would stay for ever.
    static func once(_ message: String) -> Self {
        let rule = Schema.Rule("self.all(x, self.exists_one(y, x == y))", message)
        return Self(keywords: ["x-kubernetes-list-type": "atomic"], rules: [rule], key: { AnyHashable($0) })
    }
}

extension SettingType {
    /// A list of `most` elements at most; `least` says what to write where there is none, if there must be one.
    static func list<Element: Sendable>(
        of element: SettingType<Element>,
        _ kind: ListKind<Element>,
        most: Int? = nil,
        least: String? = nil
    ) -> SettingType where Value == [Element] {
        var item = element.schema
        item["default"] = nil
        var schema = Schema(["type": "array", "items": item.plain])
        for (keyword, value) in kind.keywords { schema[keyword] = value }
        if let most { schema["maxItems"] = .integer(most) }
        if least != nil { schema["minItems"] = 1 }
        schema.add(kind.rules)
        return SettingType(
            "list of \(element.parts.isEmpty ? element.name : "objects")",
            schema,
            parts: element.parts.map { $0.below("[]") },
            read: { cursor in
                if let count = cursor.elements {
                    if let least, count == 0 {
                        cursor.report(.badValue, "is empty: write at least one, such as \(least)")
                    }
                    if let most, count > most {
                        cursor.report(.badValue, "has \(count) elements: write at most \(most)")
                    }
                }
                guard let key = kind.key else { return cursor.list(element.read) }
                return cursor.distinct(by: key, element.read)
            },
            plain: { $0.isEmpty ? nil : .list($0.compactMap(element.plain)) }
        )
    }

    /// Some of some words, each once; `once` is told to who writes one twice.
    static func choices<Choice>(once: String) -> SettingType
    where Value == [Choice], Choice: RawRepresentable<String> & CaseIterable & Hashable & Sendable {
        var word = SettingType<Choice>.choice
        word.schema["maxLength"] = 16
        var type = SettingType.list(of: word, .once(once), most: Choice.allCases.count)
        type.plain = { .list($0.map { .text($0.rawValue) }) }
        type.decode = { object, key, _ in object.choices(key) }
        return type
    }

    /// The same values, kept in another form.
    func kept<Other>(
        as form: @escaping @Sendable (Value) -> Other,
        _ back: @escaping @Sendable (Other) -> Value
    ) -> SettingType<Other> {
        let inner = self
        return SettingType<Other>(
            self.name,
            self.schema,
            range: self.range,
            parts: self.parts,
            read: { inner.read($0).map(form) },
            plain: { inner.plain(back($0)) },
            decode: { try inner.decode($0, $1, $2.map(back)).map(form) }
        )
    }

    /// One of these, or a list of them.
    static func oneOrMore<Element>(_ element: SettingType<Element>) -> SettingType where Value == [Element] {
        // A structural schema cannot say it with `type`: it goes without one, and the keywords that only hold for a text, a
        // number or a boolean refuse these.
        var schema = element.schema
        schema["type"] = nil
        schema["x-kubernetes-preserve-unknown-fields"] = true
        (schema["minLength"], schema["maxLength"]) = (1, 0)
        (schema["minimum"], schema["maximum"]) = (1, 0)
        schema["not"] = ["enum": [true, false]]
        // Unknown fields are preserved then, so they are counted: one is one too many.
        var needed: [PlainValue] = []
        if case .list(let names)? = schema["required"] { needed = names }
        let others = (schema["properties"]?.members ?? []).map { PlainValue.text($0.name) }.filter {
            !needed.contains($0)
        }
        let choices = others.reduce([needed]) { sets, name in sets + sets.map { $0 + [name] } }
        schema["anyOf"] = .list(choices.map { ["required": .list($0), "maxProperties": .integer($0.count)] })
        schema["items"] = element.schema.plain
        return SettingType(
            "one or a list",
            schema,
            parts: element.parts.map { $0.below("[]") },
            read: { cursor in
                if case .sequence = cursor.node { return cursor.list(element.read) }
                return element.read(cursor).map { [$0] }
            }
        )
    }
}

extension SettingType where Value == [String: String] {
    /// Texts under free names.
    static var texts: SettingType {
        SettingType("texts by name", Schema(["type": "object", "additionalProperties": ["type": "string"]])) { cursor in
            cursor.object { fields in
                Dictionary(
                    uniqueKeysWithValues: fields.all().compactMap { name, field in field.string().map { (name, $0) } }
                )
            }
        }
    }

    /// Kubernetes quantities by resource name, which may go without quotes; the API server checks them.
    static var quantities: SettingType {
        let number = #"(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"#
        let quantity: PlainValue = [
            "x-kubernetes-int-or-string": true, "anyOf": [["type": "integer"], ["type": "string"]],
            "pattern": .text(#"^(\+|-)?"# + number + #"(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?"# + number + "))?$"),
        ]
        return SettingType("quantities by name", Schema(["type": "object", "additionalProperties": quantity])) {
            cursor in
            cursor.object { fields in
                let pairs = fields.all().compactMap { name, field -> (String, String)? in
                    guard case .scalar(let scalar) = field.node else {
                        field.report(.wrongType, "is no quantity: write a number or text such as 512Mi")
                        return nil
                    }
                    return (name, scalar.string)
                }
                return Dictionary(uniqueKeysWithValues: pairs)
            }
        }
    }
}
