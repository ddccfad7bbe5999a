// Whether a value is what its schema says, in the API server's words. Rules in CEL (`x-kubernetes-validations`) are
// not evaluated here; a real API server's tests are for those.

extension SchemaNode {
    /// Checks a value and everything in it.
    ///
    /// - Parameters:
    ///   - value: the value.
    ///   - path: where it stands; empty for the object itself.
    ///   - problems: gets what is wrong.
    func validate(_ value: DoubleJSON, at path: String, problems: inout [FieldProblem]) {
        if value.isNull {
            if !isNullable, kind != .any {
                problems.append(.type(path, "null", expected: expectedType))
            }
            return
        }
        guard matchesKind(value) else {
            problems.append(.type(path, Self.typeName(of: value), expected: expectedType))
            return
        }
        validateLimits(value, at: path, problems: &problems)
        switch value {
        case .object(let members): validate(members: members, at: path, problems: &problems)
        case .array(let elements): validate(elements: elements, at: path, problems: &problems)
        default: break
        }
        validateJunctors(value, at: path, problems: &problems)
    }

    private var expectedType: String {
        switch kind {
        case .intOrString: "integer,string"
        case .any: ""
        default: kind.rawValue
        }
    }

    private func matchesKind(_ value: DoubleJSON) -> Bool {
        switch (kind, value) {
        case (.any, _), (.object, .object), (.array, .array), (.string, .string), (.boolean, .bool),
            (.integer, .int), (.number, .int), (.number, .double), (.intOrString, .int), (.intOrString, .string),
            (.quantity, .int), (.quantity, .double), (.quantity, .string):
            true
        case (.integer, .double(let number)): number == number.rounded()
        default: false
        }
    }

    /// JSON schema's word for a value's type.
    static func typeName(of value: DoubleJSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .int: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    private func validate(members: [String: DoubleJSON], at path: String, problems: inout [FieldProblem]) {
        func inner(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
        for key in required where members[key] == nil { problems.append(.required(inner(key))) }
        for (key, member) in members.sorted(by: { $0.key < $1.key }) {
            self.member(key)?.validate(member, at: inner(key), problems: &problems)
        }
    }

    private func validate(elements: [DoubleJSON], at path: String, problems: inout [FieldProblem]) {
        if let items {
            for (index, element) in elements.enumerated() {
                items.validate(element, at: "\(path)[\(index)]", problems: &problems)
            }
        }
        var seen: Set<DoubleJSON> = []
        for (index, element) in elements.enumerated() {
            let identity: DoubleJSON
            switch listType {
            case .atomic:
                guard limits.uniqueItems else { return }
                identity = element
            case .set: identity = element
            case .map(let keys):
                let found = keys.compactMap { key in
                    (element[key] ?? items?.properties[key]?.defaultValue).map { (key, $0) }
                }
                // What lacks its keys is reported as such.
                guard found.count == keys.count else { continue }
                identity = .object(Dictionary(found, uniquingKeysWith: { $1 }))
            }
            if !seen.insert(identity).inserted {
                problems.append(.duplicate("\(path)[\(index)]", identity))
            }
        }
    }

    private func validateLimits(_ value: DoubleJSON, at path: String, problems: inout [FieldProblem]) {
        if let allowed = limits.allowed, !allowed.contains(value) {
            problems.append(.unsupported(path, value, allowed))
        }
        switch value {
        case .int(let number): validate(number: Double(number), value, at: path, problems: &problems)
        case .double(let number): validate(number: number, value, at: path, problems: &problems)
        case .string(let text): validate(text: text, value, at: path, problems: &problems)
        case .array(let elements):
            if let least = limits.minItems, elements.count < least {
                let detail = "\(path) in body should have at least \(least) items"
                problems.append(.invalid(path, .int(elements.count), detail))
            }
            if let most = limits.maxItems, elements.count > most {
                problems.append(.tooMany(path, elements.count, limit: most))
            }
        case .object(let members):
            if let least = limits.minProperties, members.count < least {
                let detail = "\(path) in body should have at least \(least) properties"
                problems.append(.invalid(path, .int(members.count), detail))
            }
            if let most = limits.maxProperties, members.count > most {
                problems.append(.tooMany(path, members.count, limit: most))
            }
        default: break
        }
    }

    private func validate(number: Double, _ value: DoubleJSON, at path: String, problems: inout [FieldProblem]) {
        if let range = SchemaFormats.range(of: limits.format), !range.contains(number), kind == .integer {
            let message = "Checked value must be of type integer with format \(limits.format ?? "") in \(path)"
            problems.append(
                FieldProblem(reason: "FieldValueInvalid", message: "Invalid value: \"\": \(message)", field: "<nil>")
            )
        }
        func words(_ limit: Double) -> String { DoubleJSON.double(limit).text }
        if let least = limits.minimum, limits.exclusiveMinimum ? number <= least : number < least {
            let or = limits.exclusiveMinimum ? "" : " or equal to"
            let or2 = limits.exclusiveMinimum ? "greater than" : "greater than\(or)"
            problems.append(.invalid(path, value, "\(path) in body should be \(or2) \(words(least))"))
        }
        if let most = limits.maximum, limits.exclusiveMaximum ? number >= most : number > most {
            let or = limits.exclusiveMaximum ? "less than" : "less than or equal to"
            problems.append(.invalid(path, value, "\(path) in body should be \(or) \(words(most))"))
        }
        if let step = limits.multipleOf, step > 0, (number / step).rounded() != number / step {
            problems.append(.invalid(path, value, "\(path) in body should be a multiple of \(words(step))"))
        }
    }

    private func validate(text: String, _ value: DoubleJSON, at path: String, problems: inout [FieldProblem]) {
        let length = text.unicodeScalars.count
        if let most = limits.maxLength, length > most {
            problems.append(.tooLong(path, limit: most))
            return
        }
        if let least = limits.minLength, length < least {
            problems.append(.invalid(path, value, "\(path) in body should be at least \(least) chars long"))
            return
        }
        if let pattern = limits.pattern, !SchemaFormats.matches(text, pattern: pattern) {
            problems.append(.invalid(path, value, "\(path) in body should match '\(pattern)'"))
            return
        }
        if let format = limits.format, kind == .string, !SchemaFormats.matches(text, format: format) {
            problems.append(.type(path, "string", expected: format, shown: text))
        }
    }

    private func validateJunctors(_ value: DoubleJSON, at path: String, problems: inout [FieldProblem]) {
        for schema in limits.allOf { schema.validate(value, at: path, problems: &problems) }
        func fits(_ schema: SchemaNode) -> Bool {
            var problems: [FieldProblem] = []
            schema.validate(value, at: path, problems: &problems)
            return problems.isEmpty
        }
        func refuse(_ how: String) {
            problems.append(.invalid(path, value, "\"\(path)\" must \(how)"))
        }
        if !limits.anyOf.isEmpty, !limits.anyOf.contains(where: fits) {
            refuse("validate at least one schema (anyOf)")
        }
        if !limits.oneOf.isEmpty, limits.oneOf.filter(fits).count != 1 {
            refuse("validate one and only one schema (oneOf)")
        }
        if let not = limits.not, fits(not) { refuse("not validate the schema (not)") }
    }
}
