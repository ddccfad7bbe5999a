/// Where a mail server is that takes what people send (RFC 6409): `smtp://` with STARTTLS, or `smtps://` (RFC 8314 section 3.3).
package struct MailServerURL: Hashable, Sendable {
    /// Whether TLS is there from the start.
    package let isEncrypted: Bool
    /// Its name, or an IPv4 address.
    package let host: String
    /// The port: what was said, or the scheme's.
    package let port: Int

    /// In the place of one that nobody has named.
    static let unnamed = MailServerURL(isEncrypted: false, host: "", port: 587)

    static let maximumBytes = 253
    /// What ``init(_:)`` takes, but for its length.
    static let pattern: String = {
        let label = DNSName.labelPattern
        let least = "[1-9][0-9]{0,3}|[1-5][0-9]{4}"
        let most = "6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
        return "^smtps?://\(label)([.]\(label))*(:(\(least)|\(most)))?$"
    }()

    private init(isEncrypted: Bool, host: String, port: Int) {
        (self.isEncrypted, self.host, self.port) = (isEncrypted, host, port)
    }

    /// Takes a URL of scheme, host and, if it is another than the scheme's, port.
    ///
    /// - Parameter text: Such as `smtp://mail.example.com:587`; without a user, a path or anything else.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumBytes, text.utf8.allSatisfy({ $0 < 0x80 }),
            let scheme = ["smtp://", "smtps://"].first(where: { text.hasPrefix($0) })
        else { return nil }
        let isEncrypted = scheme == "smtps://"
        let parts = text.dropFirst(scheme.count).split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, parts.count <= 2, DNSName.isSubdomain(host.lowercased()) else { return nil }
        var port = isEncrypted ? 465 : 587
        if parts.count == 2 {
            let digits = parts[1]
            guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                !digits.hasPrefix("0"), let number = UInt16(digits)
            else { return nil }
            port = Int(number)
        }
        self.init(isEncrypted: isEncrypted, host: String(host), port: port)
    }

    /// The URL with its port.
    package var text: String { "\(self.isEncrypted ? "smtps" : "smtp")://\(self.host):\(self.port)" }
}
