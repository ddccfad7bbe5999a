// A hand-written decoder over Yams' nodes: it knows the line of every value, reports every error it meets instead of
// the first one, and refuses fields that no one asked for. `Decodable` offers none of the three.

import Yams

/// Points at a field, present or not, and reads it as one of the types that resources are made of.
///
/// Every reader reports to the log what is wrong and returns `nil` then, and also where the field is absent or `null`
/// (which Kubernetes treats alike); call ``required(_:)`` first where it has no default.
struct FieldCursor {
    /// The value; `nil` if the field is absent or null.
    let node: Node?
    /// The field's path, such as `spec.quotas.connections`.
    let path: String
    /// Where the value stands, or the mapping in which it is missing.
    let position: SourcePosition?
    /// Where errors go.
    let log: ErrorLog

    init(node: Node?, path: String, fallback: SourcePosition?, log: ErrorLog) {
        if case .scalar(let scalar) = node, ScalarType(scalar) == .null {
            self.node = nil
        } else {
            self.node = node
        }
        self.path = path
        self.position = Self.place(node, log) ?? fallback
        self.log = log
        if node != nil { log.note(path, at: self.position) }
    }

    static func place(_ node: Node?, _ log: ErrorLog) -> SourcePosition? {
        (node?.mark).map { SourcePosition(line: $0.line + log.linesBefore, column: $0.column) }
    }

    /// Whether there is a value.
    var isPresent: Bool { self.node != nil }

    /// Reports something wrong with this field.
    func report(_ reason: ResourceError.Reason, _ message: String) {
        self.log.report(reason, self.path, at: self.position, message)
    }

    /// Tells of something about this field that is no mistake.
    func warn(_ message: String) { self.log.warn(self.path, at: self.position, message) }

    /// Reports the field as missing if it is; `hint` says what to write.
    func required(_ hint: String) -> FieldCursor {
        if !self.isPresent { self.report(.missing, "is missing: \(hint)") }
        return self
    }

    // MARK: - Scalars

    /// Reads a string; a plain number or boolean is none, as for kubectl.
    func string() -> String? {
        guard let scalar = self.scalar(expected: "a string") else { return nil }
        let type = ScalarType(scalar)
        if type == .string { return scalar.string }
        self.report(.wrongType, "is \(type.rawValue) where a string is due: write it in quotes, \"\(scalar.string)\"")
        return nil
    }

    /// Reads a string that a parser accepts; `expected` completes "… is no …".
    func parsed<T>(_ expected: String, _ parse: (String) -> T?) -> T? {
        guard let text = self.string() else { return nil }
        if let value = parse(text) { return value }
        self.report(.badValue, "\(Self.quoted(text)) is no \(expected)")
        return nil
    }

    /// Reads `true` or `false`.
    func bool() -> Bool? {
        guard let scalar = self.scalar(expected: "true or false") else { return nil }
        switch (ScalarType(scalar), scalar.string.lowercased()) {
        case (.bool, "true"): return true
        case (.bool, "false"): return false
        case (let type, _):
            let shown = type == .bool ? Self.quoted(scalar.string) : type.rawValue
            self.report(.wrongType, "is \(shown) where a boolean is due: write true or false")
            return nil
        }
    }

    /// Reads a whole number within bounds.
    func integer(_ bounds: ClosedRange<Int>) -> Int? {
        guard let scalar = self.scalar(expected: "a whole number") else { return nil }
        guard ScalarType(scalar) == .number else {
            self.report(
                .wrongType,
                "is \(ScalarType(scalar).rawValue) where a whole number is due: write it without quotes"
            )
            return nil
        }
        if self.isAmbiguous(scalar) { return nil }
        guard let value = Int(scalar.string) else {
            // Digits alone are a number, though none that an `Int` holds.
            let isDigits = scalar.string.allSatisfy { ("0"..."9").contains($0) || $0 == "-" }
            if isDigits { return self.outOfBounds(scalar.string, bounds) }
            self.report(.wrongType, "\(Self.quoted(scalar.string)) is no whole number")
            return nil
        }
        return bounds.contains(value) ? value : self.outOfBounds(scalar.string, bounds)
    }

    /// Reports a number that readers of YAML 1.1, of YAML 1.2 and of Kubernetes take for different ones.
    private func isAmbiguous(_ scalar: Node.Scalar) -> Bool {
        let text = scalar.string
        let digits = text.drop { $0 == "-" || $0 == "+" }
        if text.hasPrefix("+") {
            self.report(.badValue, "\(Self.quoted(text)) is a number to some readers and a text to others: write no +")
        } else if digits.count > 1, digits.first == "0", digits.allSatisfy({ ("0"..."9").contains($0) || $0 == "_" }) {
            self.report(
                .badValue,
                "\(Self.quoted(text)) is octal to some readers and decimal to others: write no 0 in front"
            )
        } else {
            return false
        }
        return true
    }

