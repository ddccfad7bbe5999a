import Chat
import IRC

/// What a client knows of its channels by nothing but the lines that it was sent.
///
/// It needs `multi-prefix`, `userhost-in-names`, `message-tags` and `echo-message`. It tells people apart by more than their
/// nickname: logs come one by one, so for a moment the last holder of a nickname may still be seen when the next one is.
struct ClientView {
    /// Somebody as lines name them.
    struct Somebody: Hashable {
        let nick: String
        /// `user@host`.
        let host: String

        init(nick: String, host: String) { (self.nick, self.host) = (nick, host) }

        /// Reads `nick!user@host`.
        init(_ text: some StringProtocol) {
            self.init(nick: String(text.prefix { $0 != "!" }), host: String(text.drop { $0 != "!" }.dropFirst()))
        }
    }

    /// One stay in a channel.
    struct Stay {
        /// The ranks' signs of each member.
        var members: [Somebody: Set<Character>] = [:]
        /// Message ids in the order in which they came.
        var messages: [String] = []
        /// Where in them others may be missing, as it was said.
        var gaps: Set<Int> = []
        /// What its beginning goes on from, for a client of an account.
        var origin: StayOrigin?
        /// The names came to their end.
        var isComplete = false
    }

    private var own = Somebody(nick: "*", host: "")
    var nick: String { self.own.nick }
    private(set) var isRegistered = false
    private(set) var channels: [String: Stay] = [:]
    /// Stays that are over, by channel, in order.
    private(set) var past: [String: [Stay]] = [:]
    private(set) var mistakes: [String] = []
    /// Direct messages that came, by id.
    private var direct: Set<String> = []
    /// It was told that its session is no more.
    private(set) var isLost = false
    /// Numerics that refused something.
    private(set) var refusals = 0

    mutating func read(_ text: String) {
        var line = Substring(text)
        var id: String?
        if line.hasPrefix("@") {
            let tags = line.prefix { $0 != " " }
            id = tags.dropFirst().split(separator: ";").first { $0.hasPrefix("msgid=") }.map { String($0.dropFirst(6)) }
            line = line.dropFirst(tags.count + 1)
        }
        var source = ""
        if line.hasPrefix(":") {
            source = String(line.dropFirst().prefix { $0 != " " })
            line = line.drop { $0 != " " }.dropFirst()
        }
        var words: [String] = []
        while !line.isEmpty {
            if line.hasPrefix(":") {
                words.append(String(line.dropFirst()))
                break
            }
            words.append(String(line.prefix { $0 != " " }))
            line = line.drop { $0 != " " }.dropFirst()
        }
        guard let command = words.first else { return }
        self.read(command, Array(words.dropFirst()), by: Somebody(source), id)
    }

    private mutating func read(_ command: String, _ words: [String], by who: Somebody, _ id: String?) {
        func word(_ index: Int) -> String { index < words.count ? words[index] : "" }
        switch command {
        case "404", "441", "442", "443", "471", "473", "474", "475", "482": self.refusals += 1
        case "001":
            self.own = Somebody(word(1).split(separator: " ").last ?? "")
            self.isRegistered = true
        case "JOIN": self.joined(who, word(0))
        case "PART": self.left(who, word(0))
        case "KICK":
            let kicked = self.member(word(1), of: word(0))
            self.left(kicked ?? Somebody(nick: word(1), host: ""), word(0))
        case "QUIT": for channel in self.channels.keys { self.channels[channel]?.members[who] = nil }
        case "NICK":
            let renamed = Somebody(nick: word(0), host: who.host)
            if who == self.own {
                self.own = renamed
                // Nobody else can have that name any more, and it is not told what becomes of who had it.
                self.channels = self.channels.mapValues { stay in
                    var stay = stay
                    stay.members = stay.members.filter { $0.key.nick != renamed.nick }
                    return stay
                }
            }
            for channel in self.channels.keys {
                if let signs = self.channels[channel]?.members.removeValue(forKey: who) {
                    self.channels[channel]?.members[renamed] = signs
                }
            }
        case "MODE": if word(0).hasPrefix("#") { self.modes(word(0), Array(words.dropFirst())) }
        case "353": self.names(word(2), word(3))
        case "366": self.channels[word(1)]?.isComplete = true
        case "PRIVMSG" where word(0).hasPrefix("#"):
            guard let id else { return self.mistakes.append("a message without an id") }
            guard self.channels[word(0)] != nil else { return }
            self.channels[word(0)]?.messages.append(id)
        case "PRIVMSG" where who != self.own && word(0) == self.nick:
            if let id, !self.direct.insert(id).inserted { self.mistakes.append("\(id) came twice") }
        case "NOTICE" where who.host.isEmpty: self.told(word(1))
        case "ERROR": self.isLost = word(0).contains("session ended")
        default: break
        }
    }

    /// What was not told is said to be missing.
    private mutating func told(_ text: String) {
        guard text.hasPrefix("More was said in ") || text.hasPrefix("Some of ") else { return }
        let words = text.split(separator: " ")
        let named = words.first { $0.hasPrefix("#") }.map(String.init)
        for channel in named.map({ [$0] }) ?? Array(self.channels.keys) {
            if let count = self.channels[channel]?.messages.count { self.channels[channel]?.gaps.insert(count) }
        }
    }

    mutating func set(_ origin: StayOrigin, of channel: String) { self.channels[channel]?.origin = origin }

    private mutating func joined(_ who: Somebody, _ channel: String) {
        if who == self.own {
            if self.channels[channel] != nil { self.mistakes.append("joined \(channel) twice") }
            self.channels[channel] = Stay()
        } else if let stay = self.channels[channel], stay.isComplete, stay.members[who] != nil {
            self.mistakes.append("\(who.nick) came to \(channel) twice")
        }
        self.channels[channel]?.members[who] = []
    }

    private mutating func left(_ who: Somebody, _ channel: String) {
        if who == self.own {
            guard let stay = self.channels.removeValue(forKey: channel) else {
                return self.mistakes.append("left \(channel) without being in it")
            }
            self.past[channel, default: []].append(stay)
        } else if self.channels[channel]?.members.removeValue(forKey: who) == nil,
            self.channels[channel]?.isComplete != false
        {
            self.mistakes.append("\(who.nick) left \(channel) without being seen in it")
        }
    }

    /// The member whom a line names by its nickname alone: of two who are seen with it, the one whose nickname it was before.
    private func member(_ nick: String, of channel: String) -> Somebody? {
        let members = self.channels[channel]?.members.keys.filter { $0.nick == nick } ?? []
        return members.first { $0 != self.own } ?? members.first
    }

    private mutating func modes(_ channel: String, _ words: [String]) {
        var parameters = words.dropFirst()
        for request in ModeRequest.parse(words) {
            let parameter = request.parameter == nil ? nil : parameters.popFirst()
            guard case .rank(_, let sign)? = ChannelModeTable.row(request.letter)?.kind, let nick = parameter,
                let member = self.member(nick, of: channel)
            else { continue }
            if request.isAdding {
                self.channels[channel]?.members[member]?.insert(sign)
            } else {
                self.channels[channel]?.members[member]?.remove(sign)
            }
        }
    }

    private mutating func names(_ channel: String, _ text: String) {
        for word in text.split(separator: " ") {
            let member = word.drop { VisibleRanks.plain.rank(sign: $0) != nil }
            self.channels[channel]?.members[Somebody(member)] = Set(word.prefix(word.count - member.count))
        }
    }
}
