// Which languages there are, https://gist.github.com/DanielOaks/8126122f74b26012a3de37db80e4e0c6 (draft/languages).

/// A language that the server's own texts are in; ``rawValue`` is its code (BCP 47).
package enum Language: String, Sendable, Hashable, CaseIterable {
    case english = "en"
    case german = "de"
    case spanish = "es"
    case french = "fr"

    /// The language of a code in any capitals; that of a region is the language (RFC 4647 3.4): `de-AT` is German.
    ///
    /// `nil` if there is none.
    package init?(code: some StringProtocol) {
        let primary = code.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        self.init(rawValue: primary.lowercased())
    }

    /// All, that of a network first: the order in which they are used by default.
    package static func all(first: Language) -> [Language] { [first] + Self.allCases.filter { $0 != first } }
}
