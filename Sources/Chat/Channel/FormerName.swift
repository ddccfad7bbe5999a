import IRC

/// A name that a channel had, and when: what was said there in that time was said in this channel.
package struct FormerName: Hashable, Sendable {
    /// The most that a channel knows of itself; of more it forgets the first.
    package static let most = 4

    /// Folded.
    package let name: String
    /// From when to when, both included; milliseconds since 1970.
    package let time: ClosedRange<Int64>

    init(_ name: String, _ time: ClosedRange<Int64>) {
        self.name = name
        self.time = time
    }

    /// Reads a word of ``text(_:)``.
    private init?(text: some StringProtocol) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, let name = ChannelName(String(parts[0]), under: Names.caseMapping),
            let from = Int64(parts[1]), let to = Int64(parts[2]), from <= to
        else { return nil }
        self.init(name.folded, from...to)
    }

    /// Some as a field has them: no name has a space or a comma.
    static func text(_ names: [FormerName]) -> String {
        names.map { "\($0.name) \($0.time.lowerBound) \($0.time.upperBound)" }.joined(separator: ",")
    }

    /// Reads what ``text(_:)`` wrote; what cannot be read is passed over.
    static func read(_ text: String) -> [FormerName] {
        Array(text.split(separator: ",").compactMap { FormerName(text: $0) }.suffix(Self.most))
    }
}

extension ChannelState {
    /// The names that it had, with the present one as the last of them, if it goes by another from now on.
    func formerNames(now: Int64) -> [FormerName] {
        let since = self.moved ?? self.created
        return (self.former + [FormerName(self.name.folded, since...max(since, now))]).suffix(FormerName.most)
    }
}
