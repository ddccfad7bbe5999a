/// Reads a document, as far as stores write such: elements, attributes that are passed over, text, character
/// references, comments and CDATA.
struct XMLReader {
    /// How deep elements may lie in one another.
    private static let depth = 32
    /// How many there may be.
    private static let elements = 40_000

    private let bytes: [UInt8]
    private var index = 0
    private var count = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads a document.
    ///
    /// - Parameter bytes: All of it.
    /// - Returns: Its root; nil for what is none, or has no end, or is out of bounds.
    static func read(_ bytes: some Sequence<UInt8>) -> XMLNode? {
        var reader = XMLReader(Array(bytes))
        // A mark of the byte order.
        if reader.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.index = 3 }
        return reader.document()
    }

    private var isAtEnd: Bool { self.index >= self.bytes.count }

    private func looking(at text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard self.bytes.count - self.index >= count else { return false }
        return text.withUTF8Buffer { $0.elementsEqual(self.bytes[self.index..<(self.index + count)]) }
    }

    /// Passes over everything up to a text, and it.
    private mutating func skip(past text: StaticString) -> Bool {
        while !self.isAtEnd {
            if self.looking(at: text) {
                self.index += text.utf8CodeUnitCount
                return true
            }
            self.index += 1
        }
        return false
    }

    /// Comments, instructions and white space.
    private mutating func skipProlog() -> Bool {
        while !self.isAtEnd {
            if self.looking(at: "<?") {
                guard self.skip(past: "?>") else { return false }
            } else if self.looking(at: "<!--") {
                guard self.skip(past: "-->") else { return false }
            } else if Self.isSpace(self.bytes[self.index]) {
                self.index += 1
            } else {
                return true
            }
        }
        return true
    }

    private mutating func document() -> XMLNode? {
        guard self.skipProlog(), let root = self.element(depth: 0), self.skipProlog(), self.isAtEnd else { return nil }
        return root
    }

    /// An element, from its `<` to behind its end.
    private mutating func element(depth: Int) -> XMLNode? {
        self.count += 1
        guard depth < Self.depth, self.count <= Self.elements, self.looking(at: "<") else { return nil }
        self.index += 1
        guard let name = self.name(), let isEmpty = self.restOfTag() else { return nil }
        var node = XMLNode(name)
        if isEmpty { return node }
        var text: [UInt8] = []
        while !self.isAtEnd {
            if self.looking(at: "</") {
                self.index += 2
                guard self.name() == name, self.restOfTag() == false else { return nil }
                node.text = String(decoding: text, as: UTF8.self)
                return node
            } else if self.looking(at: "<!--") {
                guard self.skip(past: "-->") else { return nil }
            } else if self.looking(at: "<![CDATA[") {
                self.index += 9
                let start = self.index
                guard self.skip(past: "]]>") else { return nil }
                text += self.bytes[start..<(self.index - 3)]
            } else if self.looking(at: "<") {
                guard let child = self.element(depth: depth + 1) else { return nil }
                node.children.append(child)
            } else if self.looking(at: "&") {
                guard let character = self.reference() else { return nil }
                text += Array(String(character).utf8)
            } else {
                text.append(self.bytes[self.index])
                self.index += 1
            }
        }
        return nil
    }

    /// A name, without its prefix.
    private mutating func name() -> String? {
        let start = self.index
        while !self.isAtEnd, !Self.isSpace(self.bytes[self.index]), !Self.ends.contains(self.bytes[self.index]) {
            self.index += 1
        }
        let name = self.bytes[start..<self.index].split(separator: UInt8(ascii: ":")).last.map(Array.init) ?? []
        return name.isEmpty || name.first == UInt8(ascii: "!") ? nil : String(decoding: name, as: UTF8.self)
    }

    private static let ends: Set<UInt8> = [UInt8(ascii: "/"), UInt8(ascii: ">"), UInt8(ascii: "<")]

    /// What follows a tag's name.
    ///
    /// - Returns: Whether it is an element's beginning and end at once; nil if it has no end.
    private mutating func restOfTag() -> Bool? {
        var quote: UInt8?
        var isEmpty = false
        while !self.isAtEnd {
            let byte = self.bytes[self.index]
            self.index += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return isEmpty
            } else if byte == UInt8(ascii: "<") {
                return nil
            }
            isEmpty = quote == nil && byte == UInt8(ascii: "/")
        }
        return nil
    }

    /// `&lt;`, `&#10;` and the like.
    private mutating func reference() -> Character? {
        let end = self.bytes[self.index...].prefix(12).firstIndex(of: UInt8(ascii: ";"))
        guard let end else { return nil }
        let name = String(decoding: self.bytes[(self.index + 1)..<end], as: UTF8.self)
        self.index = end + 1
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let digits = name.dropFirst()
            let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return value.flatMap(UnicodeScalar.init).map { Character($0) }
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
