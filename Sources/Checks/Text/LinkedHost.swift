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

    /// Those of a text, each once.
    static func all(in text: String) -> [LinkedHost] {
        var found: [LinkedHost] = []
        guard text.utf8.contains(UInt8(ascii: ".")) || text.contains("://") else { return [] }
        let words = text.lowercased().split { " <>()[]{}\"'`,;|".contains($0) }
        for word in words where found.count < Self.most {
            guard let host = Self.host(of: word), !found.contains(host) else { continue }
            found.append(host)
        }
        return found
    }

    private static func host(of word: Substring) -> LinkedHost? {
        var rest = word
        var isLink = false
        if let scheme = rest.firstRange(of: "://") {
            isLink = true
            rest = rest[scheme.upperBound...]
        }
        let authority = rest.prefix { !"/?#\\".contains($0) }
        if authority.endIndex != rest.endIndex, rest[authority.endIndex] == "/" { isLink = true }
        var host = authority
        if let at = host.lastIndex(of: "@") {
            // Before it is who, if there is a scheme; else it is a mail address.
            guard isLink else { return nil }
            host = host[host.index(after: at)...]
        }
        if let colon = host.lastIndex(of: ":"), host[host.index(after: colon)...].allSatisfy(\.isNumber) {
            host = host[..<colon]
        }
        while let last = host.last, ".!?:".contains(last) { host = host.dropLast() }
        if host.hasPrefix("www.") { isLink = true }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1, labels.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isOfName) }),
            host.utf8.count <= 253
        else { return nil }
        return LinkedHost(name: String(host), isLink: isLink)
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
