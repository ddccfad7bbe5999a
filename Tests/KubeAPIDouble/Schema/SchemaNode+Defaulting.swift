// Defaults: only within maps that are there, and nulls that may not be null give way to them.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting

extension SchemaNode {
    /// Fills in what is absent and has a default.
    ///
    /// - Parameter value: is changed in place.
    func fillDefaults(_ value: inout DoubleJSON) {
        guard hasDefaults else { return }
        switch value {
        case .object(var members):
            value = .null
            for (key, schema) in properties where schema.hasDefaults {
                if var member = members[key], !(member.isNull && !schema.isNullable && schema.defaultValue != nil) {
                    schema.fillDefaults(&member)
                    members[key] = member
                } else if var member = schema.defaultValue {
                    schema.fillDefaults(&member)
                    members[key] = member
                }
            }
            if let additional, additional.hasDefaults {
                for key in members.keys where properties[key] == nil {
                    if var member = members[key] {
                        additional.fillDefaults(&member)
                        members[key] = member
                    }
                }
            }
            value = .object(members)
        case .array(var elements):
            guard let items, items.hasDefaults else { return }
            value = .null
            for index in elements.indices { items.fillDefaults(&elements[index]) }
            value = .array(elements)
        default: break
        }
    }

    /// Drops members that are null where null means nothing: a typed object has no such thing.
    static func dropNulls(_ value: inout DoubleJSON) {
        switch value {
        case .object(let members):
            value = .object(
                members.compactMapValues { member in
                    guard !member.isNull else { return nil }
                    var member = member
                    dropNulls(&member)
                    return member
                }
            )
        case .array(var elements):
            for index in elements.indices { dropNulls(&elements[index]) }
            value = .array(elements)
        default: break
        }
    }
}
