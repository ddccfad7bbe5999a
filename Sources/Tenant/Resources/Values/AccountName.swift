/// What an account may be called: as a nickname (modern.ircdocs.horse, "Clients"), and `.`, up to 32 bytes.
package enum AccountName {
    /// The name unchanged if it is one, else `nil`.
    package static func check(_ text: String) -> String? {
        (1...32).contains(text.utf8.count) && text.utf8.allSatisfy(Self.isNameByte) ? text : nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_.[]{}|^`\\".utf8.contains(byte)
        }
    }
}
