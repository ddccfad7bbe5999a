/// Whom the people of push services may turn to (RFC 8292 section 2.1): a `mailto:` or `https:` URL.
package enum PushContact {
    private static let maximumBytes = 200

    /// Whether a text is one.
    package static func isOne(_ text: String) -> Bool {
        text.utf8.count <= self.maximumBytes && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            && ["mailto:", "https://"].contains { text.hasPrefix($0) && text.utf8.count > $0.utf8.count }
    }

    static let setting = SettingType<String>.text(
        "URL",
        "URL: write one that begins with mailto: or https://, without spaces",
        pattern: "^(mailto:|https://)[!-~]+$",
        maxLength: Self.maximumBytes
    ) { Self.isOne($0) ? $0 : nil }
}
