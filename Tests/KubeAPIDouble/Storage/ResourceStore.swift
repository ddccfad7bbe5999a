// All objects of one kind: found by key, listed in order, and as they were at any revision that history still reaches.

/// What happened to an object.
enum ChangeKind: String, Sendable {
    case added = "ADDED"
    case modified = "MODIFIED"
    case deleted = "DELETED"
}

/// One change of one object.
struct Change: Sendable {
    let kind: ChangeKind
    /// After the change; of a deletion, the last state at the deletion's revision.
    let object: StoredObject
    let previous: StoredObject?

    var revision: Int { object.revision }
}

/// The objects of one kind, and what happened to them.
///
/// A class, so that a write never copies the others.
final class ResourceStore {
    private(set) var objects: [String: StoredObject] = [:]
    /// The keys in order: lists and pages follow it.
    private var keys: [String] = []
    private(set) var history: [Change] = []
    /// Changes up to here are forgotten.
    private(set) var compactedRevision = 0

    /// Where an object stands: `namespace/name`, or the name alone in the cluster's scope.
    static func key(namespace: String?, name: String) -> String {
        if let namespace { "\(namespace)/\(name)" } else { name }
    }

    /// Puts a change into the store and into its history.
    func commit(_ change: Change) {
        let key = change.object.key
        switch change.kind {
        case .added: keys.insert(key, at: position(of: key))
        case .modified: break
        case .deleted: keys.remove(at: position(of: key))
        }
        objects[key] = change.kind == .deleted ? nil : change.object
        history.append(change)
    }

    /// Replaces an object without a change: a schema now reads it differently.
    func reread(_ object: StoredObject) { objects[object.key] = object }

    /// Forgets the history up to a revision.
    func compact(through revision: Int) {
        compactedRevision = max(compactedRevision, revision)
        history.removeFirst(historyIndex(after: revision))
    }

    /// The changes after a revision.
    func changes(after revision: Int) -> ArraySlice<Change> { history[historyIndex(after: revision)...] }

    /// The objects in order, as they are now.
    ///
    /// - Parameters:
    ///   - namespace: only those in it; nil for all.
    ///   - start: only those whose key comes after this one.
    /// - Returns: the objects, by key.
    func ordered(namespace: String?, after start: String? = nil) -> [StoredObject] {
        var index = 0
        if let namespace { index = position(of: "\(namespace)/") }
        if let start { index = max(index, position(of: start + "\0")) }
        var found: [StoredObject] = []
        while index < keys.count {
            let key = keys[index]
            if let namespace, !key.hasPrefix("\(namespace)/") { break }
            if let object = objects[key] { found.append(object) }
            index += 1
        }
        return found
    }

    /// The objects in order as they were at a revision: today's, with later changes taken back.
    func ordered(namespace: String?, at revision: Int, after start: String?) -> [StoredObject] {
        let later = changes(after: revision)
        guard !later.isEmpty else { return ordered(namespace: namespace, after: start) }
        var then = objects
        for change in later.reversed() { then[change.object.key] = change.previous }
        return then.filter { key, object in
            (namespace == nil || object.namespace == namespace) && (start.map { key > $0 } ?? true)
        }
        .sorted { $0.key < $1.key }.map(\.value)
    }

    private func position(of key: String) -> Int {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func historyIndex(after revision: Int) -> Int {
        var low = 0
        var high = history.count
        while low < high {
            let middle = (low + high) / 2
            if history[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
