/// What somebody asks of the chat.
package enum Command: Hashable, Sendable {
    case connect
    case join(String, key: String?)
    case part(String)
    case kick(String, nick: String)
    case mode(String, [String])
    case topic(String, String)
    case nick(String)
    /// A message to a channel; its number tells it from the sender's others.
    case message(String, number: Int)
    case invite(String, nick: String)
    case quit
}

extension Command {
    private static let channels = ["#a", "#b", "#c"]
    private static let nicks = ["ann", "bob", "cid", "dee", "eve", "fay", "gus", "hal"]
    private static let keys = ["k1", "k2"]

    /// Something that somebody might ask, likely enough to meet what others ask.
    static func random(_ random: inout SeededRandom, message number: Int) -> Command {
        let channel = random.pick(Self.channels, or: "#a")
        let nick = random.pick(Self.nicks, or: "ann")
        switch random.below(100) {
        case ..<24: return .join(channel, key: random.chance(40) ? random.pick(Self.keys, or: "k1") : nil)
        case ..<30: return .part(channel)
        case ..<39: return .kick(channel, nick: nick)
        case ..<60: return .mode(channel, Self.modes(&random, nick))
        case ..<66: return .topic(channel, random.chance(20) ? "" : "topic \(random.below(9))")
        case ..<70: return .nick(nick + (random.chance(50) ? "" : "2"))
        case ..<90: return .message(channel, number: number)
        case ..<98: return .invite(channel, nick: nick)
        default: return .quit
        }
    }

    private static func modes(_ random: inout SeededRandom, _ nick: String) -> [String] {
        var letters = ""
        var parameters: [String] = []
        for _ in 0...random.below(3) {
            letters += random.chance(60) ? "+" : "-"
            switch random.below(8) {
            case 0: letters += random.pick(["i", "m", "n", "p", "s", "t"], or: "n")
            case 1, 2:
                letters += random.pick(["b", "b", "e", "I"], or: "b")
                parameters.append(random.pick([nick, "*!*@\(nick).cloak", "*!*@10.0.0.*", "*!u\(nick)@*"], or: nick))
            case 3:
                let isAdding = letters.last == "+"
                letters += "l"
                if isAdding { parameters.append(String(1 + random.below(4))) }
            case 4:
                letters += "k"
                parameters.append(random.pick(Self.keys, or: "k1"))
            default:
                letters += random.pick(["q", "o", "o", "v"], or: "v")
                parameters.append(nick)
            }
        }
        return [letters] + parameters
    }
}
