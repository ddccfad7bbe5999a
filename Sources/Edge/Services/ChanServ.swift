import Chat
import IRC
import Realm

/// ChanServ: registered channels.
enum ChanServ {
    static let service = Service(
        nick: "ChanServ",
        aliases: ["CHANSERV", "CS"],
        about: "ChanServ looks after registered channels: they stay, and know their people by their accounts.",
        commands: [
            ServiceCommand(
                "REGISTER",
                usage: "<channel>",
                words: 1...1,
                help: "Has a channel that you own belong to your account.",
                example: "REGISTER #tea"
            ) { one in
                guard let name = one.channel(0) else { return }
                one.network.registerChannel(name, by: one.actor, one.awaiting("\(name.raw) belongs to you now"))
            },
            ServiceCommand(
                "DROP",
                usage: "<channel>",
                words: 1...1,
                help: "Has a channel belong to nobody any more: it goes with its last member."
            ) { one in
                guard let name = one.channel(0) else { return }
                one.network.dropChannel(name, by: one.actor, one.awaiting("\(name.raw) belongs to nobody now"))
            },
            ServiceCommand(
                "INFO",
                usage: "<channel>",
                words: 1...1,
                help: "To whom a channel belongs, and since when."
            ) { Self.info($0) },
            ServiceCommand(
                "ACCESS",
                "FLAGS",
                usage: "<channel> LIST | ADD <account> <owner, host or voice> | DEL <account>",
                words: 2...4,
                help: "What accounts are in the channel whenever they come in.",
                example: "ACCESS #tea ADD bob host"
            ) { Self.access($0) },
            ServiceCommand(
                "AMODE",
                usage: "<channel> [<+q, +o or +v and account>]",
                words: 1...3,
                help: "The same as modes are written.",
                example: "AMODE #tea +o bob"
            ) { Self.accountMode($0) },
            ServiceCommand(
                "UP",
                usage: "<channel>",
                words: 1...1,
                help: "Gives you the rank that your account has in the channel."
            ) { one in
                guard let name = one.channel(0) else { return }
                one.network.takeOwnRank(in: name, by: one.actor, one.awaiting("You have your rank in \(name.raw)"))
            },
            ServiceCommand(
                "OP",
                usage: "<channel> [<nick>]",
                words: 1...2,
                help: "Makes somebody a host of the channel, or you what your account is there."
            ) { Self.rank($0, "o", on: true) },
            ServiceCommand(
                "DEOP",
                usage: "<channel> [<nick>]",
                words: 1...2,
                help: "Has somebody, or you, be a host no more."
            ) { Self.rank($0, "o", on: false) },
            ServiceCommand(
                "VOICE",
                usage: "<channel> [<nick>]",
                words: 1...2,
                help: "Gives somebody voice in the channel, or you what your account is there."
            ) { Self.rank($0, "v", on: true) },
            ServiceCommand(
                "DEVOICE",
                usage: "<channel> [<nick>]",
                words: 1...2,
                help: "Takes voice from somebody, or from you."
            ) { Self.rank($0, "v", on: false) },
            Self.autoKick,
            Self.settings,
        ] + Self.levels
    )

    /// Goes on with a registered channel that the actor may know of.
    private static func registered(
        _ one: ServiceCall,
        _ then: @escaping (ChannelView, ChannelRegistration) -> Void
    ) {
        guard let name = one.channel(0) else { return }
        one.network.channel(
            name,
            for: one.actor,
            one.call.awaitingAny { result in
                if case .failure(let refusal) = result, refusal.reason != .noSuchChannel { return one.refuse(refusal) }
                guard case .success(let channel) = result, let registration = channel.state.registration,
                    channel.isVisible || !registration.rank(of: one.actor.account).isEmpty
                else { return one.reply("\(name.raw) is not registered") }
                then(channel, registration)
            }
        )
    }