    /// Reads a size in bytes within bounds, as a number or a Kubernetes quantity.
    func bytes(_ bounds: ClosedRange<Int>) -> Int? {
        guard let scalar = self.scalar(expected: "a size") else { return nil }
        let type = ScalarType(scalar)
        guard type == .number || type == .string else {
            self.report(.wrongType, "is \(type.rawValue) where a size is due: write a quantity such as 500M or 10Gi")
            return nil
        }
        if type == .number, self.isAmbiguous(scalar) { return nil }
        let most = "at most \(bounds.upperBound) bytes, which is \(ByteQuantity.text(bounds.upperBound))"
        switch ByteQuantity.read(scalar.string) {
        case .bytes(let value):
            if let size = Int(exactly: value), bounds.contains(size) { return size }
            fallthrough
        case .tooLarge: self.report(.badValue, "\(Self.quoted(scalar.string)) is too large: write \(most)")
        case .nothing:
            let advice = "write a quantity such as 500M or 10Gi, of \(most)"
            self.report(.badValue, "\(Self.quoted(scalar.string)) is no size: \(advice)")
        }
        return nil
    }

    /// Reads a duration within bounds, such as `90s`, `2m` or `30d`.
    func duration(_ bounds: ClosedRange<Duration>) -> Duration? {
        if case .scalar(let scalar) = self.node, ScalarType(scalar) == .number {
            self.report(
                .wrongType,
                "\(scalar.string) has no unit: write a duration such as \(scalar.string)s, 2m or 30d"
            )
            return nil
        }
        let (least, most) = (GoDuration.text(bounds.lowerBound), GoDuration.text(bounds.upperBound))
        let expected = "duration: write a number with a unit, such as 90s, 2m, 1h30m or 30d, of at most \(most)"
        let reading = self.parsed(expected) { text in
            let isShort = text.unicodeScalars.count <= GoDuration.longestText
            let reading = isShort ? GoDuration.read(text) : .nothing
            return reading == .nothing ? nil : reading
        }
        guard let reading else { return nil }
        guard case .duration(let value) = reading else {
            self.report(.badValue, "it is too long a time: write \(least) to \(most)")
            return nil
        }
        if bounds.contains(value) { return value }
        self.report(.badValue, "\(GoDuration.text(value)) is out of bounds: write \(least) to \(most)")
        return nil
    }

    private func outOfBounds(_ text: String, _ bounds: ClosedRange<Int>) -> Int? {
        let shown = text.utf8.count <= 20 ? text : Self.quoted(text)
        self.report(.badValue, "\(shown) is out of bounds: write \(bounds.lowerBound) to \(bounds.upperBound)")
        return nil
    }

    /// Reads a decimal number, which must be in quotes.
    func decimal() -> ExactDecimal? {
        self.parsed("decimal number: write digits with at most one point, such as \"0.05\"") { ExactDecimal($0) }
    }

    /// Reads one of an enumeration's names.
    func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type = Choice.self) -> Choice?
    where Choice.RawValue == String {
        guard let text = self.string() else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        let advice = Spelling.nearest(to: text, in: names).map { "did you mean \($0)? " } ?? ""
        self.report(
            .badValue,
            "\(Self.quoted(text)) is not known here: \(advice)Choose one of \(names.joined(separator: ", "))"
        )
        return nil
    }

    // MARK: - Collections

    /// How many elements there are; nil for what is no list.
    var elements: Int? {
        if case .sequence(let sequence) = self.node { sequence.count } else { nil }
    }

    /// Reads a list, element by element; elements that cannot be read are left out (and reported).
    func list<Element>(_ read: (FieldCursor) -> Element?) -> [Element]? {
        guard let node = self.node else { return nil }
        guard case .sequence(let sequence) = node else {
            self.report(.wrongType, "is \(Self.typeName(node)) where a list is due: write [ … ] or lines with `- `")
            return nil
        }
        return sequence.enumerated().compactMap { index, node in
            let cursor = FieldCursor(node: node, path: "\(self.path)[\(index)]", fallback: self.position, log: self.log)
            guard cursor.isPresent else {
                cursor.report(.wrongType, "is empty: write a value or remove the element")
                return nil
            }
            return read(cursor)
        }
    }

    /// Reads a list whose elements must differ; `key` is what is compared.
    func distinct<Element, Key: Hashable>(
        by key: (Element) -> Key,
        _ read: (FieldCursor) -> Element?
    ) -> [Element]? {
        var seen: [Key: String] = [:]
        return self.list { cursor in
            guard let element = read(cursor) else { return nil }
            if let first = seen[key(element)] {
                cursor.report(.duplicate, "occurs already as \(first): remove one of them")
                return nil
            }
            seen[key(element)] = cursor.path
            return element
        }
    }

    /// Reads a mapping through its fields, then reports those that nobody asked for.
    func object<T>(_ read: (ObjectFields) -> T?) -> T? {
        guard let node = self.node else { return nil }
        guard case .mapping(let mapping) = node else {
            self.report(
                .wrongType,
                "is \(Self.typeName(node)) where fields are due: write `name: value` lines or { … }"
            )
            return nil
        }
        let fields = ObjectFields(mapping, at: self)
        let value = read(fields)
        fields.reportUnknown()
        return value
    }

    // MARK: - Helpers

    private func scalar(expected: String) -> Node.Scalar? {
        guard let node = self.node else { return nil }
        if case .scalar(let scalar) = node { return scalar }
        self.report(.wrongType, "is \(Self.typeName(node)) where \(expected) is due")
        return nil
    }

    private static func typeName(_ node: Node) -> String {
        switch node {
        case .mapping: "an object"
        case .sequence: "a list"
        case .scalar(let scalar): ScalarType(scalar).rawValue
        case .alias: "an alias"
        }
    }

    /// A value as messages show it: short, on one line.
    static func quoted(_ text: String) -> String {
        let line = String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
        return line.count > 80 ? "`\(line.prefix(77))…`" : "`\(line)`"
    }
}
