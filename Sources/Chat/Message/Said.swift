package import IRC
package import NIOCore

/// What is said, as far as a channel's modes ask for it.
package struct Said: Hashable, Sendable {
    package let isNotice: Bool
    /// A CTCP other than ACTION (modern.ircdocs.horse CTCP).
    package let isCTCP: Bool
    /// Has colours or other formatting (modern.ircdocs.horse formatting).
    package let isFormatted: Bool

    /// Nothing that any mode asks for.
    package init() { (self.isNotice, self.isCTCP, self.isFormatted) = (false, false, false) }

    package init(_ verb: ChatMessage.Verb, _ text: some Collection<UInt8>) {
        self.isNotice = verb == .notice
        let isQuery = text.first == 0x01
        self.isCTCP = isQuery && !Self.isAction(text.dropFirst())
        self.isFormatted = text.contains(where: Self.isFormatting)
    }

    /// A message with one text, with several lines, or with tags alone.
    package init(_ verb: ChatMessage.Verb, _ text: ByteBuffer?, _ lines: MultilineText?) {
        let texts = (text.map { [$0] } ?? []) + (lines?.lines.map(\.text) ?? [])
        let said = texts.map { Said(verb, $0.readableBytesView) }
        self.isNotice = verb == .notice
        self.isCTCP = said.contains(where: \.isCTCP)
        self.isFormatted = said.contains(where: \.isFormatted)
    }

    /// Whether a text has something in it that clients make a link of.
    package static func hasLink(_ text: some Collection<UInt8>) -> Bool {
        text.split { $0 <= 0x20 }.contains { word in
            let small = word.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            return small.indices.dropLast(3).contains { start in
                if small[start...].starts(with: "://".utf8) { return true }
                let isBeginning = start == 0 || !(0x61...0x7A).contains(small[start - 1])
                return isBeginning && start + 4 < small.count && small[start...].starts(with: "www.".utf8)
            }
        }
    }

    private static func isAction(_ text: some Collection<UInt8>) -> Bool {
        let word = text.prefix { $0 != 0x20 && $0 != 0x01 }
        return word.map { $0 & 0xDF }.elementsEqual("ACTION".utf8)
    }

    /// Bold, colour, hexadecimal colour, reset, monospace, reverse, italics, strikethrough and underline.
    private static func isFormatting(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x02, 0x03, 0x04, 0x0F, 0x11, 0x16, 0x1D, 0x1E, 0x1F: true
        default: false
        }
    }
}
