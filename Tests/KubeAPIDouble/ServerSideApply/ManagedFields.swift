// Who owns which fields of an object.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/

/// One entry of `metadata.managedFields`.
struct ManagedEntry: Sendable, Equatable {
    /// How the manager wrote.
    enum Operation: String, Sendable {
        case apply = "Apply"
        case update = "Update"
    }

    let manager: String
    let operation: Operation
    var apiVersion: String
    /// `status`, `scale`, or empty.
    let subresource: String
    var time: String
    var fields: FieldSet

    /// Whether both entries are one manager's: an applier is known without its version.
    func isSameManager(as other: ManagedEntry) -> Bool {
        manager == other.manager && operation == other.operation && subresource == other.subresource
            && (operation == .apply || apiVersion == other.apiVersion)
    }

    var json: DoubleJSON {
        var entry: DoubleJSON = [
            "manager": .string(manager), "operation": .string(operation.rawValue), "apiVersion": .string(apiVersion),
            "fieldsType": "FieldsV1", "fieldsV1": fields.json,
        ]
        if !time.isEmpty { entry["time"] = .string(time) }
        if !subresource.isEmpty { entry["subresource"] = .string(subresource) }
        return entry
    }

    /// How a conflict names the manager.
    var shown: String {
        var text = DoubleJSON.string(manager).text
        if !subresource.isEmpty { text += " with subresource \"\(subresource)\"" }
        if operation == .update { text += " using \(apiVersion)" }
        return text
    }
}

/// All owners of an object's fields.
struct ManagedFields: Sendable, Equatable {
    private(set) var entries: [ManagedEntry] = []

    /// What all managers own.
    var owned: FieldSet { entries.reduce(FieldSet()) { $0.union($1.fields) } }

    /// The entries in the form of `metadata.managedFields`; nil when there are none.
    var json: DoubleJSON? {
        entries.isEmpty ? nil : .array(entries.map(\.json))
    }

    /// The entry of the same manager.
    func entry(like entry: ManagedEntry) -> ManagedEntry? {
        entries.first { $0.isSameManager(as: entry) }
    }

    /// Notes a write that was no apply: what it changed is its manager's alone.
    ///
    /// - Parameters:
    ///   - comparison: what the write changed.
    ///   - writer: the manager with the time; its fields are not read.
    mutating func noteUpdate(_ comparison: TypedComparison, by writer: ManagedEntry) {
        guard !comparison.isEmpty else { return }
        let written = comparison.written
        let lost = written.union(comparison.removed)
        var mine = entry(like: writer)?.fields ?? FieldSet()
        entries.removeAll { $0.isSameManager(as: writer) }
        take(lost)
        mine = mine.subtracting(comparison.removed).union(written)
        add(writer, fields: mine)
    }

    /// The places that others own among those that an apply changed, by manager.
    func conflicts(with written: FieldSet, of applier: ManagedEntry) -> [(entry: ManagedEntry, fields: FieldSet)] {
        entries.compactMap { entry in
            guard !entry.isSameManager(as: applier) else { return nil }
            let common = entry.fields.intersection(written)
            return common.isEmpty ? nil : (entry, common)
        }
    }

    /// Replaces what an applier owns and takes the changed places from all others.
    mutating func noteApply(_ comparison: TypedComparison, by applier: ManagedEntry, fields: FieldSet) {
        let before = entry(like: applier)
        entries.removeAll { $0.isSameManager(as: applier) }
        take(comparison.written.union(comparison.removed))
        var applier = applier
        if comparison.isEmpty, let before, before.fields == fields, before.apiVersion == applier.apiVersion {
            applier.time = before.time
        }
        add(applier, fields: fields)
    }

    /// What stays the same but for the time is the same.
    func equalsIgnoringTime(_ other: ManagedFields) -> Bool {
        guard entries.count == other.entries.count else { return false }
        return entries.allSatisfy { entry in
            other.entry(like: entry).map { $0.fields == entry.fields && $0.apiVersion == entry.apiVersion } ?? false
        }
    }

    private mutating func take(_ lost: FieldSet) {
        for index in entries.indices { entries[index].fields = entries[index].fields.subtracting(lost) }
        entries.removeAll { $0.fields.isEmpty }
    }

    private mutating func add(_ entry: ManagedEntry, fields: FieldSet) {
        guard !fields.isEmpty else { return }
        var entry = entry
        entry.fields = fields
        entries.append(entry)
        entries.sort { ($0.operation.rawValue, $0.time, $0.manager) < ($1.operation.rawValue, $1.time, $1.manager) }
    }

    /// The fields that no manager owns: what the server itself writes, and what names the object.
    static let unowned: FieldSet = {
        var set = FieldSet(members: [.field("apiVersion"), .field("kind"), .field("metadata")])
        set.children[.field("metadata")] = FieldSet(
            members: Set(
                [
                    "name", "namespace", "uid", "creationTimestamp", "generation", "managedFields", "resourceVersion",
                    "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds",
                ].map(FieldElement.field)
            )
        )
        return set
    }()
}
