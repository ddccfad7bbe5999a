// What a message says, for those who keep it in parts.

extension ChatMessage {
    /// The parts of its line; nil if that is none.
    package var said: (prefix: String, target: String, text: String?)? {
        self.withLine { line in
            guard line.first == UInt8(ascii: ":"), line.suffix(2).elementsEqual([0x0D, 0x0A]) else { return nil }
            let line = line.dropFirst().dropLast(2)
            func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
            let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count >= 3 else { return nil }
            guard parts.count == 4 else { return (text(parts[0]), text(parts[2]), nil) }
            guard parts[3].first == UInt8(ascii: ":") else { return nil }
            return (text(parts[0]), text(parts[2]), text(parts[3].dropFirst()))
        }
    }
}
