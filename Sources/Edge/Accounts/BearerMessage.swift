import Tenant

/// What a client says first by SASL OAUTHBEARER (RFC 7628 section 3.1).
struct BearerMessage {
    /// The account that it says it is; nil if it does not say.
    let identity: String?
    let token: Redacted<String>

    private static let separator = "\u{1}"
    private static let scheme = "bearer "

    /// - Returns: nil if it is none.
    init?(_ message: [UInt8]) {
        guard let text = String(validating: message, as: UTF8.self) else { return nil }
        let parts = text.split(separator: Self.separator, omittingEmptySubsequences: false)
        // The header, the pairs, and behind the last of these a separator more.
        guard parts.count >= 4, parts.suffix(2).allSatisfy(\.isEmpty) else { return nil }
        let header = parts[0].split(separator: ",", omittingEmptySubsequences: false)
        guard header.count == 3, header[0] == "n" || header[0] == "y", header[2].isEmpty else { return nil }
        if header[1].isEmpty {
            self.identity = nil
        } else {
            guard header[1].hasPrefix("a="), let name = Self.name(header[1].dropFirst(2)) else { return nil }
            self.identity = name
        }
        var values: [Substring] = []
        for pair in parts.dropFirst().dropLast(2) {
            guard let equals = pair.firstIndex(of: "=") else { return nil }
            if pair[..<equals] == "auth" { values.append(pair[pair.index(after: equals)...]) }
        }
        guard values.count == 1, values[0].prefix(Self.scheme.count).lowercased() == Self.scheme else { return nil }
        let token = values[0].dropFirst(Self.scheme.count)
        guard !token.isEmpty, token.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
        self.token = Redacted(String(token))
    }

    /// A name in which `,` and `=` are written in another way (RFC 5801 section 4).
    private static func name(_ text: Substring) -> String? {
        var name = ""
        var rest = text
        while let character = rest.popFirst() {
            guard character == "=" else {
                name.append(character)
                continue
            }
            switch rest.prefix(2) {
            case "2C": name.append(",")
            case "3D": name.append("=")
            default: return nil
            }
            rest = rest.dropFirst(2)
        }
        return name.isEmpty ? nil : name
    }
}
