// A set of places in an object, as a tree: what a manager owns, and what a write changed.

/// One step from a value to a value within it.
enum FieldElement: Hashable, Sendable {
    /// A member of a map.
    case field(String)
    /// An element of a list with keys, by its keys.
    case key(DoubleJSON)
    /// An element of a set, by its value.
    case value(DoubleJSON)

    /// How `FieldsV1` writes it.
    var text: String {
        switch self {
        case .field(let name): "f:\(name)"
        case .key(let key): "k:\(key.text)"
        case .value(let value): "v:\(value.text)"
        }
    }

    /// Reads what `FieldsV1` writes.
    init?(text: String) {
        let rest = text.dropFirst(2)
        if text.hasPrefix("f:") {
            self = .field(String(rest))
        } else if text.hasPrefix("k:"), let key = try? DoubleJSON(parsing: String(rest)) {
            self = .key(key)
        } else if text.hasPrefix("v:"), let value = try? DoubleJSON(parsing: String(rest)) {
            self = .value(value)
        } else {
            return nil
        }
    }

    /// How a message names it: `.spec`, `[id="a"]`, `[="a"]`.
    var pathText: String {
        switch self {
        case .field(let name): return ".\(name)"
        case .value(let value): return "[=\(value.text)]"
        case .key(let key):
            let parts = (key.object ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }
            return "[\(parts.joined(separator: ","))]"
        }
    }
}

/// A set of places.
struct FieldSet: Equatable, Sendable {
    /// The places directly below.
    var members: Set<FieldElement> = []
    /// What lies deeper.
    var children: [FieldElement: FieldSet] = [:]

    var isEmpty: Bool { members.isEmpty && children.isEmpty }

    /// Adds the place at a path.
    mutating func insert(_ path: ArraySlice<FieldElement>) {
        guard let first = path.first else { return }
        if path.count == 1 {
            members.insert(first)
        } else {
            children[first, default: FieldSet()].insert(path.dropFirst())
        }
    }

    /// Whether an element is in the set, or something below a named field is: then the field counts as owned.
    func holds(_ element: FieldElement) -> Bool {
        if members.contains(element) { return true }
        guard case .field = element else { return false }
        return children[element] != nil
    }

    func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.members.formUnion(other.members)
        for (element, child) in other.children {
            result.children[element] = result.children[element].map { $0.union(child) } ?? child
        }
        return result
    }

    func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet(members: members.intersection(other.members))
        for (element, child) in children {
            guard let otherChild = other.children[element] else { continue }
            let common = child.intersection(otherChild)
            if !common.isEmpty { result.children[element] = common }
        }
        return result
    }

    func subtracting(_ other: FieldSet) -> FieldSet {
        guard !other.isEmpty else { return self }
        var result = FieldSet(members: members.subtracting(other.members))
        for (element, child) in children {
            let rest = other.children[element].map { child.subtracting($0) } ?? child
            if !rest.isEmpty { result.children[element] = rest }
        }
        return result
    }

    /// Takes out the places of another set with all that lies below them.
    func subtractingRecursively(_ other: FieldSet) -> FieldSet {
        guard !other.isEmpty else { return self }
        var result = FieldSet(members: members.subtracting(other.members))
        for (element, child) in children where !other.members.contains(element) {
            let rest = other.children[element].map { child.subtractingRecursively($0) } ?? child
            if !rest.isEmpty { result.children[element] = rest }
        }
        return result
    }

    /// Every place, as messages name it; places before what lies below them.
    var paths: [String] {
        var paths: [String] = []
        collect(into: &paths, prefix: "")
        return paths
    }

    private func collect(into paths: inout [String], prefix: String) {
        for text in members.map(\.pathText).sorted() { paths.append(prefix + text) }
        for (element, child) in children.sorted(by: { $0.key.pathText < $1.key.pathText }) {
            child.collect(into: &paths, prefix: prefix + element.pathText)
        }
    }
}

extension FieldSet {
    /// The set in the form `FieldsV1`.
    var json: DoubleJSON {
        var object: [String: DoubleJSON] = [:]
        for element in members { object[element.text] = .object([:]) }
        for (element, child) in children {
            var inner = child.json
            if members.contains(element) { inner["."] = .object([:]) }
            object[element.text] = inner
        }
        return .object(object)
    }

    /// Reads the form `FieldsV1`; elements of an unknown form are left out.
    init(json: DoubleJSON) {
        for (text, inner) in json.object ?? [:] {
            guard let element = FieldElement(text: text) else { continue }
            var child = FieldSet(json: inner)
            if inner["."] != nil || inner.object?.isEmpty ?? true { members.insert(element) }
            child.members.remove(.field("."))
            if !child.isEmpty { children[element] = child }
        }
    }
}
