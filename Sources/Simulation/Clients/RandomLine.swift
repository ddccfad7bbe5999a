/// Lines that somebody might send, likely enough to meet what others send.
enum RandomLine {
    private static let channels = ["#a", "#b", "#c"]
    private static let nicks = ["ann", "bob", "cid", "dee", "eve", "fay", "gus", "hal"]
    private static let keys = ["k1", "k2"]

    /// The next line; a number tells a message from the sender's others.
    static func next(_ random: inout SeededRandom, message number: Int) -> String {
        let channel = random.pick(self.channels, or: "#a")
        let nick = random.pick(self.nicks, or: "ann")
        switch random.below(100) {
        case ..<24: return "JOIN \(channel)" + (random.chance(40) ? " " + random.pick(self.keys, or: "k1") : "")
        case ..<30: return "PART \(channel)"
        case ..<39: return "KICK \(channel) \(nick) :out"
        case ..<58: return "MODE \(channel) " + self.modes(&random, nick)
        case ..<63: return "TOPIC \(channel) :" + (random.chance(20) ? "" : "topic \(random.below(9))")
        case ..<67: return "NICK " + nick + (random.chance(50) ? "" : "2")
        case ..<69: return "AWAY" + (random.chance(50) ? "" : " :gone")
        case ..<71: return "SETNAME :Real \(random.below(9))"
        case ..<91: return "PRIVMSG \(channel) :said-\(number)-"
        case ..<93: return "PRIVMSG \(nick) :told-\(number)-"
        case ..<96: return "INVITE \(nick) \(channel)"
        case ..<98:
            // Most names are taken.
            return "RENAME \(random.pick(self.channels + ["#d"], or: channel)) "
                + random.pick(self.channels + ["#d", "#d", "#e"], or: channel)
        case ..<99: return random.pick(["WHO \(channel)", "NAMES \(channel)", "LIST", "WHOIS \(nick)"], or: "LIST")
        default: return "QUIT"
        }
    }

    private static func modes(_ random: inout SeededRandom, _ nick: String) -> String {
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
                let isAdding = letters.hasSuffix("+")
                letters += "l"
                if isAdding { parameters.append(String(1 + random.below(4))) }
            case 4:
                letters += "k"
                parameters.append(random.pick(self.keys, or: "k1"))
            default:
                letters += random.pick(["q", "o", "o", "v"], or: "v")
                parameters.append(nick)
            }
        }
        return ([letters] + parameters).joined(separator: " ")
    }
}
