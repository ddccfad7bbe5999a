// A line as its parts. Nothing is copied: a message holds the line's buffer and the places of the parts in it, 16 bits
// each; strings are made when they are asked for.

package import NIOCore

/// One IRC message, pointing into the bytes of its line.
///
/// `[@tags] [:source] command parameters…`, RFC 1459 §2.3.1 and <https://modern.ircdocs.horse/#message-format>: parts
/// are separated by one or more spaces, a last parameter that begins with `:` runs to the end. The whole line is
/// well-formed UTF-8 without NUL, CR and LF. Making one allocates nothing unless the command has over 15 bytes.
package struct Message: Sendable {
    /// The command, letters A to Z in upper case: `PRIVMSG`, `001`.
    ///
    /// Not necessarily one that exists.
    package let command: String
    /// The parameters, with the line that they point into.
    package let parameters: Parameters
    private let tagSpan: Parameters.Span
    private let sourceSpan: Parameters.Span

    /// Takes a line apart.
    ///
    /// - Parameter line: one line's readable bytes, without its CR LF.
    /// - Throws: ``MessageError`` if it is no message.
    package init(_ line: ByteBuffer) throws(MessageError) {
        var parts = MessageParts()
        var command = ""
        let fault = line.withUnsafeReadableBytes { bytes -> MessageError? in
            if let fault = parts.scan(bytes) { return fault }
            command = Self.uppercased(UnsafeRawBufferPointer(rebasing: bytes[parts.command.range]))
            return nil
        }
        if let fault { throw fault }
        self.command = command
        self.tagSpan = parts.tags
        self.sourceSpan = parts.source
        self.parameters = Parameters(line: line, spans: parts.parameters, count: parts.parameterCount)
    }

    /// The line, without CR LF.
    package var line: ByteBuffer { self.parameters.line }

    /// How many bytes the line has.
    package var length: Int { self.parameters.line.readableBytes }

    package var hasTags: Bool { !self.tagSpan.isEmpty }

    /// How many parameters there are, at most 15.
    package var parameterCount: Int { self.parameters.count }

    /// Who the line says that it comes from, without the `:`; `nil` if it does not say.
    package var source: String? {
        self.sourceSpan.isEmpty ? nil : self.parameters.string(self.sourceSpan)
    }

    /// The tags, not yet taken apart.
    package var tags: Tags {
        Tags(self.parameters.slice(self.tagSpan))
    }

    /// Upper-cases ASCII letters; up to 15 bytes stay in the string itself.
    private static func uppercased(_ bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: bytes.count) { target in
            for index in 0..<bytes.count {
                let byte = bytes[index]
                let isLower = byte &- UInt8(ascii: "a") < 26
                target.initializeElement(at: index, to: isLower ? byte & 0xDF : byte)
            }
            return bytes.count
        }
    }
}

extension Message: Equatable {
    /// The same tags as they were written, source, command and parameters; spacing and the final `:` do not count.
    package static func == (left: Message, right: Message) -> Bool {
        left.command == right.command && left.source == right.source && left.tags == right.tags
            && left.parameters.elementsEqual(right.parameters)
    }
}

extension Message: CustomStringConvertible {
    /// The line as it came.
    ///
    /// May hold passwords and what users say: not for logs.
    package var description: String { String(buffer: self.line) }
}
