// Escaping of tag values, https://ircv3.net/specs/extensions/message-tags#escaping-values.

/// The escaping of tag values: `;` `\:`, space `\s`, `\` `\\`, CR `\r`, LF `\n`.
package enum TagValue {
    /// A value as it goes on the wire.
    ///
    /// NUL has no escape and is left out.
    package static func escape(_ value: some StringProtocol) -> String {
        var result = ""
        result.reserveCapacity(value.utf8.count)
        for scalar in value.unicodeScalars {
            switch scalar {
            case ";": result += "\\:"
            case " ": result += "\\s"
            case "\\": result += "\\\\"
            case "\r": result += "\\r"
            case "\n": result += "\\n"
            case "\0": break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A value as it was meant.
    ///
    /// A backslash before any other character, or at the end, is dropped.
    package static func unescape(_ wire: some StringProtocol) -> String {
        guard wire.utf8.contains(UInt8(ascii: "\\")) else { return String(wire) }
        var result = ""
        result.reserveCapacity(wire.utf8.count)
        var isEscaped = false
        for scalar in wire.unicodeScalars {
            if isEscaped {
                isEscaped = false
                switch scalar {
                case ":": result.unicodeScalars.append(";")
                case "s": result.unicodeScalars.append(" ")
                case "r": result.unicodeScalars.append("\r")
                case "n": result.unicodeScalars.append("\n")
                default: result.unicodeScalars.append(scalar)
                }
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
