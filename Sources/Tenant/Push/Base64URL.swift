/// Base64 with the alphabet for URLs and without padding (RFC 4648 section 5), as Web Push writes keys.
package enum Base64URL {
    package static func encode(_ bytes: [UInt8]) -> String {
        String(Base64.encodeUnpadded(bytes).map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }

    /// - Returns: nil if the text is not what ``encode(_:)`` writes, but for padding, which some clients write.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.utf8.contains(UInt8(ascii: "+")), !text.utf8.contains(UInt8(ascii: "/")) else { return nil }
        let padding = text.reversed().prefix { $0 == "=" }.count
        guard padding == 0 || padding <= 2 && text.utf8.count % 4 == 0 else { return nil }
        return Base64.decodeUnpadded(
            String(text.dropLast(padding).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        )
    }
}
