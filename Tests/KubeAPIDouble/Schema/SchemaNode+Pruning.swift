// Unknown fields go, as the API server drops what a schema does not declare.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning

extension SchemaNode {
    /// Drops the fields that the schema does not declare.
    ///
    /// - Parameters:
    ///   - value: is changed in place.
    ///   - path: where the value stands: `spec.parts[0]`.
    ///   - unknown: gets the path of every field that was dropped.
    func prune(_ value: inout DoubleJSON, at path: String = "", unknown: inout [String]) {
        switch value {
        case .object(var members):
            var isChanged = false
            for (key, var member) in members.sorted(by: { $0.key < $1.key }) {
                let memberPath = path.isEmpty ? key : "\(path).\(key)"
                if let schema = self.member(key) {
                    let before = unknown.count
                    schema.prune(&member, at: memberPath, unknown: &unknown)
                    if unknown.count != before {
                        members[key] = member
                        isChanged = true
                    }
                } else if !preservesUnknown {
                    members[key] = nil
                    isChanged = true
                    unknown.append(memberPath)
                }
            }
            if isChanged { value = .object(members) }
        case .array(var elements):
            guard let items else { return }
            for index in elements.indices {
                items.prune(&elements[index], at: "\(path)[\(index)]", unknown: &unknown)
            }
            value = .array(elements)
        default: break
        }
    }
}
