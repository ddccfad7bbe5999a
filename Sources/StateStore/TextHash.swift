/// A short name for a text, by which one version of it is told from another: FNV-1a, 64 bits.
///
/// It finds mistakes, not attacks.
enum TextHash {
    /// Sixteen hexadecimal digits.
    static func digits(of text: String) -> String {
        let hash = text.utf8.reduce(into: UInt64(0xcbf2_9ce4_8422_2325)) { hash, byte in
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
