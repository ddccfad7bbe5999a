// RFC 8259 in one pass over the bytes.

/// Why a text is no JSON.
package struct DoubleJSONError: Error, Sendable, CustomStringConvertible {
    /// What stood where something else was looked for.
    package let description: String
}

extension DoubleJSON {
    /// Reads one JSON value.
    ///
    /// - Parameter bytes: UTF-8; white space around the value is allowed.
    /// - Throws: `DoubleJSONError` when the bytes are anything else.
    package init(parsing bytes: some Collection<UInt8>) throws(DoubleJSONError) {
        var parser = DoubleJSONParser(bytes: Array(bytes))
        self = try parser.document()
    }

    /// Reads one JSON value from text.
    ///
    /// - Throws: `DoubleJSONError` when the text is anything else.
    package init(parsing text: String) throws(DoubleJSONError) {
        try self.init(parsing: text.utf8)
    }
}

/// A reader of JSON that goes forward only.
private struct DoubleJSONParser {
    let bytes: [UInt8]
    var position = 0
    private var depth = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(DoubleJSONError) -> DoubleJSON {
        let value = try value()
        skipSpace()
        if position < bytes.count { throw unexpected("after top-level value") }
        return value
    }

    private mutating func value() throws(DoubleJSONError) -> DoubleJSON {
        skipSpace()
        guard position < bytes.count else { throw DoubleJSONError(description: "unexpected end of JSON input") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw unexpected("looking for beginning of value")
        }
    }

    private mutating func object() throws(DoubleJSONError) -> DoubleJSON {
        var members: [String: DoubleJSON] = [:]
        try enter()
        skipSpace()
        if take(UInt8(ascii: "}")) { return leave(.object(members)) }
        while true {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw unexpected("looking for beginning of object key string")
            }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw unexpected("after object key") }
            members[key] = try value()
            skipSpace()
            if take(UInt8(ascii: "}")) { return leave(.object(members)) }
            guard take(UInt8(ascii: ",")) else { throw unexpected("after object key:value pair") }
        }
    }

    private mutating func array() throws(DoubleJSONError) -> DoubleJSON {
        var elements: [DoubleJSON] = []
        try enter()
        skipSpace()
        if take(UInt8(ascii: "]")) { return leave(.array(elements)) }
        while true {
            elements.append(try value())
            skipSpace()
            if take(UInt8(ascii: "]")) { return leave(.array(elements)) }
            guard take(UInt8(ascii: ",")) else { throw unexpected("after array element") }
        }
    }

    private mutating func number() throws(DoubleJSONError) -> DoubleJSON {
        let start = position
        var isInteger = true
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"): isInteger = false
            default: return try number(in: start..<position, isInteger: isInteger)
            }
            position += 1
        }
        return try number(in: start..<position, isInteger: isInteger)
    }

    private func number(in range: Range<Int>, isInteger: Bool) throws(DoubleJSONError) -> DoubleJSON {
        let text = String(decoding: bytes[range], as: UTF8.self)
        if isInteger, let value = Int(text) { return .int(value) }
        guard let value = Double(text) else { throw DoubleJSONError(description: "invalid number \(text)") }
        return .double(value)
    }

    private mutating func string() throws(DoubleJSONError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                defer { position += 1 }
                return String(decoding: bytes[start..<position], as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            position += 1
        }
        return try escapedString(from: start)
    }

    /// The slow path, from the first escape on.
    private mutating func escapedString(from start: Int) throws(DoubleJSONError) -> String {
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20:
                position -= 1
                throw unexpected("in string literal")
            default: text.append(byte)
            }
        }
        throw DoubleJSONError(description: "unexpected end of JSON input")
    }

    private mutating func escape(into text: inout [UInt8]) throws(DoubleJSONError) {
        guard position < bytes.count else { throw DoubleJSONError(description: "unexpected end of JSON input") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "u"):
            var units = [try codeUnit()]
            if UTF16.isLeadSurrogate(units[0]), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                units.append(try codeUnit())
            }
            text.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
        default:
            position -= 1
            throw unexpected("in string escape code")
        }
    }

    private mutating func codeUnit() throws(DoubleJSONError) -> UInt16 {
        guard position + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw unexpected("in \\u hexadecimal character escape") }
        position += 4
        return unit
    }

    private mutating func word(_ word: StaticString, _ value: DoubleJSON) throws(DoubleJSONError) -> DoubleJSON {
        for offset in 0..<word.utf8CodeUnitCount {
            guard take(word.utf8Start[offset]) else { throw unexpected("in literal \(word)") }
        }
        return value
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func enter() throws(DoubleJSONError) {
        position += 1
        depth += 1
        if depth > 1_000 { throw DoubleJSONError(description: "exceeded max depth") }
    }

    private mutating func leave(_ value: DoubleJSON) -> DoubleJSON {
        depth -= 1
        return value
    }

    private func unexpected(_ context: String) -> DoubleJSONError {
        guard position < bytes.count else { return DoubleJSONError(description: "unexpected end of JSON input") }
        let character = Character(UnicodeScalar(bytes[position]))
        return DoubleJSONError(description: "invalid character '\(character)' \(context)")
    }
}
