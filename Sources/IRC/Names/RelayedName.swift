// Names of people behind a bridge.

/// What somebody is called who speaks through a bridge: `Mallory/D`.
///
/// A ``Nickname`` with at least one `/` in it, which no nickname has: nobody on the network can be called so, and who reads it
/// knows that it was relayed.
package struct RelayedName: Sendable, Hashable {
    package let raw: String
    package let folded: String

    /// The sign that tells relayed names from others.
    package static let separator: Character = "/"

    /// `nil` if nobody may be called that.
    package init?(_ text: some StringProtocol, under mapping: CaseMapping) {
        let parts = text.split(separator: Self.separator, omittingEmptySubsequences: false)
        guard parts.count > 1, !parts.contains(where: \.isEmpty),
            let nick = Nickname(parts.joined(), under: mapping)
        else { return nil }
        // Folding may not make a separator of something else, nor take one away.
        let folded = parts.map { mapping.fold(String($0)) }
        guard folded.joined() == nick.folded else { return nil }
        self.raw = String(text)
        self.folded = folded.joined(separator: String(Self.separator))
    }
}
