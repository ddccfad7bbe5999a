// Structural schemas (Kubernetes, "Extend the Kubernetes API with CustomResourceDefinitions"), one node at a time.

/// What an API server accepts in the place of a value.
struct Schema: Hashable, Sendable {
    /// A rule in CEL, with what is told to who breaks it.
    struct Rule: Hashable, Sendable {
        let rule: String
        let message: String

        init(_ rule: String, _ message: String) {
            self.rule = rule
            self.message = message
        }
    }

    /// The order in which keywords are written, however they came together.
    private static let order = [
        "description", "type", "format", "x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields",
        "required",
        "enum", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern", "minItems", "maxItems",
        "minProperties", "maxProperties", "not", "anyOf", "default", "x-kubernetes-list-type",
        "x-kubernetes-list-map-keys", "items", "additionalProperties", "properties", "x-kubernetes-validations",
    ]

    private var keywords: [String: PlainValue] = [:]

    /// A schema of keywords.
    init(_ keywords: [String: PlainValue]) { self.keywords = keywords }

    /// An object of fields, which are closed to others.
    init(object properties: [(name: String, schema: Schema)], required: [String] = [], rules: [Rule] = []) {
        self.keywords["type"] = "object"
        if !required.isEmpty { self.keywords["required"] = .list(required.map(PlainValue.text)) }
        self.keywords["properties"] = .object(properties.map { .init(name: $0.name, value: $0.schema.plain) })
        self.add(rules)
    }

    /// A keyword's value.
    subscript(_ keyword: String) -> PlainValue? {
        get { self.keywords[keyword] }
        set { self.keywords[keyword] = newValue }
    }

    /// The same with a description.
    func described(_ text: String) -> Schema {
        var schema = self
        if !text.isEmpty { schema["description"] = .text(text) }
        return schema
    }

    /// Adds rules in CEL.
    mutating func add(_ rules: [Rule]) {
        guard !rules.isEmpty else { return }
        self.keywords["x-kubernetes-validations"] = .list(
            rules.map { ["rule": .text($0.rule), "message": .text($0.message)] }
        )
    }

    /// The schema as it is written.
    var plain: PlainValue {
        .object(Self.order.compactMap { name in self.keywords[name].map { .init(name: name, value: $0) } })
    }
}
