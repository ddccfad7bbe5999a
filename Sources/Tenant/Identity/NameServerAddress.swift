/// Where a name server is: an address, with a port or without.
package struct NameServerAddress: Hashable, Sendable {
    /// Its address.
    package let address: IPAddress
    /// Its port; `nil` for the usual one, 53.
    package let port: Int?

    static let maximumBytes = 64
    /// What ``init(_:)`` takes, but for IPv6 addresses that look like one and are none.
    static let pattern: String = {
        let least = "[1-9][0-9]{0,3}|[1-5][0-9]{4}"
        let most = "6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
        let port = "(:(\(least)|\(most)))?"
        let byte = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
        let four = "\(byte)([.]\(byte)){3}"
        let six = "[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,8}(:\(four))?"
        return "^(\(four)\(port)|\(six)|\\[\(six)\\]\(port))$"
    }()

    /// Reads an address, such as `10.0.0.10`, `127.0.0.1:5353`, `2001:db8::1` or `[2001:db8::1]:53`.
    ///
    /// - Parameter text: Without a zone, and without a name.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumBytes else { return nil }
        if let address = IPAddress(text) {
            (self.address, self.port) = (address, nil)
            return
        }
        var (host, rest) = (Substring(text), Substring())
        let isBracketed = text.hasPrefix("[")
        if isBracketed {
            guard let end = text.firstIndex(of: "]") else { return nil }
            (host, rest) = (text[..<end].dropFirst(), text[text.index(after: end)...])
        } else if let colon = text.firstIndex(of: ":") {
            (host, rest) = (text[..<colon], text[colon...])
        }
        // Brackets are for addresses with colons, which have nothing else that tells where they end.
        guard let address = IPAddress(host), host.utf8.contains(UInt8(ascii: ":")) == isBracketed else { return nil }
        self.address = address
        guard !rest.isEmpty else {
            self.port = nil
            return
        }
        let digits = rest.dropFirst()
        guard rest.hasPrefix(":"), !digits.hasPrefix("0"), let port = UInt16(digits),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        self.port = Int(clamping: port)
    }

    /// The address, in brackets if it is one of IPv6, and the port if it has one.
    package var text: String {
        let host = self.address.isVersion4 ? "\(self.address)" : "[\(self.address)]"
        return self.port.map { "\(host):\($0)" } ?? host
    }
}
