import Yams

/// What a scalar means to kubectl, which reads YAML 1.1 and turns it into JSON before it looks at the fields.
enum ScalarType: String {
    case null = "nothing"
    case bool = "a boolean"
    case number = "a number"
    case string = "a string"

    /// The type of a scalar: quoted ones are strings, plain ones are what they look like.
    init(_ scalar: Node.Scalar) {
        guard scalar.style == .plain, scalar.tag.description != "tag:yaml.org,2002:str" else {
            self = .string
            return
        }
        switch scalar.string {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE", "false", "False", "FALSE": self = .bool
        case "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n", "N":
            self = .bool
        default: self = Self.isNumber(scalar.string) ? .number : .string
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        var digits = text.unicodeScalars[...]
        if digits.first == "-" || digits.first == "+" { digits = digits.dropFirst() }
        let body = String(digits)
        if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(body) { return true }
        for (prefix, allowed) in [("0x", "0123456789abcdefABCDEF_"), ("0b", "01_"), ("0o", "01234567_")]
        where body.hasPrefix(prefix) && body.utf8.count > 2 {
            return body.dropFirst(2).allSatisfy(allowed.contains)
        }
        // `_` separates digits in YAML 1.1; `Double` takes `inf` and `nan` as words, which are strings here.
        guard let first = body.first, ("0"..."9").contains(first) || first == ".", body != "." else { return false }
        return Double(body.replacing("_", with: "")) != nil
    }
}