    private static func info(_ one: ServiceCall) {
        self.registered(one) { channel, registration in
            if registration.isPrivate, !channel.state.isTold(to: one.actor.session.requester) {
                return one.reply("\(channel.name) is private: only its people are told of it")
            }
            one.reply("\(channel.name) belongs to \(registration.founder.name)")
            one.reply("It was registered at \(NickServ.time(registration.since))")
            if let successor = registration.successor { one.reply("After that it goes to \(successor.name)") }
            if let description = registration.description { one.reply("It is about \(description)") }
            if channel.isOpen, let topic = channel.state.topic { one.reply("Its topic is \(topic.text)") }
            if registration.isTopicLocked { one.reply("Its topic is locked") }
            one.reply("Its modes are \(channel.modeParameters.joined(separator: " "))")
            if let lock = registration.modeLock { one.reply("Of those are locked: \(lock.text)") }
        }
    }

    // MARK: Levels

    private static let ranks: [String: MemberModes] = [
        "OWNER": .owner, "SOP": .owner, "HOST": .host, "OP": .host, "AOP": .host, "VOICE": .voice, "VOP": .voice,
    ]

    private static func word(_ rank: MemberModes) -> String {
        switch rank {
        case .owner: "owner"
        case .host: "host"
        default: "voice"
        }
    }

    private static func access(_ one: ServiceCall) {
        switch (one.words[1].uppercased(), one.words.count) {
        case ("LIST", 2): self.list(one)
        case ("ADD", 4):
            guard let rank = self.ranks[one.words[3].uppercased()] else { return one.explain() }
            self.setLevel(one.words[2], rank, one)
        case ("DEL", 3): self.setLevel(one.words[2], nil, one)
        default: one.explain()
        }
    }

    private static func accountMode(_ one: ServiceCall) {
        guard one.words.count == 3 else { return one.words.count == 1 ? self.list(one) : one.explain() }
        let change = one.words[1]
        guard change.count == 2, let letter = change.last,
            let rank = MemberModes.ranks.first(where: { $0.letter == letter })?.mode
        else { return one.explain() }
        switch change.first {
        case "+": self.setLevel(one.words[2], rank, one)
        case "-": self.setLevel(one.words[2], nil, one)
        default: one.explain()
        }
    }

    private static func setLevel(_ account: String, _ rank: MemberModes?, _ one: ServiceCall) {
        guard let name = one.channel(0) else { return }
        let text: Phrase =
            rank.map { "\(account.asWord) is \(self.word($0)) in \(name.raw) from now on" }
            ?? "\(account.asWord) has no rank in \(name.raw) any more"
        one.network.setLevel(of: account, in: name, to: rank, by: one.actor, one.awaiting(text))
    }

    /// Members see it, and those who look after the network.
    private static func list(_ one: ServiceCall) {
        self.registered(one) { channel, registration in
            guard channel.isMember || one.actor.may(.seeHidden) || registration.founder == one.actor.account else {
                return one.reply("You are not in \(channel.name)")
            }
            one.reply(.verbatim("owner \(registration.founder.name)"))
            for level in registration.sorted {
                one.reply(
                    .verbatim(
                        "\(self.word(level.rank)) \(level.account.name) (\(level.setter), \(NickServ.time(level.time)))"
                    )
                )
            }
            one.reply("Accounts with a rank in \(channel.name): \(registration.levels.count + 1)")
        }
    }

    // MARK: Ranks

    private static func rank(_ one: ServiceCall, _ letter: Character, on: Bool) {
        guard let name = one.channel(0) else { return }
        guard let nick = one[1] ?? (on ? nil : one.actor.session.user.nick.raw) else {
            return one.network.takeOwnRank(
                in: name,
                by: one.actor,
                one.awaiting("You have your rank in \(name.raw)")
            )
        }
        let request = ModeRequest(isAdding: on, letter: letter, parameter: nick)
        one.network.changeModes(
            of: name,
            [request],
            by: one.actor,
            seeing: one.network.ranks,
            one.awaiting { result in
                if let refusal = result.decision.refusals.first { one.refuse(refusal) }
            }
        )
    }
}
