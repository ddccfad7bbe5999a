import Chat
import IRC
import Observability
import Realm
import StateStore
import Tenant

/// NickServ: accounts.
enum NickServ {
    static let service = Service(
        nick: "NickServ",
        aliases: ["NICKSERV", "NS"],
        about: "NickServ looks after accounts. An account is called like your nickname when you register.",
        commands: [
            ServiceCommand(
                "REGISTER",
                usage: "<password> [<email>]",
                words: 1...2,
                help: "Gives you an account, called like your nickname.",
                example: "REGISTER correct-horse alice@example.com"
            ) { Self.register($0) },
            ServiceCommand(
                "IDENTIFY",
                "ID",
                "LOGIN",
                usage: "[<account>] <password>",
                words: 1...2,
                help: "Logs you in.",
                example: "IDENTIFY alice correct-horse"
            ) { Self.identify($0) },
            ServiceCommand(
                "INFO",
                usage: "[<account>]",
                words: 0...1,
                help: "Since when an account is there, and more of your own."
            ) { Self.info($0) },
            ServiceCommand("LISTCHANS", help: "The channels that belong to you.") { Self.channels($0) },
            ServiceCommand(
                "SET",
                usage: "PASSWORD <password> <new password>",
                words: 3...3,
                help: "Changes your password. Certificates do not log in to your account after that.",
                example: "SET PASSWORD correct-horse battery-staple"
            ) { Self.set($0) },
            ServiceCommand(
                "CERT",
                usage: "ADD [<fingerprint>] | LIST | DEL <fingerprint>",
                words: 1...2,
                help: "Which client certificates log in to your account; ADD alone takes the one that you show.",
                example: "CERT ADD"
            ) { Self.certificates($0) },
            ServiceCommand("GROUP", help: "Has your nickname belong to your account, too.") { one in
                one.network.ownNick(
                    by: one.actor,
                    one.awaiting { one.reply("\($0.raw) belongs to your account now") }
                )
            },
            ServiceCommand(
                "UNGROUP",
                usage: "<nick>",
                words: 1...1,
                help: "Has a nickname belong to your account no more."
            ) { one in
                guard let nick = Self.nickname(one) else { return }
                let text: Phrase = "\(nick.raw) belongs to your account no more"
                one.network.disownNick(nick, by: one.actor, one.awaiting(text))
            },
            ServiceCommand(
                "GHOST",
                usage: "<nick>",
                words: 1...1,
                help: "Ends a session that has your nickname."
            ) { Self.reclaim($0, takesName: false) },
            ServiceCommand(
                "REGAIN",
                "RECOVER",
                usage: "<nick>",
                words: 1...1,
                help: "Ends a session that has your nickname, and gives it to you."
            ) { Self.reclaim($0, takesName: true) },
            ServiceCommand(
                "DROP",
                usage: "<password>",
                words: 1...1,
                help: "Removes your account. Your channels go to their successors, or belong to nobody."
            ) { Self.drop($0) },
        ]
    )

    private static func register(_ one: ServiceCall) {
        let (connection, session) = (one.call.connection, one.actor.session)
        let request = AccountRequest(
            name: nil,
            email: one[1],
            password: Redacted(one[0] ?? ""),
            nick: session.user.nick,
            from: connection.origin,
            session: session.id,
            hasAccount: session.user.account != nil
        )
        one.network.register(
            request,
            one.awaiting { registered in
                switch registered {
                case .waiting: one.reply("Your account waits for an administrator of the network to agree")
                case .active(let login):
                    one.reply("You have an account now: \(login.account)")
                    Self.hold(login, one)
                }
            }
        )
    }

    private static func identify(_ one: ServiceCall) {
        let account = one.words.count > 1 ? one.words[0] : one.actor.session.user.nick.raw
        one.network.logIn(
            account: account,
            password: one.words.last ?? "",
            from: one.call.connection.origin,
            one.awaiting { Self.hold($0, one) }
        )
    }

    private static func hold(_ login: LoggedIn, _ one: ServiceCall) {
        one.call.hold(login) { prefix in
            one.call.tellLoggedIn(login, prefix: prefix)
            one.reply("You are now logged in as \(login.account)")
        } end: { refusal in
            if let refusal { one.refuse(refusal) }
        }
    }

    private static func info(_ one: ServiceCall) {
        one.network.account(
            one[0],
            for: one.actor,
            one.awaiting { view in
                let name = view.account.name
                one.reply("\(name) was registered at \(Self.time(view.account.since))")
                if view.state == .waiting { one.reply("It waits for an administrator of the network to agree") }
                if !view.nicks.isEmpty { one.reply("Its nicknames: \(view.nicks.joined(separator: " "))") }
                if let time = view.lastLogInAt { one.reply("Somebody logged in last at \(Self.time(time))") }
                if let email = view.email { one.reply("Mail goes to \(email)") }
            }
        )
    }

    static func time(_ milliseconds: Int64) -> String {
        UTCInstant(milliseconds: milliseconds).text(withThousandths: false)
    }

    private static func channels(_ one: ServiceCall) {
        one.network.ownedChannels(
            of: one.actor,
            one.awaiting { names in
                if names.isEmpty { return one.reply("No channel belongs to you") }
                for group in TextSplitter.groups(of: names, bytes: 350) {
                    one.reply("Your channels: \(group.joined(separator: " "))")
                }
            }
        )
    }

    private static func set(_ one: ServiceCall) {
        guard one.words[0].uppercased() == "PASSWORD" else { return one.explain() }
        one.network.changePassword(
            one.words[1],
            to: Redacted(one.words[2]),
            from: one.call.connection.origin,
            by: one.actor,
            one.awaiting("Your account has the new password now")
        )
    }

    private static func certificates(_ one: ServiceCall) {
        let fingerprint = one[1].map { CertificateFingerprint($0) }
        if case .some(nil) = fingerprint {
            return one.reply("A fingerprint is the SHA-256 in 64 hexadecimal digits")
        }
        switch (one.words[0].uppercased(), fingerprint) {
        case ("ADD", let certificate):
            one.network.addCertificate(
                certificate ?? nil,
                by: one.actor,
                one.awaiting { one.reply("\($0.text) logs in to your account now") }
            )
        case ("DEL", let certificate??):
            one.network.removeCertificate(
                certificate,
                by: one.actor,
                one.awaiting("It does not log in to your account any more")
            )
        case ("LIST", nil):
            one.network.certificates(
                of: one.actor,
                one.awaiting { certificates in
                    for certificate in certificates {
                        one.reply(.verbatim("\(certificate.fingerprint) \(Self.time(certificate.addedAt))"))
                    }
                    one.reply("Certificates of your account: \(certificates.count)")
                }
            )
        default: one.explain()
        }
    }

    private static func nickname(_ one: ServiceCall) -> Nickname? {
        if let nick = Nickname(one.words[0], under: Names.caseMapping) { return nick }
        one.reply("\(one.words[0].asWord) is no nickname")
        return nil
    }

    private static func reclaim(_ one: ServiceCall, takesName: Bool) {
        guard let nick = self.nickname(one) else { return }
        one.network.reclaim(
            nick,
            takesName: takesName,
            by: one.actor,
            one.awaiting(takesName ? "You have the nickname now" : "That session ends")
        )
    }

    private static func drop(_ one: ServiceCall) {
        one.network.dropAccount(
            one.words[0],
            from: one.call.connection.origin,
            by: one.actor,
            one.awaiting("Your account is no more")
        )
    }
}
