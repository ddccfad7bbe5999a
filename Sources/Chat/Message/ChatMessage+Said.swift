import IRC

// What a message says, for those who keep it in parts.

extension ChatMessage {
    /// The parts of its line; nil if that is none.
    ///
    /// The text of several lines has line feeds between them.
    package var said: (prefix: String, target: String, text: String?)? {
        if self.hasSeveralLines { return self.several.map { ($0.prefix, $0.target, $0.text.combined) } }
        return self.withLine { line in
            guard line.count > 2, line[0] == UInt8(ascii: ":"), line[line.count - 2] == 0x0D,
                line[line.count - 1] == 0x0A
            else { return nil }
            var rest: UnsafeRawBufferPointer? = UnsafeRawBufferPointer(rebasing: line[1..<line.count - 2])
            /// What stands before the next space; what is behind it is left.
            func word() -> UnsafeRawBufferPointer? {
                guard let bytes = rest else { return nil }
                guard let space = bytes.firstIndex(of: UInt8(ascii: " ")) else {
                    rest = nil
                    return bytes
                }
                rest = UnsafeRawBufferPointer(rebasing: bytes[(space + 1)...])
                return UnsafeRawBufferPointer(rebasing: bytes[..<space])
            }
            guard let prefix = word(), word() != nil, let target = word() else { return nil }
            let names = (String(decoding: prefix, as: UTF8.self), String(decoding: target, as: UTF8.self))
            guard let text = rest else { return (names.0, names.1, nil) }
            guard text.first == UInt8(ascii: ":") else { return nil }
            let words = UnsafeRawBufferPointer(rebasing: text.dropFirst())
            return (names.0, names.1, String(decoding: words, as: UTF8.self))
        }
    }
    /// Whether client-only tags say nothing but that somebody is typing, which nobody wants to know later.
    package static func tellOnlyTyping(_ tags: String) -> Bool {
        tags.split(separator: ";").allSatisfy { tag in
            let name = tag.prefix { $0 != "=" }
            return name == "+typing" || name == "+draft/typing"
        }
    }
}
