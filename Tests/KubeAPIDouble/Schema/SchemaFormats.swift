// Patterns and formats of strings, and the ranges of number formats.

import Foundation
import Synchronization

/// What `pattern` and `format` ask of a value.
enum SchemaFormats {
    private static let expressions = Mutex<[String: NSRegularExpression]>([:])

    /// Whether a text has a match of a pattern anywhere; a pattern that is no expression matches nothing.
    static func matches(_ text: String, pattern: String) -> Bool {
        let expression: NSRegularExpression? = expressions.withLock { known in
            if let expression = known[pattern] { return expression }
            // `$` and `\z` mean the very end, as in RE2; ICU's `$` also matches before a last line feed.
            let strict = pattern.replacing("$", with: "\\z", inLast: true)
            let made = try? NSRegularExpression(pattern: strict)
            known[pattern] = made
            return made
        }
        let range = NSRange(text.startIndex..., in: text)
        return expression?.firstMatch(in: text, range: range) != nil
    }

    /// Whether a text has a format; unknown formats are not checked, as on the API server.
    static func matches(_ text: String, format: String) -> Bool {
        switch format {
        case "date-time":
            matches(text, pattern: #"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$"#)
        case "date": matches(text, pattern: #"^\d{4}-\d\d-\d\d$"#)
        case "duration": matches(text, pattern: #"^-?((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d|w))+$|^0$"#)
        case "byte": Data(base64Encoded: text) != nil
        case "uuid":
            matches(text, pattern: #"^(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$"#)
        case "ipv4": matches(text, pattern: #"^((25[0-5]|2[0-4]\d|1?\d?\d)(\.|$)){4}$"#)
        case "ipv6": text.contains(":") && matches(text, pattern: #"^[0-9a-fA-F:.]+$"#)
        case "cidr": matches(text, pattern: #"^[0-9a-fA-F:.]+/\d{1,3}$"#)
        case "hostname":
            matches(text, pattern: #"^([a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?\.?)+$"#) && text.utf8.count <= 253
        case "email": matches(text, pattern: #"^[^@\s]+@[^@\s]+$"#)
        case "uri": URL(string: text)?.scheme != nil
        default: true
        }
    }

    /// The numbers that an integer format holds.
    static func range(of format: String?) -> ClosedRange<Double>? {
        switch format {
        case "int32": Double(Int32.min)...Double(Int32.max)
        case "int64": Double(Int64.min)...Double(Int64.max)
        default: nil
        }
    }
}

extension String {
    /// Replaces a suffix.
    fileprivate func replacing(_ suffix: String, with replacement: String, inLast: Bool) -> String {
        guard inLast, hasSuffix(suffix), !hasSuffix("\\" + suffix) else { return self }
        return dropLast(suffix.count) + replacement
    }
}
