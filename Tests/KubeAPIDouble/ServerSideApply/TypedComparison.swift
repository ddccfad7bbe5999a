// What a write changed, place by place.

/// The places where two objects differ.
struct TypedComparison {
    var added = FieldSet()
    var modified = FieldSet()
    var removed = FieldSet()

    /// What the write set: the places that it added or changed.
    var written: FieldSet { added.union(modified) }
    var isEmpty: Bool { added.isEmpty && modified.isEmpty && removed.isEmpty }

    /// Compares two objects.
    ///
    /// - Parameters:
    ///   - old: before the write; nil when there was none.
    ///   - new: after it.
    ///   - schema: of the whole object.
    init(from old: DoubleJSON?, to new: DoubleJSON, schema: SchemaNode) {
        var path: [FieldElement] = []
        compareParts(old ?? .object([:]), new, schema, &path)
    }

    private mutating func compare(
        _ old: DoubleJSON?,
        _ new: DoubleJSON?,
        _ schema: SchemaNode,
        _ path: inout [FieldElement]
    ) {
        switch (old, new) {
        case (nil, nil): return
        case (nil, let new?):
            added.insert(path[...])
            compareParts(nil, new, schema, &path)
        case (let old?, nil):
            removed.insert(path[...])
            compareParts(old, nil, schema, &path)
        case (let old?, let new?):
            guard old != new else { return }
            if isLeaf(old, schema) || isLeaf(new, schema) {
                modified.insert(path[...])
                // What a map held is gone when a scalar stands in its place, and the other way round.
                compareParts(old, nil, schema, &path)
                compareParts(nil, new, schema, &path)
            } else {
                compareParts(old, new, schema, &path)
            }
        }
    }

    private func isLeaf(_ value: DoubleJSON, _ schema: SchemaNode) -> Bool {
        if case .leaf = schema.granularity(of: value) { true } else { false }
    }

    private mutating func compareParts(
        _ old: DoubleJSON?,
        _ new: DoubleJSON?,
        _ schema: SchemaNode,
        _ path: inout [FieldElement]
    ) {
        if let value = new ?? old, isLeaf(value, schema) { return }
        if case .array = new ?? old {
            let before = parts(of: old, schema)
            let after = parts(of: new, schema)
            for (element, value) in before { visit(element, value, after[element], schema, &path) }
            for (element, value) in after where before[element] == nil { visit(element, nil, value, schema, &path) }
            return
        }
        let before = old?.object ?? [:]
        let after = new?.object ?? [:]
        for (key, value) in before { visit(.field(key), value, after[key], schema, &path) }
        for (key, value) in after where before[key] == nil { visit(.field(key), nil, value, schema, &path) }
    }

    private mutating func visit(
        _ element: FieldElement,
        _ old: DoubleJSON?,
        _ new: DoubleJSON?,
        _ schema: SchemaNode,
        _ path: inout [FieldElement]
    ) {
        path.append(element)
        compare(old, new, schema.schema(at: element), &path)
        path.removeLast()
    }

    private func parts(of value: DoubleJSON?, _ schema: SchemaNode) -> [FieldElement: DoubleJSON] {
        guard let elements = value?.array, let identities = schema.identities(of: elements) else { return [:] }
        return Dictionary(zip(identities, elements), uniquingKeysWith: { $1 })
    }
}
