// Lines on their way out. Pieces are copied into the buffer as they are and then looked over in place, eight bytes a
// step, for the few bytes that may not stand there; so nothing a user wrote can end a line or begin a parameter.

package import NIOCore

/// Writes lines that obey the wire's rules whatever they are made of.
///
/// A line is written in the order of the wire: ``tag(_:_:)``…, ``source(_:)``, ``command(_:)``, ``parameter(_:)``…, at
/// most one of ``last(_:)`` and ``trailing(_:)``, ``end()``.
///
/// - Tags that do not fit the limit are left out whole, each by itself.
/// - The body is cut at the limit, at a character's border, CR LF included; a source so that a command has room behind it.
/// - CR, LF and NUL become a space in a last parameter and `_` elsewhere.
/// - In a parameter that is not the last a space becomes `_`, as does a `:` in front; an empty one becomes `*`.
///
/// Bytes given as a `ByteBuffer` must be UTF-8; those of a ``Message`` are.
package struct LineWriter: Sendable {
    /// The finished lines, then the one being written.
    package private(set) var buffer: ByteBuffer
    private let limits: LineLimits
    /// Where the line's tag section begins.
    private var lineStart: Int
    /// Where its body begins; -1 as long as tags may follow.
    private var bodyStart = -1

    /// A writer that puts its lines behind what is in the buffer.
    package init(_ buffer: ByteBuffer = ByteBuffer(), limits: LineLimits = .fromServer) {
        self.buffer = buffer
        self.limits = limits
        self.lineStart = buffer.writerIndex
    }

    /// The finished lines, leaving the writer empty.
    package mutating func take() -> ByteBuffer {
        var result = ByteBuffer()
        swap(&result, &self.buffer)
        self.lineStart = self.buffer.writerIndex
        self.bodyStart = -1
        return result
    }

    // MARK: Tags

    /// Adds a tag; one without a value if `value` is empty.
    package mutating func tag(_ key: String, _ value: String = "") {
        let start = self.beginTag()
        let keyStart = self.buffer.writerIndex
        self.buffer.writeString(key)
        self.replaceForbidden(from: keyStart, in: .tag)
        if !value.isEmpty {
            self.buffer.writeInteger(UInt8(ascii: "="))
            let needsEscape = value.utf8.contains { byte in
                byte <= 0x20 || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "\\")
            }
            self.buffer.writeString(needsEscape ? TagValue.escape(value) : value)
        }
        self.endTag(from: start)
    }

    /// Adds tags that are in wire form already, `key[=escaped value]` separated by `;`, such as ``Tags/clientOnly``.
    package mutating func rawTags(_ wire: String) {
        if wire.isEmpty { return }
        let start = self.beginTag()
        let wireStart = self.buffer.writerIndex
        self.buffer.writeString(wire)
        self.replaceForbidden(from: wireStart, in: .tag)
        self.endTag(from: start)
    }

    private mutating func beginTag() -> Int {
        let start = self.buffer.writerIndex
        self.buffer.writeInteger(start == self.lineStart ? UInt8(ascii: "@") : UInt8(ascii: ";"))
        return start
    }

    private mutating func endTag(from start: Int) {
        if self.buffer.writerIndex - self.lineStart > self.limits.tags - 1 {
            self.buffer.moveWriterIndex(to: start)
        }
    }

    private mutating func beginBody() {
        if self.bodyStart >= 0 { return }
        if self.buffer.writerIndex > self.lineStart { self.buffer.writeInteger(UInt8(ascii: " ")) }
        self.bodyStart = self.buffer.writerIndex
    }

    // MARK: Source and command

    /// Adds `:source`; nothing if it is empty.
    package mutating func source(_ source: String) {
        self.beginBody()
        if source.isEmpty { return }
        self.buffer.writeInteger(UInt8(ascii: ":"))
        self.piece(source, in: .word)
        self.endSource()
    }

    /// Adds `:nick!user@host`.
    package mutating func source(nick: String, user: String, host: String) {
        self.beginBody()
        self.buffer.writeInteger(UInt8(ascii: ":"))
        let start = self.buffer.writerIndex
        self.buffer.writeString(nick)
        self.buffer.writeInteger(UInt8(ascii: "!"))
        self.buffer.writeString(user)
        self.buffer.writeInteger(UInt8(ascii: "@"))
        self.buffer.writeString(host)
        self.replaceForbidden(from: start, in: .word)
        self.endSource()
    }

    private mutating func endSource() {
        self.cut(at: self.bodyStart + self.limits.body - Self.bytesKeptForCommand)
        self.buffer.writeInteger(UInt8(ascii: " "))
    }

    /// How much of a body an absurdly long source leaves, so that the line stays a message.
    private static let bytesKeptForCommand = 128

    /// Adds the command.
    package mutating func command(_ command: String) {
        self.beginBody()
        self.piece(command, in: .word)
    }

    /// Adds the numeric's three digits.
    package mutating func command(_ numeric: Numeric) {
        self.beginBody()
        self.buffer.writeString(numeric.code)
    }

    // MARK: Parameters

    /// Adds a parameter that others follow, or one that never needs a `:`.
    package mutating func parameter(_ text: String) {
        self.buffer.writeInteger(UInt8(ascii: " "))
        self.piece(text.isEmpty ? "*" : text, in: .parameter)
    }

    /// Adds a parameter that others follow, or one that never needs a `:`.
    package mutating func parameter(_ bytes: ByteBuffer) {
        self.buffer.writeInteger(UInt8(ascii: " "))
        if bytes.readableBytes == 0 { self.buffer.writeInteger(UInt8(ascii: "*")) }
        self.piece(bytes, in: .parameter)
    }

    /// Adds a number.
    package mutating func parameter(_ number: Int) {
        self.buffer.writeInteger(UInt8(ascii: " "))
        self.buffer.writeString(String(number))
    }

    /// Adds the last parameter, with a `:` where it needs one: it is empty, begins with `:` or contains a space.
    package mutating func last(_ text: String) {
        if text.isEmpty || text.utf8.first == UInt8(ascii: ":") || text.utf8.contains(where: \.becomesSpace) {
            self.trailing(text)
        } else {
            self.buffer.writeInteger(UInt8(ascii: " "))
            self.buffer.writeString(text)
        }
    }

    /// Adds the last parameter with a `:` whether it needs it or not; clients expect that of texts.
    package mutating func trailing(_ text: String) {
        self.buffer.writeStaticString(" :")
        self.piece(text, in: .trailing)
    }

    /// Adds the last parameter with a `:` whether it needs it or not; clients expect that of texts.
    package mutating func trailing(_ bytes: ByteBuffer) {
        self.buffer.writeStaticString(" :")
        self.piece(bytes, in: .trailing)
    }

    /// Bytes that the line's body still takes before ``end()`` would cut it.
    package var remainingBytes: Int {
        self.limits.body - 2 - (self.bodyStart < 0 ? 0 : self.buffer.writerIndex - self.bodyStart)
    }

    /// Ends the line: cuts it to the limit and adds CR LF.
    package mutating func end() {
        self.beginBody()
        self.cut(at: self.bodyStart + self.limits.body - 2)
        self.buffer.writeStaticString("\r\n")
        self.lineStart = self.buffer.writerIndex
        self.bodyStart = -1
    }

    /// Takes back what is behind `end`, and the character that `end` would split.
    private mutating func cut(at end: Int) {
        if self.buffer.writerIndex <= end { return }
        var border = max(end, self.bodyStart)
        // A continuation byte at the cut means that its character began before it.
        while border > self.bodyStart, self.byte(at: border) & 0xC0 == 0x80 { border -= 1 }
        self.buffer.moveWriterIndex(to: border)
    }
}

