import Chat
import IRC
import Realm

/// The condition of a LIST (ISUPPORT ELIST=CMNTU): names, masks and bounds, all of which must hold but the names.
struct ListFilter {
    private(set) var exactNames: [ChannelName] = []
    private var conditions: [(ChannelSummary) -> Bool] = []

    /// - `now`: milliseconds since 1970; ages are minutes before it.
    init(_ text: String, now: Int64) {
        for word in text.split(separator: ",").prefix(10) {
            // Twenty years in minutes: what is multiplied below stays small.
            let number = Int64(word.drop { !$0.isNumber && $0 != "-" }).map { min(max($0, 0), 10_000_000) }
            switch (word.first, word.dropFirst().first, number) {
            case (">", _, let number?): self.conditions.append { $0.members > number }
            case ("<", _, let number?): self.conditions.append { $0.members < number }
            case ("C", ">", let minutes?): self.conditions.append { $0.state.created < now - minutes * 60_000 }
            case ("C", "<", let minutes?): self.conditions.append { $0.state.created > now - minutes * 60_000 }
            case ("T", ">", let minutes?):
                self.conditions.append { $0.state.topic.map { $0.time < now - minutes * 60_000 } ?? false }
            case ("T", "<", let minutes?):
                self.conditions.append { $0.state.topic.map { $0.time > now - minutes * 60_000 } ?? false }
            default: self.add(mask: word)
            }
        }
    }

    private mutating func add(mask word: Substring) {
        let isNegated = word.hasPrefix("!")
        let pattern = isNegated ? word.dropFirst() : word
        if !isNegated, !pattern.contains(where: { $0 == "*" || $0 == "?" }),
            let name = ChannelName(pattern, under: Names.caseMapping)
        {
            self.exactNames.append(name)
        } else {
            let glob = Glob(pattern, under: Names.caseMapping)
            self.conditions.append { glob.matches(folded: $0.state.name.folded) != isNegated }
        }
    }

    func matches(_ channel: ChannelSummary) -> Bool { self.conditions.allSatisfy { $0(channel) } }
}
