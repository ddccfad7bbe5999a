// A short notation for the built-in resources' schemas, so that they can be read beside the API's reference:
//
//     { name: str, ports: [{ port: int, protocol: str = TCP }]<port,protocol>, selector: !map(str), other: @podSpec }
//
// `str int num bool ios qty any` are scalars, `{…}` has named fields, `map(…)` free keys, `[…]` is a list with one
// owner, `[…]<set>` a set and `[…]<a,b>` a list with keys; `!` makes a map atomic, `= x` gives a default, `= {}` an
// empty map, and `@name` stands for a schema that was given a name before.

/// Reads the notation.
struct SchemaNotation {
    private let tokens: [Substring]
    private let known: [String: SchemaNode]
    private var position = 0

    /// Reads a schema.
    ///
    /// - Parameters:
    ///   - text: the notation.
    ///   - known: the schemas that `@name` stands for.
    /// - Returns: the schema; where the text is wrong, a place that takes anything.
    static func schema(_ text: String, known: [String: SchemaNode] = [:]) -> SchemaNode {
        var reader = SchemaNotation(tokens: tokens(of: text), known: known)
        return reader.node()
    }

    private init(tokens: [Substring], known: [String: SchemaNode]) {
        self.tokens = tokens
        self.known = known
    }

    private static func tokens(of text: String) -> [Substring] {
        var tokens: [Substring] = []
        var start: String.Index?
        func isWord(_ character: Character) -> Bool {
            character.isLetter || character.isNumber || "-_./%$".contains(character)
        }
        for index in text.indices {
            let character = text[index]
            if isWord(character) {
                if start == nil { start = index }
                continue
            }
            if let begun = start { tokens.append(text[begun..<index]) }
            start = nil
            if !character.isWhitespace, character != "," { tokens.append(text[index...index]) }
        }
        if let begun = start { tokens.append(text[begun...]) }
        return tokens
    }

    private mutating func next() -> Substring {
        guard position < tokens.count else { return "" }
        defer { position += 1 }
        return tokens[position]
    }

    private mutating func take(_ token: Substring) -> Bool {
        guard position < tokens.count, tokens[position] == token else { return false }
        position += 1
        return true
    }

    private mutating func node() -> SchemaNode {
        let isAtomic = take("!")
        let base = base(isAtomic: isAtomic)
        guard take("=") else { return base }
        let value = value(for: base.kind)
        return SchemaNode(
            kind: base.kind,
            properties: base.properties,
            additional: base.additional,
            items: base.items,
            listType: base.listType,
            isAtomic: base.isAtomic,
            preservesUnknown: base.preservesUnknown,
            isNullable: base.isNullable,
            defaultValue: value,
            limits: base.limits
        )
    }

    private mutating func base(isAtomic: Bool) -> SchemaNode {
        switch next() {
        case "str": return scalar(.string)
        case "int": return scalar(.integer)
        case "num": return scalar(.number)
        case "bool": return scalar(.boolean)
        case "ios": return scalar(.intOrString)
        case "qty": return scalar(.quantity)
        case "@": return reference(String(next()), isAtomic: isAtomic)
        case "map":
            _ = take("(")
            let values = node()
            _ = take(")")
            return SchemaNode(kind: .object, additional: values, isAtomic: isAtomic)
        case "{":
            var properties: [String: SchemaNode] = [:]
            while !take("}"), position < tokens.count {
                let name = String(next())
                _ = take(":")
                properties[name] = node()
            }
            return SchemaNode(kind: .object, properties: properties, isAtomic: isAtomic)
        case "[":
            let items = node()
            _ = take("]")
            return SchemaNode(kind: .array, items: items, listType: listType())
        default: return .anything
        }
    }

    /// What decodes into a pointer may be null.
    private func scalar(_ kind: SchemaNode.Kind) -> SchemaNode { SchemaNode(kind: kind, isNullable: true) }

    private func reference(_ name: String, isAtomic: Bool) -> SchemaNode {
        guard let schema = known[name] else { return .anything }
        guard isAtomic else { return schema }
        return SchemaNode(
            kind: schema.kind,
            properties: schema.properties,
            additional: schema.additional,
            isAtomic: true
        )
    }

    private mutating func listType() -> SchemaNode.ListType {
        guard take("<") else { return .atomic }
        var keys: [String] = []
        while !take(">"), position < tokens.count { keys.append(String(next())) }
        return keys == ["set"] ? .set : .map(keys: keys)
    }

    private mutating func value(for kind: SchemaNode.Kind) -> DoubleJSON {
        let token = next()
        if token == "{" {
            _ = take("}")
            return .object([:])
        }
        let text = String(token)
        switch kind {
        case .integer: return .int(Int(text) ?? 0)
        case .boolean: return .bool(text == "true")
        case .intOrString: return Int(text).map(DoubleJSON.int) ?? .string(text)
        default: return .string(text)
        }
    }
}
