// A received line, looked at in place.

import Glibc

/// One IRC line without its CR LF, valid only while the handler runs.
struct Line {
    let bytes: UnsafeRawBufferPointer

    typealias Part = Slice<UnsafeRawBufferPointer>

    /// Source (without the colon), command and the rest of the line; source is empty where there is none.
    var parts: (source: Part, command: Part, rest: Part) {
        var rest = bytes[...]
        if rest.first == UInt8(ascii: "@") { _ = Self.word(from: &rest) }
        var source = rest.prefix(0)
        if rest.first == UInt8(ascii: ":") {
            source = Self.word(from: &rest).dropFirst()
        }
        let command = Self.word(from: &rest)
        return (source, command, rest)
    }

    /// Removes and returns the bytes before the next space.
    static func word(from rest: inout Part) -> Part {
        let end = rest.firstIndex(of: UInt8(ascii: " ")) ?? rest.endIndex
        let word = rest[..<end]
        rest = rest[end...].drop { $0 == UInt8(ascii: " ") }
        return word
    }

    /// The line as text, for messages to people.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension Slice where Base == UnsafeRawBufferPointer {
    /// Whether the bytes are exactly those of `text`.
    func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount
            && text.withUTF8Buffer { expected in self.elementsEqual(expected) }
    }
}
