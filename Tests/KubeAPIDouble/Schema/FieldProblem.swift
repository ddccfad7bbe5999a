// One thing that is wrong with one field, in the words of the API server.

/// What is wrong with a field.
struct FieldProblem: Sendable, Equatable {
    /// The machine's word: `FieldValueInvalid`.
    let reason: String
    /// The sentence, without the field.
    let message: String
    /// Where: `spec.parts[0].id`.
    let field: String

    static func required(_ field: String, _ detail: String = "") -> FieldProblem {
        FieldProblem(
            reason: "FieldValueRequired",
            message: detail.isEmpty ? "Required value" : "Required value: \(detail)",
            field: field
        )
    }

    static func invalid(_ field: String, _ value: DoubleJSON, _ detail: String) -> FieldProblem {
        FieldProblem(reason: "FieldValueInvalid", message: "Invalid value: \(value.text): \(detail)", field: field)
    }

    static func type(_ field: String, _ found: String, expected: String, shown: String? = nil) -> FieldProblem {
        let shown = shown ?? found
        return FieldProblem(
            reason: "FieldValueTypeInvalid",
            message: "Invalid value: \"\(shown)\": \(field) in body must be of type \(expected): \"\(shown)\"",
            field: field
        )
    }

    static func unsupported(_ field: String, _ value: DoubleJSON, _ allowed: [DoubleJSON]) -> FieldProblem {
        let list = allowed.map(\.text).joined(separator: ", ")
        return FieldProblem(
            reason: "FieldValueNotSupported",
            message: "Unsupported value: \(value.text): supported values: \(list)",
            field: field
        )
    }

    static func duplicate(_ field: String, _ value: DoubleJSON) -> FieldProblem {
        FieldProblem(reason: "FieldValueDuplicate", message: "Duplicate value: \(value.text)", field: field)
    }

    static func forbidden(_ field: String, _ detail: String) -> FieldProblem {
        FieldProblem(reason: "FieldValueForbidden", message: "Forbidden: \(detail)", field: field)
    }

    static func tooMany(_ field: String, _ count: Int, limit: Int) -> FieldProblem {
        FieldProblem(
            reason: "FieldValueTooMany",
            message: "Too many: \(count): must have at most \(limit) item\(limit == 1 ? "" : "s")",
            field: field
        )
    }

    static func tooLong(_ field: String, limit: Int) -> FieldProblem {
        FieldProblem(
            reason: "FieldValueTooLong",
            message: "Too long: may not be more than \(limit) byte\(limit == 1 ? "" : "s")",
            field: field
        )
    }

    /// The problem as the message of a Status lists it.
    var text: String { "\(field): \(message)" }
}
