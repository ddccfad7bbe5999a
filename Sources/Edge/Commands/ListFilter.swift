import Chat
import IRC
import Numbers
import Realm

/// The condition of a LIST (ISUPPORT ELIST=CMNTU): one of the names and masks, and all of the bounds and `!masks`.
struct ListFilter {
    /// The most channels that are named.
    static let mostNames = 20

    /// Channels that are named.
    private(set) var names: [ChannelName] = []
    /// The first name that is one too many.
    private(set) var excess: String?
    private var masks: [Glob] = []
    private var conditions: [(ChannelSummary) -> Bool] = []
    /// Whether something was named, if only what no channel is called.
    private var isNarrow = false

    /// - `texts`: words with commas between them.
    /// - `now`: milliseconds since 1970; ages are minutes before it.
    init(_ texts: [String], now: Int64) {
        for word in texts.flatMap({ $0.split(separator: ",") }) {
            // Twenty years in minutes: what is multiplied below stays small.
            let digits = word.drop { !$0.isNumber && $0 != "-" }
            let number = Int64(saturating: digits).map { min(max($0, 0), 10_000_000) }
            switch (word.first, word.dropFirst().first, number) {
            case (">", _, let number?): self.conditions.append { $0.members > number }
            case ("<", _, let number?): self.conditions.append { $0.members < number }
            case ("C", ">", let minutes?): self.conditions.append { $0.state.created < now - minutes * 60_000 }
            case ("C", "<", let minutes?): self.conditions.append { $0.state.created > now - minutes * 60_000 }
            case ("T", ">", let minutes?):
                self.conditions.append { $0.state.topic.map { $0.time < now - minutes * 60_000 } ?? false }
            case ("T", "<", let minutes?):
                self.conditions.append { $0.state.topic.map { $0.time > now - minutes * 60_000 } ?? false }
            default: self.add(word)
            }
        }
    }

    private mutating func add(_ word: Substring) {
        if word.hasPrefix("!") {
            let glob = Glob(word.dropFirst(), under: Names.caseMapping)
            return self.conditions.append { !glob.matches(folded: $0.state.name.folded) }
        }
        self.isNarrow = true
        if word.contains(where: { $0 == "*" || $0 == "?" }) {
            return self.masks.append(Glob(word, under: Names.caseMapping))
        }
        guard let name = ChannelName(word, under: Names.caseMapping), !self.names.contains(name) else { return }
        if self.names.count < Self.mostNames { self.names.append(name) } else { self.excess = self.excess ?? name.raw }
    }

    /// Whether there is nothing to look for beside what is named.
    var isOfNames: Bool { self.isNarrow && self.masks.isEmpty }

    func matches(_ channel: ChannelSummary) -> Bool {
        guard self.conditions.allSatisfy({ $0(channel) }) else { return false }
        let name = channel.state.name
        return !self.isNarrow || self.names.contains(name) || self.masks.contains { $0.matches(folded: name.folded) }
    }
}
