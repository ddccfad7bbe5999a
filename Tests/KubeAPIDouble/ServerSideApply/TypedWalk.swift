// Walking a value along its schema: how its parts are told apart, what places it fills, where two values differ.
// https://github.com/kubernetes-sigs/structured-merge-diff describes the rules.

/// What is wrong with an applied object, in the server's words.
struct TypedProblem: Error {
    let message: String
}

extension SchemaNode {
    /// How the parts of a value of this schema are shared among managers.
    enum Granularity {
        case leaf
        case map
        case list([FieldElement])
    }

    /// Whether the value is shared part by part; nil keys make a list a leaf.
    func granularity(of value: DoubleJSON) -> Granularity {
        switch value {
        case .object: return isAtomic ? .leaf : .map
        case .array(let elements):
            guard let identities = identities(of: elements) else { return .leaf }
            return .list(identities)
        default: return .leaf
        }
    }

    /// The identities of a list's elements; nil when the list has one owner, or an element lacks its keys.
    func identities(of elements: [DoubleJSON]) -> [FieldElement]? {
        switch listType {
        case .atomic: return nil
        case .set: return elements.map(FieldElement.value)
        case .map(let keys):
            var identities: [FieldElement] = []
            identities.reserveCapacity(elements.count)
            for element in elements {
                guard let identity = identity(of: element, keys: keys) else { return nil }
                identities.append(identity)
            }
            return identities
        }
    }

    private func identity(of element: DoubleJSON, keys: [String]) -> FieldElement? {
        var found: [String: DoubleJSON] = [:]
        for key in keys {
            if let value = element[key] ?? items?.properties[key]?.defaultValue { found[key] = value }
        }
        return found.isEmpty ? nil : .key(.object(found))
    }

    /// The schema below an element of a path.
    func schema(at element: FieldElement) -> SchemaNode {
        switch element {
        case .field(let name): member(name) ?? .anything
        case .key, .value: items ?? .anything
        }
    }

    /// The places that an applied object fills.
    func fieldSet(of value: DoubleJSON) -> FieldSet {
        var set = FieldSet()
        switch value {
        case .object(let members):
            for (key, member) in members {
                let element = FieldElement.field(key)
                let schema = schema(at: element)
                switch schema.granularity(of: member) {
                case .leaf: set.members.insert(element)
                case .map, .list:
                    let inner = schema.fieldSet(of: member)
                    if !inner.isEmpty { set.children[element] = inner }
                    if member == .object([:]) || (!names(key) && !member.isList) { set.members.insert(element) }
                }
            }
        case .array(let elements):
            for (identity, element) in zip(identities(of: elements) ?? [], elements) {
                set.members.insert(identity)
                let schema = items ?? .anything
                if case .map = schema.granularity(of: element) {
                    let inner = schema.fieldSet(of: element)
                    if !inner.isEmpty { set.children[identity] = inner }
                }
            }
        default: break
        }
        return set
    }

    /// Checks an applied object: fields that are not declared, wrong types, elements that stand twice.
    ///
    /// - Throws: `TypedProblem` with the first thing that is wrong.
    func checkTyped(_ value: DoubleJSON, at path: String) throws(TypedProblem) {
        switch (kind, value) {
        case (_, .null), (.any, _): break
        case (.object, .object), (.array, .array), (.string, .string), (.boolean, .bool), (.integer, .int),
            (.integer, .double), (.number, .int), (.number, .double), (.intOrString, .int), (.intOrString, .string),
            (.quantity, .int), (.quantity, .double), (.quantity, .string):
            break
        default:
            throw TypedProblem(message: "\(path): expected \(Self.typedName(of: kind)), got \(Self.shown(value, kind))")
        }
        switch value {
        case .object(let members):
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                guard let schema = self.member(key) else {
                    if preservesUnknown { continue }
                    throw TypedProblem(message: "\(path).\(key): field not declared in schema")
                }
                try schema.checkTyped(member, at: "\(path).\(key)")
            }
        case .array(let elements): try checkTyped(elements: elements, at: path)
        default: break
        }
    }

    private func checkTyped(elements: [DoubleJSON], at path: String) throws(TypedProblem) {
        var seen: Set<FieldElement> = []
        for (index, element) in elements.enumerated() {
            var elementPath = "\(path)[\(index)]"
            switch listType {
            case .atomic: break
            case .set, .map:
                guard let identity = identities(of: [element])?.first else {
                    var keys = ""
                    if case .map(let names) = listType { keys = names.map { "\"\($0)\"" }.joined(separator: " ") }
                    throw TypedProblem(
                        message: "\(path): element \(index): associative list with keys has an element that omits all "
                            + "key fields [\(keys)] (and doesn't have default values for any key fields)"
                    )
                }
                guard seen.insert(identity).inserted else {
                    throw TypedProblem(message: "\(path): duplicate entries for key \(identity.pathText)")
                }
                elementPath = path + identity.pathText
            }
            try items?.checkTyped(element, at: elementPath)
        }
    }

    private static func typedName(of kind: Kind) -> String {
        switch kind {
        case .object: "map"
        case .array: "list"
        case .integer, .number: "numeric (int or float)"
        default: kind.rawValue
        }
    }

    private static func shown(_ value: DoubleJSON, _ kind: Kind) -> String {
        switch (kind, value) {
        case (.object, .string(let text)), (.array, .string(let text)): "&{\(text)}"
        case (_, .int): "int"
        case (_, .double): "float"
        case (_, .bool): "boolean"
        case (_, .array): "list"
        case (_, .object): "map"
        default: typeName(of: value)
        }
    }
}

extension DoubleJSON {
    fileprivate var isList: Bool {
        if case .array = self { true } else { false }
    }
}
