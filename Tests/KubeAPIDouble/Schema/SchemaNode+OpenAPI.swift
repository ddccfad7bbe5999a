// From the `openAPIV3Schema` of a CustomResourceDefinition.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/

extension SchemaNode {
    /// Reads a schema.
    ///
    /// - Parameter schema: `openAPIV3Schema` or a part of it. `x-kubernetes-validations` is not read.
    convenience init(openAPI schema: DoubleJSON) {
        let isIntOrString = schema["x-kubernetes-int-or-string"]?.bool ?? false
        let kind: Kind =
            isIntOrString ? .intOrString : schema["type"]?.string.flatMap(Kind.init(rawValue:)) ?? .any
        var additional: SchemaNode?
        if let schema = schema["additionalProperties"], schema != .bool(false) {
            additional = schema.bool == true ? .anything : SchemaNode(openAPI: schema)
        }
        let isEmbedded = schema["x-kubernetes-embedded-resource"]?.bool ?? false
        var properties = (schema["properties"]?.object ?? [:]).mapValues(SchemaNode.init(openAPI:))
        if isEmbedded {
            properties["apiVersion"] = SchemaNode(kind: .string)
            properties["kind"] = SchemaNode(kind: .string)
            properties["metadata"] = BuiltInSchemas.metadata
        }
        self.init(
            kind: kind,
            properties: properties,
            required: (schema["required"]?.array ?? []).compactMap(\.string),
            additional: additional,
            items: schema["items"].map(SchemaNode.init(openAPI:)),
            listType: Self.listType(of: schema),
            isAtomic: schema["x-kubernetes-map-type"]?.string == "atomic",
            preservesUnknown: schema["x-kubernetes-preserve-unknown-fields"]?.bool ?? false,
            isEmbedded: isEmbedded,
            isNullable: schema["nullable"]?.bool ?? false,
            defaultValue: schema["default"],
            limits: Self.limits(of: schema)
        )
    }

    private static func listType(of schema: DoubleJSON) -> ListType {
        switch schema["x-kubernetes-list-type"]?.string {
        case "set": .set
        case "map": .map(keys: (schema["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string))
        default: .atomic
        }
    }

    private static func limits(of schema: DoubleJSON) -> Limits {
        var limits = Limits()
        limits.minimum = number(schema["minimum"])
        limits.maximum = number(schema["maximum"])
        limits.exclusiveMinimum = schema["exclusiveMinimum"]?.bool ?? false
        limits.exclusiveMaximum = schema["exclusiveMaximum"]?.bool ?? false
        limits.multipleOf = number(schema["multipleOf"])
        limits.minLength = schema["minLength"]?.int
        limits.maxLength = schema["maxLength"]?.int
        limits.minItems = schema["minItems"]?.int
        limits.maxItems = schema["maxItems"]?.int
        limits.uniqueItems = schema["uniqueItems"]?.bool ?? false
        limits.minProperties = schema["minProperties"]?.int
        limits.maxProperties = schema["maxProperties"]?.int
        limits.pattern = schema["pattern"]?.string
        limits.format = schema["format"]?.string
        limits.allowed = schema["enum"]?.array
        limits.allOf = schemas(schema["allOf"])
        limits.anyOf = schemas(schema["anyOf"])
        limits.oneOf = schemas(schema["oneOf"])
        limits.not = schema["not"].map(SchemaNode.init(openAPI:))
        return limits
    }

    private static func schemas(_ list: DoubleJSON?) -> [SchemaNode] {
        (list?.array ?? []).map(SchemaNode.init(openAPI:))
    }

    private static func number(_ value: DoubleJSON?) -> Double? {
        switch value {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}
