// JSON merge patch (RFC 7396) and JSON patch (RFC 6902).

/// Patches other than apply.
enum Patches {
    /// Lays a merge patch over a value.
    static func merge(_ patch: DoubleJSON, into value: DoubleJSON) -> DoubleJSON {
        guard case .object(let changes) = patch else { return patch }
        var members = value.object ?? [:]
        for (key, change) in changes {
            members[key] = change.isNull ? nil : merge(change, into: members[key] ?? .null)
        }
        return .object(members)
    }

    /// Carries out a JSON patch.
    ///
    /// - Throws: 422 when an operation cannot be carried out or a test fails; 400 when the patch is none.
    static func apply(_ patch: DoubleJSON, to value: DoubleJSON) throws(KubeStatus) -> DoubleJSON {
        guard let operations = patch.array else {
            throw .badRequest("error decoding patch: json: cannot unmarshal into Go value of type jsonpatch.Patch")
        }
        var value = value
        for operation in operations {
            guard let name = operation["op"]?.string, let path = operation["path"]?.string.flatMap(pointer) else {
                throw rejected
            }
            let operand = operation["value"] ?? .null
            let source = operation["from"]?.string.flatMap(pointer) ?? []
            switch name {
            case "add": try edit(&value, path[...]) { .add($0, operand) }
            case "remove": try edit(&value, path[...]) { .remove($0) }
            case "replace": try edit(&value, path[...]) { .replace($0, operand) }
            case "test": guard try find(value, path) == operand else { throw rejected }
            case "copy", "move":
                let moved = try find(value, source)
                if name == "move" { try edit(&value, source[...]) { .remove($0) } }
                try edit(&value, path[...]) { .add($0, moved) }
            default: throw rejected
            }
        }
        return value
    }

    private static let rejected = KubeStatus(
        code: 422,
        reason: "Invalid",
        message: "the server rejected our request due to an error in our request",
        details: [:]
    )

    private enum Edit {
        case add(String, DoubleJSON)
        case remove(String)
        case replace(String, DoubleJSON)
    }

    /// RFC 6901.
    private static func pointer(_ text: String) -> [String]? {
        guard text.hasPrefix("/") else { return text.isEmpty ? [] : nil }
        return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            String($0.replacing("~1", with: "/").replacing("~0", with: "~"))
        }
    }

    private static func find(_ value: DoubleJSON, _ path: [String]) throws(KubeStatus) -> DoubleJSON {
        var value = value
        for key in path {
            guard let next = value[key] ?? Int(key).flatMap({ value[$0] }) else { throw rejected }
            value = next
        }
        return value
    }

    private static func edit(
        _ value: inout DoubleJSON,
        _ path: ArraySlice<String>,
        _ make: (String) -> Edit
    ) throws(KubeStatus) {
        guard let key = path.first else { throw rejected }
        guard path.count == 1 else {
            guard var inner = value[key] ?? Int(key).flatMap({ value[$0] }) else { throw rejected }
            try edit(&inner, path.dropFirst(), make)
            if var elements = value.array, let index = Int(key) {
                elements[index] = inner
                value = .array(elements)
            } else {
                value[key] = inner
            }
            return
        }
        let edit = make(key)
        if var elements = value.array {
            try carryOut(edit, on: &elements)
            value = .array(elements)
        } else if case .object(var members) = value {
            try carryOut(edit, on: &members)
            value = .object(members)
        } else {
            throw rejected
        }
    }

    private static func carryOut(_ edit: Edit, on elements: inout [DoubleJSON]) throws(KubeStatus) {
        switch edit {
        case .add("-", let value): elements.append(value)
        case .add(let key, let value):
            guard let index = Int(key), (0...elements.count).contains(index) else { throw rejected }
            elements.insert(value, at: index)
        case .remove(let key):
            guard let index = Int(key), elements.indices.contains(index) else { throw rejected }
            elements.remove(at: index)
        case .replace(let key, let value):
            guard let index = Int(key), elements.indices.contains(index) else { throw rejected }
            elements[index] = value
        }
    }

    private static func carryOut(_ edit: Edit, on members: inout [String: DoubleJSON]) throws(KubeStatus) {
        switch edit {
        case .add(let key, let value): members[key] = value
        case .remove(let key):
            guard members.removeValue(forKey: key) != nil else { throw rejected }
        case .replace(let key, let value):
            guard members[key] != nil else { throw rejected }
            members[key] = value
        }
    }
}
