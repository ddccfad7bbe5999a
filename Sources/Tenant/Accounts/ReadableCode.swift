/// A code that people read and type: 50 bits in letters and digits that nobody takes for each other, written as `ABCDE-FGHJK`.
enum ReadableCode {
    /// Crockford's: without I, L, O and U.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let count = 10
    /// How many characters it has as it is written.
    static let length = Self.count + 1

    /// Its digits, from 64 bits or more.
    static func digits(of bytes: some Sequence<UInt8>) -> [UInt8] {
        let bits = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return (0..<Self.count).map { Self.alphabet[Int(bits >> (5 * UInt64($0)) & 31)] }
    }

    /// How it is written.
    static func text(of digits: [UInt8]) -> String {
        String(decoding: digits.prefix(Self.count / 2), as: UTF8.self) + "-"
            + String(decoding: digits.dropFirst(Self.count / 2), as: UTF8.self)
    }

    /// The digits of what somebody typed, without what stands between them; what looks like another digit is that.
    static func read(_ text: Redacted<String>) -> [UInt8] { text.reveal().utf8.prefix(100).compactMap(Self.digit) }

    /// Whether something is written as one.
    static func isOne(_ text: some Collection<UInt8>) -> Bool {
        text.count == Self.length
            && text.enumerated().allSatisfy { place, byte in
                place == Self.count / 2 ? byte == UInt8(ascii: "-") : Self.digit(byte) != nil
            }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "o"), UInt8(ascii: "O"): return UInt8(ascii: "0")
        case UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "l"), UInt8(ascii: "L"): return UInt8(ascii: "1")
        default:
            let capital = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte & 0xDF : byte
            return Self.alphabet.contains(capital) ? capital : nil
        }
    }
}
