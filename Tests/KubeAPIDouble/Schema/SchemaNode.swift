// A structural schema: what a value at one place may be. Custom resources bring theirs as OpenAPI, the built-in
// resources' are written in a short notation; pruning, defaults, validation and field ownership all read this one tree.

/// The schema of one place in an object.
final class SchemaNode: Sendable {
    /// What kind of value the place holds.
    enum Kind: String, Sendable {
        case object, array, string, integer, number, boolean
        /// An integer or a string.
        case intOrString
        /// A quantity of the built-in resources: `100m`, `1Gi`, or a number.
        case quantity
        /// Anything: what `x-kubernetes-preserve-unknown-fields` without a type allows.
        case any
    }

    /// How two managers share a list.
    enum ListType: Sendable, Equatable {
        /// The list has one owner.
        case atomic
        /// Each scalar has owners.
        case set
        /// Each element, found by these keys, has owners.
        case map(keys: [String])
    }

    /// Limits on a value.
    struct Limits: Sendable {
        var minimum: Double?
        var maximum: Double?
        var exclusiveMinimum = false
        var exclusiveMaximum = false
        var multipleOf: Double?
        var minLength: Int?
        var maxLength: Int?
        var minItems: Int?
        var maxItems: Int?
        var uniqueItems = false
        var minProperties: Int?
        var maxProperties: Int?
        var pattern: String?
        var format: String?
        var allowed: [DoubleJSON]?
        var allOf: [SchemaNode] = []
        var anyOf: [SchemaNode] = []
        var oneOf: [SchemaNode] = []
        var not: SchemaNode?
    }

    let kind: Kind
    let properties: [String: SchemaNode]
    let required: [String]
    /// The schema of the values of a map with free keys.
    let additional: SchemaNode?
    let items: SchemaNode?
    let listType: ListType
    /// A map with one owner.
    let isAtomic: Bool
    let preservesUnknown: Bool
    /// A whole object with `apiVersion`, `kind` and `metadata` of its own.
    let isEmbedded: Bool
    let isNullable: Bool
    let defaultValue: DoubleJSON?
    let limits: Limits
    /// Whether this node or one below it has a default.
    let hasDefaults: Bool

    init(
        kind: Kind,
        properties: [String: SchemaNode] = [:],
        required: [String] = [],
        additional: SchemaNode? = nil,
        items: SchemaNode? = nil,
        listType: ListType = .atomic,
        isAtomic: Bool = false,
        preservesUnknown: Bool = false,
        isEmbedded: Bool = false,
        isNullable: Bool = false,
        defaultValue: DoubleJSON? = nil,
        limits: Limits = Limits()
    ) {
        self.kind = kind
        self.properties = properties
        self.required = required
        self.additional = additional
        self.items = items
        self.listType = listType
        self.isAtomic = isAtomic
        self.preservesUnknown = preservesUnknown
        self.isEmbedded = isEmbedded
        self.isNullable = isNullable
        self.defaultValue = defaultValue
        self.limits = limits
        hasDefaults =
            defaultValue != nil || (additional?.hasDefaults ?? false) || (items?.hasDefaults ?? false)
            || properties.values.contains(where: \.hasDefaults)
    }

    /// The same place with more properties, or other ones.
    func with(properties added: [String: SchemaNode]) -> SchemaNode {
        SchemaNode(
            kind: kind == .any ? .object : kind,
            properties: properties.merging(added) { $1 },
            required: required,
            additional: additional,
            items: items,
            listType: listType,
            isAtomic: isAtomic,
            preservesUnknown: preservesUnknown,
            isEmbedded: isEmbedded,
            isNullable: isNullable,
            defaultValue: defaultValue,
            limits: limits
        )
    }

    /// The schema of a member: a property, a value of a free map, or nil where nothing is said.
    func member(_ key: String) -> SchemaNode? { properties[key] ?? additional }

    /// Whether a member is named by the schema rather than by the object.
    func names(_ key: String) -> Bool { properties[key] != nil }

    /// What stands for a place about which nothing is known: maps are shared by key, lists have one owner.
    static let anything = SchemaNode(kind: .any, preservesUnknown: true)
}
