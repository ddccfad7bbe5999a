/// A host that a text names.
struct LinkedHost: Hashable, Sendable {
    /// In small letters, without a dot at the end.
    let name: String
    /// Whether clients make a link of it, for a scheme, a path or the usual beginning.
    ///
    /// Others are names, which a list may mean all the same.
    let isLink: Bool

    /// How many of a text are looked at.
    private static let most = 50

    /// What stands between words, beside white space.
    private static let separators: Set<Character> = Set("<>()[]{}\"'`,;|“”„‘’«»、")

    /// Those of a text, each once.
    static func all(in text: String) -> [LinkedHost] {
        var found: [LinkedHost] = []
        let text = Self.narrowed(text)
        guard text.utf8.contains(UInt8(ascii: ".")) || text.contains("://") else { return [] }
        let lower = text.lowercased()
        // An address of IPv6: what is around it parts words elsewhere.
        if let begin = lower.firstRange(of: "://[") {
            let address = lower[begin.upperBound...].prefix(64).prefix { $0 != "]" }
            found.append(LinkedHost(name: "[\(address)]", isLink: true))
        }
        let words = lower.split { $0.isWhitespace || Self.separators.contains($0) }
        for word in words where found.count < Self.most {
            guard let host = Self.host(of: word), !found.contains(host) else { continue }
            found.append(host)
        }
        return found
    }

    /// The same with usual letters and dots for those of full width, as browsers take them.
    private static func narrowed(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var narrow = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xFF01...0xFF5E: narrow.append(Unicode.Scalar(UInt8(scalar.value - 0xFEE0)))
            case 0x3002, 0xFF61: narrow.append(".")
            default: narrow.append(scalar)
            }
        }
        return String(narrow)
    }

    private static func host(of word: Substring) -> LinkedHost? {
        var rest = word
        var (isLink, isOfWeb, hasPath) = (false, false, false)
        if let scheme = rest.firstRange(of: "://") {
            isLink = true
            isOfWeb = rest[..<scheme.lowerBound].hasSuffix("http") || rest[..<scheme.lowerBound].hasSuffix("https")
            rest = rest[scheme.upperBound...]
        }
        let authority = rest.prefix { !"/?#\\".contains($0) }
        if authority.endIndex != rest.endIndex, rest[authority.endIndex] == "/" { hasPath = true }
        var host = authority
        if let at = host.lastIndex(of: "@") {
            // Before it is who, if there is a scheme; else it is a mail address.
            guard isLink || hasPath else { return nil }
            host = host[host.index(after: at)...]
        }
        if let colon = host.lastIndex(of: ":"), isLink || host[host.index(after: colon)...].allSatisfy(\.isNumber) {
            host = host[..<(isLink ? host.firstIndex(of: ":") ?? colon : colon)]
        }
        while let last = host.last, !Self.isOfName(last) { host = host.dropLast() }
        if host.hasPrefix("www.") { isLink = true }
        let name = String(host).replacing("%2e", with: ".")
        guard !name.isEmpty else { return nil }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isWhole = labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
        let isUsual = isWhole && labels.allSatisfy { $0.allSatisfy(Self.isOfName) } && name.utf8.count <= 253
        // An odd name is a link too where a scheme, a path or `www.` says so; one without a dot, of the web alone.
        guard isUsual || isOfWeb || isLink && labels.count > 1 || hasPath && isWhole else { return nil }
        return LinkedHost(name: String(name.prefix(253)), isLink: isLink || hasPath)
    }

    private static func isOfName(_ letter: Character) -> Bool { letter.isLetter || letter.isNumber || letter == "-" }

    /// Whether it is a domain of a list, or below one.
    func isBelow(_ domains: Set<String>) -> Bool {
        var rest = self.name[...]
        while true {
            if domains.contains(String(rest)) { return true }
            guard let dot = rest.firstIndex(of: ".") else { return false }
            rest = rest[rest.index(after: dot)...]
        }
    }
}
