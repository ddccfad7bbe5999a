// A quota is a number, a quantity or an object, which a structural schema cannot say with `type`: it goes without one, and
// the keywords that only hold for a text, a list or a boolean refuse these; `anyOf` counts an object's fields, so that an
// unknown one is one too many.

import Yams

extension SettingType where Value == QuotaSpec {
    /// A number alone, or `{limit, mode, warnAt}`.
    static func quota(_ name: QuotaName) -> SettingType {
        let row = name.row
        let limit = SettingType<Int>.limit(row)
        let rows = QuotaSpec.rows(limit, isSize: row.isSize)
        var schema = Schema(rows)
        schema["type"] = nil
        schema["x-kubernetes-preserve-unknown-fields"] = true
        for keyword in ["minimum", "maximum", "maxLength", "pattern"] { schema[keyword] = limit.schema[keyword] }
        if !row.isSize {
            schema["multipleOf"] = 1
            (schema["minLength"], schema["maxLength"]) = (1, 0)
        }
        (schema["minItems"], schema["maxItems"]) = (1, 0)
        schema["not"] = ["enum": [true, false]]
        schema["anyOf"] = [
            ["maxProperties": 1], ["maxProperties": 2, "required": ["mode"]],
            ["maxProperties": 2, "required": ["warnAt"]], ["maxProperties": 3, "required": ["mode", "warnAt"]],
        ]
        return SettingType(
            row.isSize ? "size" : "number",
            schema,
            range: limit.range,
            read: { cursor in
                guard case .mapping = cursor.node else { return limit.read(cursor).map { QuotaSpec(limit: $0) } }
                return cursor.object { fields in
                    var quota = QuotaSpec()
                    return QuotaSpec.fill(&quota, rows, fields).map { quota }
                }
            }
        )
    }
}

extension SettingType where Value == Int {
    /// The limit of a quota.
    static func limit(_ row: QuotaRow) -> SettingType {
        row.isSize ? .size(row.bounds) : .integer(row.bounds, isWide: true)
    }

    /// A size in bytes within bounds, as a number or a Kubernetes quantity.
    static func size(_ bounds: ClosedRange<Int>) -> SettingType {
        let pattern = SizePattern(upTo: bounds.upperBound).text
        return SettingType(
            "size",
            Schema([
                "x-kubernetes-preserve-unknown-fields": true, "minimum": .integer(bounds.lowerBound),
                "maximum": .integer(bounds.upperBound), "maxLength": 64, "pattern": .text(pattern), "minItems": 1,
                "maxItems": 0, "minProperties": 1, "maxProperties": 0, "not": ["enum": [true, false]],
            ]),
            range: ("\(bounds.lowerBound)", "\(bounds.upperBound)"),
            read: { $0.bytes(bounds) },
            plain: { .integer($0) }
        )
    }
}

/// The sizes up to a bound, as a pattern.
///
/// CEL cannot see a field without a type, so the first two digits are all that is compared: what is up to a fifth above the bound the
/// reader refuses alone. What nobody writes is left out: fractions of an exabyte, and exponents after several digits.
private struct SizePattern {
    private static let fraction = #"(\.[0-9]{1,18})?"#
    private let most: Int

    init(upTo most: Int) { self.most = most }

    var text: String {
        let suffixes = [(1, ""), (1000, "(k|Ki)"), (1_000_000, "(M|Mi)"), (1_000_000_000, "(G|Gi)")]
        let large = [(1_000_000_000_000, "(T|Ti)"), (1_000_000_000_000_000, "(P|Pi)")]
        let forms = (suffixes + large).map { scale, suffix in
            Self.whole(upTo: self.most / scale) + Self.fraction + suffix
        }
        let exponents = "[0-9]\(Self.fraction)[eE]" + #"\+?(0?[0-9]|1[0-\#(String(String(self.most).count - 12))])"#
        return "^(" + (forms + [exponents]).joined(separator: "|") + ")$"
    }

    /// Whole numbers, of which those with as many digits as the bound begin no higher than it does.
    private static func whole(upTo most: Int) -> String {
        let digits = String(most).compactMap(\.wholeNumberValue)
        guard digits.count > 1 else { return "[0-\(most)]" }
        var forms = ["[0-9]{1,\(digits.count - 1)}"]
        let rest = digits.count > 2 ? "[0-9]{\(digits.count - 2)}" : ""
        if digits[0] > 1 { forms.append("[1-\(digits[0] - 1)][0-9]\(rest)") }
        forms.append("\(digits[0])[0-\(digits[1])]\(rest)")
        return "(" + forms.joined(separator: "|") + ")"
    }
}