// MARK: - Bytes that may not stand where they are

extension LineWriter {
    /// Where in a line a piece stands.
    private enum Place { case tag, word, parameter, trailing }

    private mutating func piece(_ text: String, in place: Place) {
        let start = self.buffer.writerIndex
        self.buffer.writeString(text)
        self.replaceForbidden(from: start, in: place)
    }

    private mutating func piece(_ bytes: ByteBuffer, in place: Place) {
        let start = self.buffer.writerIndex
        self.buffer.writeImmutableBuffer(bytes)
        self.replaceForbidden(from: start, in: place)
    }

    private func byte(at index: Int) -> UInt8 {
        self.buffer.getInteger(at: index, as: UInt8.self) ?? 0
    }

    private mutating func replaceForbidden(from start: Int, in place: Place) {
        let offset = start - self.buffer.readerIndex
        let isClean = self.buffer.withUnsafeReadableBytes { bytes in
            let piece = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            return switch place {
            case .trailing: !ByteScan.containsLineBreak(piece)
            case .tag, .word: !ByteScan.containsSeparator(piece)
            case .parameter: piece.first != UInt8(ascii: ":") && !ByteScan.containsSeparator(piece)
            }
        }
        if isClean { return }
        let replacement = place == .trailing ? UInt8(ascii: " ") : UInt8(ascii: "_")
        for index in start..<self.buffer.writerIndex {
            let byte = self.byte(at: index)
            let isForbidden =
                switch place {
                case .trailing: byte.endsLine
                case .tag, .word: byte.becomesSpace
                case .parameter: byte.becomesSpace || index == start && byte == UInt8(ascii: ":")
                }
            if isForbidden { self.buffer.setInteger(replacement, at: index) }
        }
    }
}

extension UInt8 {
    /// NUL, CR, LF.
    fileprivate var endsLine: Bool { self == 0 || self == 0x0D || self == 0x0A }
    /// A space, or what is written as one in a last parameter.
    fileprivate var becomesSpace: Bool { self == 0x20 || self.endsLine }
}
