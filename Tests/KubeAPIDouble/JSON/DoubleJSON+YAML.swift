// YAML as Kubernetes takes it: YAML that could have been JSON, dates stay text.

import Yams

extension DoubleJSON {
    /// Reads every document of a YAML text; empty documents are left out.
    ///
    /// - Parameter yaml: one document or several, separated by `---`; JSON is YAML too.
    /// - Returns: the documents, in order.
    /// - Throws: `DoubleJSONError` when the text is no YAML or has a key that is no scalar.
    package static func documents(yaml: String) throws(DoubleJSONError) -> [DoubleJSON] {
        let resolver = Resolver.default.removing(.timestamp)
        var documents: [DoubleJSON] = []
        do {
            for node in try Yams.compose_all(yaml: yaml, resolver) {
                let document = try DoubleJSON(node: node)
                if !document.isNull { documents.append(document) }
            }
        } catch let error as DoubleJSONError {
            throw error
        } catch {
            throw DoubleJSONError(description: "error converting YAML to JSON: \(error)")
        }
        return documents
    }

    private init(node: Node) throws(DoubleJSONError) {
        switch node {
        case .scalar:
            switch node.any {
            case let value as Bool: self = .bool(value)
            case let value as Int: self = .int(value)
            case let value as Double: self = .double(value)
            case let value as String: self = .string(value)
            default: self = .null
            }
        case .sequence(let sequence):
            var elements: [DoubleJSON] = []
            for element in sequence { elements.append(try DoubleJSON(node: element)) }
            self = .array(elements)
        case .mapping(let mapping):
            var members: [String: DoubleJSON] = [:]
            for (key, value) in mapping {
                guard case .scalar(let scalar) = key else {
                    throw DoubleJSONError(description: "a key that is no scalar")
                }
                // YAML 1.1: the key `on` is true, and JSON has no keys but strings.
                let name = (key.any as? Bool).map(String.init) ?? scalar.string
                members[name] = try DoubleJSON(node: value)
            }
            self = .object(members)
        case .alias:
            throw DoubleJSONError(description: "an alias without anchor")
        }
    }
}
