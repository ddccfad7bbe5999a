import Yams

/// The fields of one mapping; it remembers which were asked for, so that the others can be named as unknown.
final class ObjectFields {
    private let path: String
    private let position: SourcePosition?
    private let log: ErrorLog
    private var values: [String: (key: Node, value: Node)] = [:]
    private var order: [String] = []
    private var known: [String] = []
    private var ignored: Set<String> = []

    init(_ mapping: Node.Mapping, at cursor: FieldCursor) {
        self.path = cursor.path
        self.position = cursor.position
        self.log = cursor.log
        var repeated: [(name: String, first: Node)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                let place = FieldCursor.place(key, cursor.log)
                cursor.log.report(.wrongType, cursor.path, at: place, "has a key that is no string")
                continue
            }
            let place = SourcePosition(line: scalar.mark?.line ?? 0, column: scalar.mark?.column ?? 0)
            if scalar.string.unicodeScalars.first == YAMLDocuments.repeatedMark,
                let name = cursor.log.repeatedKeys[place]
            {
                repeated.append((name, key))
                continue
            }
            self.values[scalar.string] = (key, value)
            self.order.append(scalar.string)
        }
        for (name, first) in repeated {
            let again = FieldCursor.place(self.values[name]?.key, self.log)
            let line = FieldCursor.place(first, self.log)?.line ?? 0
            self.log.report(
                .duplicate,
                self.path(of: name),
                at: again,
                "is already set in line \(line): remove one of them"
            )
        }
    }

    /// Points at a field.
    subscript(_ name: String) -> FieldCursor {
        if !self.known.contains(name) { self.known.append(name) }
        return FieldCursor(
            node: self.values[name]?.value,
            path: self.path(of: name),
            fallback: self.position,
            log: self.log
        )
    }

    /// Accepts a field without looking at it.
    func ignore(_ names: String...) {
        self.ignored.formUnion(names)
    }

    /// Points at every field there is, for mappings whose keys are free.
    func all() -> [(name: String, field: FieldCursor)] {
        self.order.map { ($0, self[$0]) }
    }

    /// Reports the fields that were neither asked for nor to be ignored.
    func reportUnknown() {
        for name in self.order where !self.known.contains(name) && !self.ignored.contains(name) {
            let place = FieldCursor.place(self.values[name]?.key, self.log)
            let advice =
                Spelling.nearest(to: name, in: self.known).map { "did you mean `\($0)`?" }
                ?? "known here: \(self.known.joined(separator: ", "))"
            self.log.report(.unknownField, self.path(of: name), at: place, "is no field: \(advice)")
        }
    }

    private func path(of name: String) -> String { self.path.isEmpty ? name : "\(self.path).\(name)" }
}
