// Texts that people see, and values that nobody may.

import Yams

extension FieldCursor {
    /// Reads a text of one line, without control characters.
    func line() -> String? {
        self.parsed("single line: remove line ends and control characters") { text in
            !text.isEmpty && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? text : nil
        }
    }

    /// Reads a text in lines; line ends at the end do not count.
    func lines() -> [String]? {
        guard let text = self.string() else { return nil }
        var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
        while lines.last?.isEmpty == true { lines.removeLast() }
        // IRC's formatting codes are control characters too; only these two end a line on the wire or a string.
        guard lines.allSatisfy({ !$0.unicodeScalars.contains("\r") && !$0.unicodeScalars.contains("\0") }) else {
            self.report(.badValue, "holds a carriage return or NUL: remove it")
            return nil
        }
        return lines.map(String.init)
    }

    /// Like ``parsed(_:_:)`` for secrets: no message repeats the value.
    func parsedSecretly<T>(_ expected: String, _ parse: (String) -> T?) -> T? {
        guard case .scalar(let scalar) = self.node else {
            if self.isPresent { self.report(.wrongType, "is no \(expected)") }
            return nil
        }
        guard ScalarType(scalar) == .string else {
            self.report(.wrongType, "is \(ScalarType(scalar).rawValue) where a string is due: write it in quotes")
            return nil
        }
        if let value = parse(scalar.string) { return value }
        self.report(.badValue, "is no \(expected)")
        return nil
    }
}
