/// A value that rows fill in.
protocol SettingsRoot: Sendable {
    /// What holds where nothing is written.
    ///
    /// What is required has something in its place that nobody sees.
    init()
}

/// A value that is made of settings.
protocol SettingsObject: SettingsRoot {
    /// Its settings, in the order in which they are read and documented.
    static var settings: [Setting<Self>] { get }

    /// What a schema cannot say, for an API server.
    static var rules: [Schema.Rule] { get }

    /// Whether an API server puts nothing in its place where it is missing.
    static var isOpen: Bool { get }

    /// Reports what is wrong with settings beside each other: the same as ``rules``, for who reads a file.
    static func check(_ value: Self, _ fields: ObjectFields)
}

extension SettingsRoot {
    /// Reads rows; nil if something is missing that cannot be.
    static func fill(_ value: inout Self, _ rows: [Setting<Self>], _ fields: ObjectFields) -> Void? {
        var unread: Set<String> = []
        for row in rows {
            if let dependence = row.dependence {
                // Nobody knows whether it may be there.
                if unread.contains(dependence.row) { fields.ignore(row.name) }
                guard !unread.contains(dependence.row), dependence.holds(value) else { continue }
            }
            if !row.read(fields[row.name], &value) { unread.insert(row.name) }
        }
        return unread.isEmpty ? () : nil
    }
}

extension SettingsObject {
    static var rules: [Schema.Rule] { [] }

    static var isOpen: Bool { false }

    static func check(_: Self, _: ObjectFields) {}

    /// Reads an object; nil if something is missing that it cannot be without.
    static func read(_ cursor: FieldCursor) -> Self? {
        cursor.object { fields in
            var value = Self()
            let isComplete = Self.fill(&value, Self.settings, fields) != nil
            Self.check(value, fields)
            return isComplete ? value : nil
        }
    }

    /// The object as it is written.
    var plain: PlainValue {
        .object(Self.settings.compactMap { row in row.plain(self).map { .init(name: row.name, value: $0) } })
    }

    /// Takes from the projection what it says and what can be used.
    mutating func take(from object: ProjectionObject) throws {
        for row in Self.settings { try row.decode(object, &self) }
    }
}

extension SettingType where Value: SettingsObject {
    /// An object of settings.
    static var object: SettingType {
        var schema = Schema(Value.settings, rules: Value.rules)
        // What is within has defaults, which an API server only puts into what is there.
        if schema["required"] == nil, !Value.isOpen { schema["default"] = .object([]) }
        return SettingType(
            "object",
            schema,
            parts: Value.settings.flatMap { $0.lines() },
            read: Value.read,
            plain: \.plain,
            decode: { object, key, current in
                var value = current ?? Value()
                try value.take(from: object.object(key))
                return value
            }
        )
    }
}
