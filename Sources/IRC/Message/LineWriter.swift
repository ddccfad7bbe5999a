// Lines on their way out. Pieces are looked over while they are copied, eight bytes a step, for the few bytes that may
// not stand there; so nothing a user wrote can end a line or begin a parameter.

package import NIOCore

/// Writes lines that obey the wire's rules whatever they are made of.
///
/// A line is written in the order of the wire: ``tag(_:_:)``…, ``source(_:)``, ``command(_:)``, ``parameter(_:)``…, at
/// most one of ``last(_:)`` and ``trailing(_:)``, ``end()``.
///
/// - Tags that do not fit the limit are left out whole, each by itself.
/// - The body is cut at the limit, at a character's border, CR LF included; a source so that a command has room
///   behind it.
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
        let start = self.buffer.writerIndex
        self.put(self.tagLead, key, in: .word)
        if !value.isEmpty {
            var value = value
            let needsEscape = value.withUTF8 { bytes in
                bytes.contains { $0 <= 0x20 || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "\\") }
            }
            self.put("=", needsEscape ? TagValue.escape(value) : value, in: .word)
        }
        self.endTag(from: start)
    }

    /// Adds tags that are in wire form already, `key[=escaped value]` separated by `;`, such as ``Tags/clientOnly``.
    package mutating func rawTags(_ wire: String) {
        if wire.isEmpty { return }
        let start = self.buffer.writerIndex
        self.put(self.tagLead, wire, in: .word)
        self.endTag(from: start)
    }

    private var tagLead: StaticString { self.buffer.writerIndex == self.lineStart ? "@" : ";" }

    private mutating func endTag(from start: Int) {
        if self.buffer.writerIndex - self.lineStart > self.limits.tags - 1 {
            self.buffer.moveWriterIndex(to: start)
        }
    }

    // MARK: Source and command

    /// Adds `:source`; nothing if it is empty.
    package mutating func source(_ source: String) {
        if source.isEmpty { return }
        self.put(self.beginBody() ? " :" : ":", source, in: .word)
        self.cut(at: self.bodyStart + self.limits.body - Self.bytesKeptForCommand)
    }

    /// Adds `:nick!user@host`.
    package mutating func source(nick: String, user: String, host: String) {
        self.put(self.beginBody() ? " :" : ":", nick, in: .word)
        self.put("!", user, in: .word)
        self.put("@", host, in: .word)
        self.cut(at: self.bodyStart + self.limits.body - Self.bytesKeptForCommand)
    }

    /// How much of a body an absurdly long source leaves, so that the line stays a message.
    private static let bytesKeptForCommand = 128

    /// Adds the command.
    package mutating func command(_ command: String) {
        let needsSpace = self.bodyStart < 0 ? self.beginBody() : true
        self.put(needsSpace ? " " : "", command, in: .word)
    }

    /// Adds the numeric's three digits.
    package mutating func command(_ numeric: Numeric) {
        self.command(numeric.code)
    }

    /// Fixes where the body begins, which is behind the space that its first piece must bring along.
    ///
    /// - Returns: whether there are tags, so that it must.
    private mutating func beginBody() -> Bool {
        let hasTags = self.buffer.writerIndex > self.lineStart
        self.bodyStart = self.buffer.writerIndex + (hasTags ? 1 : 0)
        return hasTags
    }

    // MARK: Parameters

    /// Adds a parameter that others follow, or one that never needs a `:`.
    package mutating func parameter(_ text: String) {
        self.put(" ", text.isEmpty ? "*" : text, in: .parameter)
    }

    /// Adds a parameter that others follow, or one that never needs a `:`.
    package mutating func parameter(_ bytes: ByteBuffer) {
        if bytes.readableBytes == 0 { return self.parameter("*") }
        bytes.withUnsafeReadableBytes { self.put(" ", $0, in: .parameter) }
    }

    /// Adds a number.
    package mutating func parameter(_ number: Int) {
        self.put(" ", String(number), in: .parameter)
    }

    /// Adds the last parameter, with a `:` where it needs one: it is empty, begins with `:` or contains a space.
    package mutating func last(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            if bytes.isEmpty || bytes.first == UInt8(ascii: ":") || bytes.contains(where: \.becomesSpace) {
                self.put(" :", UnsafeRawBufferPointer(bytes), in: .trailing)
            } else {
                self.put(" ", UnsafeRawBufferPointer(bytes), in: .parameter)
            }
        }
    }

    /// Adds the last parameter with a `:` whether it needs it or not; clients expect that of texts.
    package mutating func trailing(_ text: String) {
        self.put(" :", text, in: .trailing)
    }

    /// Adds the last parameter with a `:` whether it needs it or not; clients expect that of texts.
    package mutating func trailing(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { self.put(" :", $0, in: .trailing) }
    }

    /// Bytes that the line's body still takes before ``end()`` would cut it.
    package var remainingBytes: Int {
        self.limits.body - 2 - (self.bodyStart < 0 ? 0 : self.buffer.writerIndex - self.bodyStart)
    }

    /// Ends the line: cuts it to the limit and adds CR LF.
    package mutating func end() {
        if self.bodyStart < 0 { self.bodyStart = self.buffer.writerIndex }
        self.cut(at: self.bodyStart + self.limits.body - 2)
        self.put("\r\n", "", in: .word)
        self.lineStart = self.buffer.writerIndex
        self.bodyStart = -1
    }

    /// Takes back what is behind `end`, and the character that `end` would split.
    private mutating func cut(at end: Int) {
        if self.buffer.writerIndex <= end { return }
        var border = max(end, self.bodyStart)
        // A continuation byte at the cut means that its character began before it.
        while border > self.bodyStart,
            let byte = self.buffer.getInteger(at: border, as: UInt8.self), byte & 0xC0 == 0x80
        {
            border -= 1
        }
        self.buffer.moveWriterIndex(to: border)
    }

    // MARK: Messages passed on

    /// Writes `:source command target :text`, or without a text, in one step.
    ///
    /// What is passed on was read from a line or made by this server, so nothing in it can end the line: it is copied as
    /// it is. Source, command and target are one word each.
    package mutating func relay(source: String, command: String, target: String, text: UnsafeRawBufferPointer?) {
        var (source, command, target) = (source, command, target)
        let length =
            source.utf8.count + command.utf8.count + target.utf8.count + (text?.count ?? 0) + Self.bytesBetweenParts
        guard length <= self.limits.body, self.buffer.writerIndex == self.lineStart else {
            self.source(source)
            self.command(command)
            self.parameter(target)
            if let text { self.put(" :", text, in: .trailing) }
            return self.end()
        }
        self.buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { room in
            guard let start = room.baseAddress else { return 0 }
            var place = start
            func put(_ byte: UInt8) {
                place.storeBytes(of: byte, as: UInt8.self)
                place += 1
            }
            func put(_ bytes: UnsafeRawBufferPointer) {
                guard let from = bytes.baseAddress else { return }
                place.copyMemory(from: from, byteCount: bytes.count)
                place += bytes.count
            }
            put(UInt8(ascii: ":"))
            source.withUTF8 { put(UnsafeRawBufferPointer($0)) }
            put(UInt8(ascii: " "))
            command.withUTF8 { put(UnsafeRawBufferPointer($0)) }
            put(UInt8(ascii: " "))
            target.withUTF8 { put(UnsafeRawBufferPointer($0)) }
            if let text {
                put(UInt8(ascii: " "))
                put(UInt8(ascii: ":"))
                put(text)
            }
            put(UInt8(ascii: "\r"))
            put(UInt8(ascii: "\n"))
            return place - start
        }
        self.lineStart = self.buffer.writerIndex
    }

    /// Whether a relayed line has room for a text of so many bytes.
    package static func fitsRelay(source: String, command: String, target: String, text: Int) -> Bool {
        source.utf8.count + command.utf8.count + target.utf8.count + text + Self.bytesBetweenParts
            <= LineLimits.fromServer.body
    }

    /// The colons, spaces and CR LF of a relayed line.
    private static let bytesBetweenParts = 7

    // MARK: Bytes

    /// Where in a line a piece stands, which decides on the bytes that may not stand in it.
    private enum Place { case word, parameter, trailing }

    private mutating func put(_ lead: StaticString, _ text: String, in place: Place) {
        var text = text
        text.withUTF8 { self.put(lead, UnsafeRawBufferPointer($0), in: place) }
    }

    /// Copies `lead` as it is and then the piece, replacing what may not stand there.
    ///
    /// One reservation a piece: each costs more than the copying.
    private mutating func put(_ lead: StaticString, _ piece: UnsafeRawBufferPointer, in place: Place) {
        let count = lead.utf8CodeUnitCount &+ piece.count
        self.buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            guard let start = target.baseAddress else { return 0 }
            start.copyMemory(from: lead.utf8Start, byteCount: lead.utf8CodeUnitCount)
            let rest = start + lead.utf8CodeUnitCount
            let isTrailing = place == .trailing
            ByteScan.copy(
                piece,
                to: rest,
                replacing: isTrailing ? UInt8(ascii: " ") : UInt8(ascii: "_"),
                andSpaces: !isTrailing
            )
            if place == .parameter, piece.first == UInt8(ascii: ":") {
                rest.storeBytes(of: UInt8(ascii: "_"), as: UInt8.self)
            }
            return count
        }
    }
}

extension UInt8 {
    /// A space, or what is written as one in a last parameter: NUL, CR, LF.
    fileprivate var becomesSpace: Bool { self == 0x20 || self == 0 || self == 0x0D || self == 0x0A }
}
