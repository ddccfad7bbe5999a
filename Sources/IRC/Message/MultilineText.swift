// A text of several lines (https://ircv3.net/specs/extensions/multiline), as it goes from who says it to who reads it: one
// piece of memory, however many lines it has.

package import NIOCore

/// The lines of a message that has several, each of which may go on where the one before ended.
///
/// Its bytes are, for each line: 1 if it goes on and 0 if not (1 byte), the length (2, big-endian), the text.
package struct MultilineText: Hashable, Sendable {
    /// One line; never one that goes on and says nothing.
    package struct Line: Hashable, Sendable {
        package let text: ByteBuffer
        /// Goes on where the line before ended, without a line feed between them.
        package let isContinuation: Bool

        package var isBlank: Bool { self.text.readableBytes == 0 }

        package init(_ text: ByteBuffer, isContinuation: Bool) {
            self.text = text
            self.isContinuation = isContinuation
        }
    }

    package private(set) var bytes = ByteBuffer()

    package init() {}

    /// Reads what ``bytes`` were.
    ///
    /// - Returns: nil if they are none, or end within a line.
    package init?(bytes: ByteBuffer) {
        var rest = bytes
        while rest.readableBytes > 0 { if Self.readLine(&rest) == nil { return nil } }
        guard bytes.readableBytes > 0 else { return nil }
        self.bytes = bytes
    }

    /// The lines of a whole text.
    ///
    /// - Parameter text: what ``combined`` gave.
    package init(combined text: String) {
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            self.append(Line(ByteBuffer(bytes: line), isContinuation: false))
        }
    }

    /// Adds a line; one over 65,535 bytes, which no line of the wire has, is cut.
    package mutating func append(_ line: Line) {
        let length = UInt16(clamping: line.text.readableBytes)
        self.bytes.writeMultipleIntegers((line.isContinuation ? 1 : 0) as UInt8, length)
        self.bytes.writeBytes(line.text.readableBytesView.prefix(Int(clamping: length)))
    }

    /// The lines in order.
    package var lines: [Line] {
        var (lines, rest) = ([Line](), self.bytes)
        while let line = Self.readLine(&rest) { lines.append(line) }
        return lines
    }

    /// What is said, with a line feed between lines that do not go on.
    package var combined: String {
        var text = ""
        for (index, line) in self.lines.enumerated() {
            if index > 0, !line.isContinuation { text += "\n" }
            text += String(buffer: line.text)
        }
        return text
    }

    private static func readLine(_ bytes: inout ByteBuffer) -> Line? {
        guard let (flag, length) = bytes.readMultipleIntegers(as: (UInt8, UInt16).self), flag <= 1,
            let text = bytes.readSlice(length: Int(clamping: length))
        else { return nil }
        return Line(text, isContinuation: flag == 1)
    }
}

extension MultilineText.Line {
    /// The line in pieces of at most so many bytes, each but the first going on: cut behind spaces where that can be, never
    /// within a character.
    ///
    /// What is passed on has more in front than what was sent: a line that fitted may not any more.
    package func pieces(of limit: Int) -> [MultilineText.Line] {
        guard self.text.readableBytes > limit, limit > 0 else { return [self] }
        var (pieces, rest) = ([MultilineText.Line](), self.text)
        while rest.readableBytes > limit,
            let piece = rest.readSlice(length: Self.length(ofPieceOf: rest.readableBytesView, limit))
        { pieces.append(.init(piece, isContinuation: self.isContinuation || !pieces.isEmpty)) }
        return rest.readableBytes == 0 ? pieces : pieces + [.init(rest, isContinuation: true)]
    }

    /// How many bytes of a longer text go first.
    private static func length(ofPieceOf bytes: ByteBufferView, _ limit: Int) -> Int {
        // A word that is longer than that is cut.
        if let space = bytes.prefix(limit).suffix(limit / 4).lastIndex(of: UInt8(ascii: " ")) {
            return space - bytes.startIndex + 1
        }
        func splits(_ place: Int) -> Bool { bytes.dropFirst(place).first.map { $0 & 0xC0 == 0x80 } ?? false }
        let before = (0..<limit).first { !splits(limit - $0) }
        // Not even one character is as short as that.
        return before.map { limit - $0 } ?? (limit..<bytes.count).first { !splits($0) } ?? bytes.count
    }
}
