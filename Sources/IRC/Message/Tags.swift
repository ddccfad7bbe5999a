// A message's tags. Most lines have none and most tags are never looked at, so a lookup is a scan of the raw bytes.

package import NIOCore

/// The tags of a message, <https://ircv3.net/specs/extensions/message-tags>, taken apart when they are asked for.
package struct Tags: Sendable, Hashable {
    /// The tag section as it came, without `@` and space; no bytes if there is none.
    package let bytes: ByteBuffer

    /// - Parameter bytes: `key[=escaped value]` separated by `;`.
    package init(_ bytes: ByteBuffer) {
        self.bytes = bytes
    }

    /// The tag section as it came, without `@` and space.
    package var raw: String { String(buffer: self.bytes) }

    /// Whether there is no tag section.
    package var isEmpty: Bool { self.bytes.readableBytes == 0 }

    /// The value of the last tag with this key, unescaped; "" if it has none, which means the same as an empty one.
    package subscript(key: String) -> String? {
        if self.isEmpty { return nil }
        return self.bytes.withUnsafeReadableBytes { bytes -> String? in
            var found: Piece?
            for piece in Pieces(bytes: bytes) where piece.key.elementsEqual(key.utf8) { found = piece }
            return found?.unescapedValue
        }
    }

    /// Calls `body` with each tag in the order of the line, the value unescaped.
    ///
    /// Duplicates come as they came.
    package func forEach(_ body: (_ key: String, _ value: String) throws -> Void) rethrows {
        try self.bytes.withUnsafeReadableBytes { bytes in
            for piece in Pieces(bytes: bytes) {
                try body(String(decoding: piece.key, as: UTF8.self), piece.unescapedValue)
            }
        }
    }

    /// The client-only tags (keys that begin with `+`) in wire form, `+typing=active;+x`, for relaying; "" if none.
    ///
    /// Values are passed on as they were escaped. Tags whose key breaks the grammar are left out.
    package var clientOnly: String {
        if self.isEmpty { return "" }
        return self.bytes.withUnsafeReadableBytes { bytes in
            guard bytes.contains(UInt8(ascii: "+")) else { return "" }
            var result = ""
            for piece in Pieces(bytes: bytes) where piece.isClientOnly {
                if !result.isEmpty { result += ";" }
                result += String(decoding: piece.whole, as: UTF8.self)
            }
            return result
        }
    }
}

extension Tags {
    /// One `key[=value]`.
    private struct Piece {
        let whole: Slice<UnsafeRawBufferPointer>
        let key: Slice<UnsafeRawBufferPointer>

        init(_ whole: Slice<UnsafeRawBufferPointer>) {
            self.whole = whole
            self.key = whole.prefix { $0 != UInt8(ascii: "=") }
        }

        var unescapedValue: String {
            TagValue.unescape(String(decoding: self.whole[self.key.endIndex...].dropFirst(), as: UTF8.self))
        }

        /// `+[vendor/]name`, of letters, digits, hyphens and, in the vendor's host name, dots.
        var isClientOnly: Bool {
            guard self.key.first == UInt8(ascii: "+") else { return false }
            let name = self.key.dropFirst()
            guard let last = name.last, last != UInt8(ascii: "/") else { return false }
            return name.allSatisfy { $0.isLetterOrDigit || "-/.".utf8.contains($0) }
        }
    }

    /// The pieces that have a key.
    private struct Pieces: Sequence, IteratorProtocol {
        let bytes: UnsafeRawBufferPointer
        private var place = 0

        init(bytes: UnsafeRawBufferPointer) {
            self.bytes = bytes
        }

        mutating func next() -> Piece? {
            while self.place < self.bytes.count {
                let rest = self.bytes[self.place...]
                let whole = rest.prefix { $0 != UInt8(ascii: ";") }
                self.place = whole.endIndex + 1
                let piece = Piece(whole)
                if !piece.key.isEmpty { return piece }
            }
            return nil
        }
    }
}
