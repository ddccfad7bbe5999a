// What the typed decoder of a built-in kind refuses before any validation: values of the wrong type, bytes that are no
// Base64, times without microseconds.

import Foundation

/// Checks that a built-in object can be decoded at all.
enum DecodeRules {
    /// - Returns: what the decoder says; nil when all is well.
    static func problem(of object: DoubleJSON, _ type: ResourceType, schema: SchemaNode) -> String? {
        guard !type.isCustom, type.rules != .customResourceDefinition else { return nil }
        switch type.rules {
        case .secret:
            for (_, value) in (object["data"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
                if let text = value.string, Data(base64Encoded: text) == nil {
                    return "illegal base64 data at input byte 0"
                }
            }
        case .lease:
            for key in ["acquireTime", "renewTime"] {
                if let problem = microTimeProblem(object[path: ["spec", key]]) { return problem }
            }
        case .event:
            for path in ["eventTime", "series.lastObservedTime"] {
                if let problem = microTimeProblem(object[at: path]) { return problem }
            }
        default: break
        }
        var problems: [FieldProblem] = []
        schema.validate(object, at: "", problems: &problems)
        return problems.first { $0.reason == "FieldValueTypeInvalid" }.map { problem in
            "json: cannot unmarshal into Go struct field \(type.kind).\(problem.field)"
        }
    }

    private static func microTimeProblem(_ value: DoubleJSON?) -> String? {
        guard let text = value?.string else { return nil }
        let isMicroTime = SchemaFormats.matches(
            text,
            pattern: #"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$"#
        )
        return isMicroTime
            ? nil : "parsing time \"\(text)\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"\(text)\""
    }
}
