// What a setting may be. A type knows how it is read from YAML, which schema says the same to an API server, how a value is
// written, and what of the projection's JSON may be taken for one.

/// A kind of value that settings have.
struct SettingType<Value: Sendable>: Sendable {
    /// What an API server accepts, without description and default.
    var schema: Schema
    /// What there is for people, in a word or two.
    var name: String
    /// The least and the most, where that is a number or a duration.
    var range: (least: String, most: String)?
    /// The settings within it.
    var parts: [SettingLine] = []
    /// Reads a field, and reports what is wrong with it.
    var read: @Sendable (FieldCursor) -> Value?
    /// The value as it is written.
    var plain: @Sendable (Value) -> PlainValue?
    /// Reads a key of the projection, in the place of a value that holds without: nil where there is nothing that can be used.
    var decode: @Sendable (ProjectionObject, ProjectionKey, Value?) throws -> Value?

    init(
        _ name: String,
        _ schema: Schema,
        range: (least: String, most: String)? = nil,
        parts: [SettingLine] = [],
        read: @escaping @Sendable (FieldCursor) -> Value?,
        plain: @escaping @Sendable (Value) -> PlainValue? = { _ in nil },
        decode: @escaping @Sendable (ProjectionObject, ProjectionKey, Value?) throws -> Value? = { _, _, _ in nil }
    ) {
        self.name = name
        self.schema = schema
        self.range = range
        self.parts = parts
        self.read = read
        self.plain = plain
        self.decode = decode
    }

    /// The same with rules for an API server, which the reader checks in its own way.
    func obeying(_ rules: [Schema.Rule]) -> SettingType {
        var type = self
        type.schema.add(rules)
        return type
    }

    /// The same kind of value under one more field, as in `tls: {secretRef: …}`.
    func within(_ field: String, required hint: String, _ says: String) -> SettingType {
        let inner = self
        return SettingType(
            "object",
            Schema(object: [(field, inner.schema.described(says))], required: [field]),
            parts: [SettingLine(field, inner.name, says)] + inner.parts.map { $0.below(field) },
            read: { cursor in cursor.object { inner.read($0[field].required(hint)) } }
        )
    }
}

/// What is said of a setting in the documentation.
package struct SettingLine: Hashable, Sendable {
    /// Where it is written, such as `spec.history.retention`.
    package var path: String
    /// What may be written.
    package let kind: String
    /// What holds where nothing is written, if something does.
    package var standard: String?
    /// The least and the most of a number or a duration.
    package var least: String?
    package var most: String?
    /// What it does.
    package let says: String
    /// What is done instead, where this version does not act on it.
    package var meanwhile: String?

    init(_ path: String, _ kind: String, _ says: String) {
        self.path = path
        self.kind = kind
        self.says = says
    }

    /// The same, further down.
    func below(_ parent: String) -> SettingLine {
        var line = self
        line.path = self.path.hasPrefix("[") ? parent + self.path : "\(parent).\(self.path)"
        return line
    }
}
