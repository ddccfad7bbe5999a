// Texts, numbers and choices.

extension SettingType where Value == String {
    /// A text that a parser accepts; `expected` completes "… is no …" and says what to write.
    static func text(
        _ name: String,
        _ expected: String,
        pattern: String,
        maxLength: Int? = nil,
        _ parse: @escaping @Sendable (String) -> String?
    ) -> SettingType {
        var schema = Schema(["type": "string", "pattern": .text(pattern)])
        if let maxLength { schema["maxLength"] = .integer(maxLength) }
        return Self.string(name, schema) { $0.parsed(expected, parse) }
    }

    /// Any text.
    static var text: SettingType { Self.string("text", Schema(["type": "string"])) { $0.string() } }

    /// A text of one line.
    static var line: SettingType {
        Self.string("text", Schema(["type": "string", "pattern": #"^[^\x00-\x1f\x7f-\x9f]+$"#])) { $0.line() }
    }

    /// One of some texts.
    static func oneOf(_ texts: [String], _ expected: String) -> SettingType {
        let schema = Schema(["type": "string", "enum": .list(texts.map(PlainValue.text))])
        return Self.string(texts.joined(separator: " "), schema) {
            $0.parsed(expected) { texts.contains($0) ? $0 : nil }
        }
    }

    /// The name of an object in Kubernetes.
    static var objectName: SettingType {
        Self.text(
            "name",
            ObjectMeta.nameRule,
            pattern: #"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$"#,
            maxLength: 253
        ) { DNSName.isSubdomain($0) ? $0 : nil }
    }

    /// The name of a namespace.
    static var label: SettingType {
        Self.text("name", ObjectMeta.labelRule, pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$") { TenantID($0)?.text }
    }

    private static func string(
        _ name: String,
        _ schema: Schema,
        _ read: @escaping @Sendable (FieldCursor) -> String?
    ) -> SettingType {
        SettingType(name, schema, read: read, plain: { .text($0) }, decode: { object, key, _ in object.value(key) })
    }
}

extension SettingType where Value == [String] {
    /// A text in lines.
    static var lines: SettingType {
        SettingType(
            "lines",
            Schema(["type": "string", "pattern": #"^([^\r\x00]|\r\n)*$"#]),
            read: { $0.lines() },
            // No lines are no text.
            plain: { $0.isEmpty ? nil : .list($0.map(PlainValue.text)) },
            decode: { object, key, _ in object.value(key) }
        )
    }
}

extension SettingType where Value == Bool {
    /// `true` or `false`.
    static var flag: SettingType {
        SettingType(
            "boolean",
            Schema(["type": "boolean"]),
            read: { $0.bool() },
            plain: { .bool($0) },
            decode: { object, key, _ in object.value(key) }
        )
    }
}

extension SettingType where Value == Int {
    /// A whole number within bounds.
    static func integer(_ bounds: ClosedRange<Int>, isWide: Bool = false) -> SettingType {
        var schema = Schema([
            "type": "integer", "minimum": .integer(bounds.lowerBound), "maximum": .integer(bounds.upperBound),
        ])
        if isWide { schema["format"] = "int64" }
        return SettingType(
            "number",
            schema,
            range: ("\(bounds.lowerBound)", "\(bounds.upperBound)"),
            read: { $0.integer(bounds) },
            plain: { .integer($0) },
            decode: { object, key, _ in try object.number(key, in: bounds) }
        )
    }
}

extension SettingType where Value == Duration {
    /// What is done with a duration in the projection that cannot be used.
    enum Unusable {
        /// The default holds: it does no harm.
        case passedOver
        /// The tenant stays as it was: too short a time deletes what nobody brings back.
        case refused
    }

    /// A duration within bounds.
    static func duration(_ bounds: ClosedRange<Duration>, _ unusable: Unusable = .passedOver) -> SettingType {
        let pattern = #"^(0|([0-9]{1,18}d)?([0-9]{1,18}(\.[0-9]{1,18})?(ns|us|µs|μs|ms|s|m|h))*)$"#
        var schema = Schema(["type": "string", "pattern": .text(pattern)])
        (schema["minLength"], schema["maxLength"]) = (1, .integer(GoDuration.longestText))
        schema.add([Self.rule(bounds.upperBound)])
        return SettingType(
            "duration",
            schema,
            range: (GoDuration.text(bounds.lowerBound), GoDuration.text(bounds.upperBound)),
            read: { $0.duration(bounds) },
            plain: { .text(GoDuration.text($0)) },
            decode: { object, key, _ in
                switch unusable {
                case .passedOver: try? object.duration(key, in: bounds)
                case .refused: try object.duration(key, in: bounds)
                }
            }
        )
    }
}

extension SettingType where Value == Duration {
    /// What CEL says of the longest time.
    ///
    /// It knows no days, so they are reckoned with by themselves; beside them the fraction of a second is left to the reader.
    fileprivate static func rule(_ most: Duration) -> Schema.Rule {
        let seconds = most.components.seconds
        let rest = "(self.endsWith('d') ? 0 : duration(self.split('d')[1]).getSeconds())"
        let days = "int(self.split('d')[0])"
        // What is far too long is no duration of CEL's, nor a number.
        let isShort = "self.split('d')[0].size() < 7 && \(days) * 86400 + \(rest) <= \(seconds)"
        return Schema.Rule(
            "self.contains('d') ? \(isShort) : self == '0' || duration(self) <= duration('\(seconds)s')",
            "too long: write at most \(GoDuration.text(most))"
        )
    }
}

extension SettingType where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// One of some words; `unknown` is what a word of a newer version means in the projection.
    static func choice(unknown: Value) -> SettingType {
        SettingType(
            Self.words,
            Self.schema,
            read: { $0.choice(Value.self) },
            plain: { .text($0.rawValue) },
            decode: { object, key, _ in object.choice(key, unknown: unknown) }
        )
    }

    /// One of some words, which no projection holds.
    static var choice: SettingType {
        SettingType(Self.words, Self.schema, read: { $0.choice(Value.self) }, plain: { .text($0.rawValue) })
    }

    private static var words: String { Value.allCases.map(\.rawValue).joined(separator: ", ") }

    private static var schema: Schema {
        Schema(["type": "string", "enum": .list(Value.allCases.map { .text($0.rawValue) })])
    }
}

extension SettingType where Value == ExactDecimal {
    /// An amount of money that is not negative, in quotes.
    static var amount: SettingType {
        SettingType(
            "decimal number in quotes",
            Schema(["type": "string", "maxLength": 37, "pattern": #"^[0-9]{1,18}(\.[0-9]{1,18})?$"#]),
            read: { cursor in
                guard let value = cursor.decimal() else { return nil }
                if value >= .zero { return value }
                cursor.report(.badValue, "\(value) is negative: write 0 or more")
                return nil
            },
            plain: { .text($0.description) }
        )
    }
}
