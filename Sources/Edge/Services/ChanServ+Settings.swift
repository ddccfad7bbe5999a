import Chat
import IRC
import Realm

/// What the founder of a channel says of it.
extension ChanServ {
    static let settings = ServiceCommand(
        "SET",
        usage: "<channel> FOUNDER|SUCCESSOR|MLOCK|TOPICLOCK|DESCRIPTION|PRIVATE [<value>]",
        words: 2...300,
        help:
            "Whose the channel is, and after you; which modes are always on or off; ON or OFF; what it is about; * for nothing.",
        example: "SET #tea MLOCK +nt-s"
    ) { one in
        guard let name = one.channel(0) else { return }
        let text = one.words.dropFirst(2).joined(separator: " ")
        switch (one.words[1].uppercased(), one.words.count) {
        case ("FOUNDER", 3):
            let said: Phrase = "\(name.raw) belongs to \(text.asWord) now"
            one.network.transferChannel(name, to: text, by: one.actor, one.awaiting(said))
        case ("SUCCESSOR", 2...3):
            let account = text.isEmpty ? nil : text
            let said: Phrase =
                account.map { "\(name.raw) goes to \($0.asWord) after you" } ?? "\(name.raw) has no successor now"
            one.network.setSuccessor(of: name, to: account, by: one.actor, one.awaiting(said))
        case ("MLOCK", 3...): Self.lockModes(of: name, one)
        case ("TOPICLOCK", 3):
            guard let isOn = Self.flag(text) else { return one.explain() }
            let said: Phrase =
                isOn
                ? "Only accounts that are host or owner of \(name.raw) change its topic now"
                : "The topic of \(name.raw) is not locked any more"
            one.network.setTopicLock(of: name, to: isOn, by: one.actor, one.awaiting(said))
        case ("DESCRIPTION", 3...):
            let isNone = text == "*"
            let said: Phrase = isNone ? "\(name.raw) has no description now" : "\(name.raw) is described so now"
            one.network.setDescription(of: name, to: isNone ? nil : text, by: one.actor, one.awaiting(said))
        case ("PRIVATE", 3):
            guard let isOn = Self.flag(text) else { return one.explain() }
            let said: Phrase =
                isOn ? "Only its people are told of \(name.raw) now" : "Everybody is told of \(name.raw) now"
            one.network.setPrivate(name, to: isOn, by: one.actor, one.awaiting(said))
        default: one.explain()
        }
    }

    private static func flag(_ text: String) -> Bool? {
        switch text.uppercased() {
        case "ON": true
        case "OFF": false
        default: nil
        }
    }

    private static func lockModes(of name: ChannelName, _ one: ServiceCall) {
        let words = Array(one.words.dropFirst(2))
        let isNone = words == ["*"]
        let said: Phrase =
            isNone ? "No modes of \(name.raw) are locked now" : "The modes of \(name.raw) are locked now"
        one.network.setModeLock(of: name, to: isNone ? nil : words, by: one.actor, one.awaiting(said))
    }
}
