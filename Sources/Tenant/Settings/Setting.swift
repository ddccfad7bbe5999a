// A setting is a row. Whatever there is to be known of it stands there: reading it from YAML, writing it into the projection
// and reading it there, the definition for an API server, the documentation, and whether this version does anything with it
// are all derived.

/// One setting of an object, or some under a name.
struct Setting<Root: Sendable>: Sendable {
    /// When a row may be written at all.
    struct Dependence: Sendable {
        /// The name of the row that decides.
        let row: String
        let holds: @Sendable (Root) -> Bool
    }

    /// The field's name.
    let name: String
    /// Whether it has to be there.
    let isRequired: Bool
    /// What else has to hold.
    var dependence: Dependence?
    /// What an API server accepts.
    let schema: @Sendable () -> Schema
    /// What the documentation says of it and of what is within it.
    let lines: @Sendable () -> [SettingLine]
    /// Reads the field; says whether the object is complete as far as this row is concerned.
    let read: @Sendable (FieldCursor, inout Root) -> Bool
    /// The value as the projection has it.
    let plain: @Sendable (Root) -> PlainValue?
    /// Reads it from the projection; what cannot be used there leaves the value as it is.
    let decode: @Sendable (ProjectionObject, inout Root) throws -> Void
}

extension Setting where Root: SettingsRoot {
    /// A setting with a default, which is what a new `Root` has, or one that is required.
    init<Value>(
        _ name: String,
        _ path: any WritableKeyPath<Root, Value> & Sendable,
        _ type: SettingType<Value>,
        required hint: String? = nil,
        when dependence: Dependence? = nil,
        _ says: String,
        notImplemented: NotImplemented<Value>? = nil
    ) {
        let hasDefault = hint == nil && notImplemented == nil && dependence == nil
        self.init(name, path, type, { $0 }, { $0 }, hint, dependence, notImplemented, hasDefault: hasDefault, says)
    }

    /// A setting that may be left open.
    init<Value>(
        _ name: String,
        _ path: any WritableKeyPath<Root, Value?> & Sendable,
        _ type: SettingType<Value>,
        required hint: String? = nil,
        when dependence: Dependence? = nil,
        _ says: String,
        notImplemented: NotImplemented<Value>? = nil
    ) {
        self.init(name, path, type, { $0 }, { $0 }, hint, dependence, notImplemented, hasDefault: false, says)
    }

    private init<Value, Stored>(
        _ name: String,
        _ path: any WritableKeyPath<Root, Stored> & Sendable,
        _ type: SettingType<Value>,
        _ store: @escaping @Sendable (Value) -> Stored,
        _ value: @escaping @Sendable (Stored) -> Value?,
        _ hint: String?,
        _ dependence: Dependence?,
        _ notImplemented: NotImplemented<Value>?,
        hasDefault: Bool,
        _ says: String
    ) {
        // An object's default is that of each of its settings.
        let standard: @Sendable () -> PlainValue? = {
            type.parts.isEmpty ? value(Root()[keyPath: path]).flatMap(type.plain) : nil
        }
        self.name = name
        self.isRequired = hint != nil && dependence == nil
        self.dependence = dependence
        self.schema = {
            var schema = type.schema.described(says)
            if hasDefault, let standard = standard() { schema["default"] = standard }
            return schema
        }
        self.lines = {
            var line = SettingLine(name, type.name, says)
            (line.least, line.most) = (type.range?.least, type.range?.most)
            line.standard = hint == nil ? standard()?.short : nil
            line.meanwhile = notImplemented?.meanwhile
            return [line] + type.parts.map { $0.below(name) }
        }
        self.read = { field, root in
            let field = hint.map(field.required) ?? field
            guard let read = type.read(field) else { return hint == nil }
            if let notImplemented, notImplemented.concerns(read) {
                field.warn("this version does not act on it: \(notImplemented.meanwhile)")
            }
            root[keyPath: path] = store(read)
            return true
        }
        self.plain = { value($0[keyPath: path]).flatMap(type.plain) }
        self.decode = { object, root in
            let current = value(root[keyPath: path])
            if let read = try type.decode(object, ProjectionKey(name), current) { root[keyPath: path] = store(read) }
        }
    }

    /// Settings of the same value under a name of their own; where that is open, nothing is put in its place.
    static func group(_ name: String, isOpen: Bool = false, _ says: String, _ rows: [Setting]) -> Setting {
        Setting(
            name: name,
            isRequired: false,
            schema: {
                var schema = Schema(rows).described(says)
                if !isOpen { schema["default"] = .object([]) }
                return schema
            },
            lines: {
                [SettingLine(name, "object", says)] + rows.flatMap { $0.lines() }.map { $0.below(name) }
            },
            read: { field, root in
                var filled = root
                if field.object({ Root.fill(&filled, rows, $0) }) != nil { root = filled }
                return true
            },
            plain: { root in
                .object(rows.compactMap { row in row.plain(root).map { .init(name: row.name, value: $0) } })
            },
            decode: { object, root in
                let inner = object.object(ProjectionKey(name))
                for row in rows { try row.decode(inner, &root) }
            }
        )
    }

    /// The rows of an object within this one, under no name of their own.
    static func all<Part: Sendable>(of path: any WritableKeyPath<Root, Part> & Sendable, _ rows: [Setting<Part>])
        -> [Setting]
    {
        rows.map { row in
            Setting(
                name: row.name,
                isRequired: row.isRequired,
                schema: row.schema,
                lines: row.lines,
                read: { row.read($0, &$1[keyPath: path]) },
                plain: { row.plain($0[keyPath: path]) },
                decode: { try row.decode($0, &$1[keyPath: path]) }
            )
        }
    }
}

extension Schema {
    /// An object with these rows.
    init<Root>(_ rows: [Setting<Root>], rules: [Rule] = []) {
        let required = rows.filter(\.isRequired).map(\.name)
        self.init(object: rows.map { ($0.name, $0.schema()) }, required: required, rules: rules)
    }
}
