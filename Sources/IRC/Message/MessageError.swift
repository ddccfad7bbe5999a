// Why a line is not a message.

/// Why a line is not a message.
package enum MessageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No bytes, or spaces only.
    case empty
    /// Tags or a source, and nothing after them.
    case noCommand
    /// NUL, or a CR or LF that ends no line (RFC 1459 §2.3.1).
    case forbiddenByte
    /// Not well-formed UTF-8; `FAIL … INVALID_UTF8` (<https://ircv3.net/specs/extensions/utf8-only>).
    case notUTF8
    /// Tags that do not stand at the very front of the line.
    case malformedTags
    /// A `:` with no source behind it.
    case malformedSource
    /// Longer than 65,535 bytes; no line that a ``LineFramer`` cut is.
    case tooLong

    package var description: String { self.phrase.english }

    /// What its sender is told.
    package var phrase: Phrase {
        switch self {
        case .empty: "the line is empty"
        case .noCommand: "the line has no command"
        case .forbiddenByte: "the line has a NUL, CR or LF inside"
        case .notUTF8: "the line is not UTF-8"
        case .malformedTags: "the tags do not start the line"
        case .malformedSource: "the source is empty"
        case .tooLong: "the line is too long"
        }
    }
}
