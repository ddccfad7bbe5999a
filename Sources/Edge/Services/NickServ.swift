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
                usage: "[<account>] <password> [<code>]",
                words: 1...3,
                help: "Logs you in. Where your account asks for a code, write the account, too.",
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
                usage: "PASSWORD <password> <new password> | EMAIL <password> <address or *>",
                words: 3...3,
                help: "Changes your password, after which no certificate logs in to your account, or your address.",
                example: "SET PASSWORD correct-horse battery-staple"
            ) { Self.set($0) },
            ServiceCommand(
                "VERIFY",
                usage: "[<account>] <code>",
                words: 1...2,
                help: "Takes the code that was sent to you by mail: for a new account, or for your address.",
                example: "VERIFY alice AB2CD-EF3GH"
            ) { Self.verify($0) },
            ServiceCommand(
                "SENDPASS",
                usage: "<account>",
                words: 1...1,
                help: "Sends a code to your address by which RESETPASS takes a new password.",
                example: "SENDPASS alice"
            ) { one in
                let text: Phrase = "A code is on its way, if there is such an account and it has an address"
                one.network.sendPasswordCode(
                    of: one.words[0],
                    in: one.call.connection.language,
                    from: one.call.connection.origin,
                    one.awaiting(text)
                )
            },
            ServiceCommand(
                "RESETPASS",
                usage: "<account> <code> <new password>",
                words: 3...3,
                help: "Gives an account a new password, by the code that SENDPASS sent.",
                example: "RESETPASS alice AB2CD-EF3GH battery-staple"
            ) { one in
                one.network.resetPassword(
                    to: Redacted(one.words[2]),
                    of: one.words[0],
                    by: Redacted(one.words[1]),
                    from: one.call.connection.origin,
                    one.awaitingProof("Your account has the new password now")
                )
            },
            ServiceCommand(
                "MFA",
                usage: "ENABLE <password> | VERIFY <code> | DISABLE <password> <code>",
                words: 2...3,
                help: "Has your account ask for a code of an authenticator app, too; it stands behind the password.",
                example: "MFA ENABLE correct-horse"
            ) { Self.secondFactor($0) },
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
            Self.clientsCommand, Self.logOutCommand,
        ]
    )

    private static func register(_ one: ServiceCall) {
        guard one.takeTurn("REGISTER") else { return }
        let (connection, session) = (one.call.connection, one.actor.session)
        let request = AccountRequest(
            name: nil,
            email: one[1],
            password: Redacted(one[0] ?? ""),
            nick: session.user.nick,
            from: connection.origin,
            session: session.id,
            hasAccount: session.user.account != nil,
            language: connection.language
        )
        one.network.register(
            request,
            through: connection,
            one.awaiting { registered in
                switch registered {
                case .waiting: one.reply("Your account waits for an administrator of the network to agree")
                case .unverified(let account, let address):
                    one.reply("A code was sent to \(address.text): write VERIFY \(account) and the code")
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
            password: one.words.count > 1 ? one.rest(from: 1) : one.words[0],
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
                if let email = view.email {
                    one.reply(
                        view.isVerified ? "Mail goes to \(email)" : "Mail goes to \(email), which is not verified"
                    )
                }
                if view.asksForCodes { one.reply("It asks for a code behind the password") }
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
        let connection = one.call.connection
        switch one.words[0].uppercased() {
        case "PASSWORD":
            one.network.changePassword(
                one.words[1],
                to: Redacted(one.words[2]),
                from: connection.origin,
                by: one.actor,
                one.awaitingProof("Your account has the new password now")
            )
        case "EMAIL":
            one.network.changeAddress(
                to: one.words[2] == "*" ? nil : one.words[2],
                password: one.words[1],
                in: connection.language,
                from: connection.origin,
                by: one.actor,
                one.awaiting { address in
                    guard let address else { return one.reply("Your account has no address any more") }
                    one.reply("A code was sent to \(address.text): write VERIFY and the code")
                }
            )
        default: one.explain()
        }
    }

    private static func verify(_ one: ServiceCall) {
        guard one.takeTurn("VERIFY") else { return }
        let own = one.actor.session.user.account
        one.network.verify(
            Redacted(one.words.last ?? ""),
            of: one.words.count > 1 ? one.words[0] : own ?? one.actor.session.user.nick.raw,
            by: own,
            from: one.call.connection.origin,
            one.awaiting { verified in
                switch verified {
                case .address: one.reply("Mail to your account goes there from now on")
                case .waiting: one.reply("Your account waits for an administrator of the network to agree")
                case .registered(let login):
                    one.reply("You have an account now: \(login.account)")
                    Self.hold(login, one)
                }
            }
        )
    }

    private static func secondFactor(_ one: ServiceCall) {
        let (network, origin) = (one.network, one.call.connection.origin)
        switch (one.words[0].uppercased(), one.words.count) {
        case ("ENABLE", 2):
            network.beginSecondFactor(
                one.words[1],
                from: origin,
                by: one.actor,
                one.awaiting { totp in
                    let account = one.actor.session.user.account ?? ""
                    one.reply("Give this to your app: \(totp.text.reveal())")
                    one.reply(.verbatim(totp.link(of: account, at: network.serverName).reveal()))
                    one.reply("Then write MFA VERIFY and the code that it shows: until then nothing is asked for")
                }
            )
        case ("VERIFY", 2):
            network.confirmSecondFactor(
                Redacted(one.words[1]),
                from: origin,
                by: one.actor,
                one.awaiting { codes in
                    one.reply("Your account asks for a code from now on: write it behind your password")
                    let written = codes.map { $0.reveal() }.joined(separator: " ")
                    one.reply("If you lose the app, each of these works once: \(written)")
                    one.reply("Certificates log in without a code: CERT LIST shows which, CERT DEL ends one")
                    one.replyTokensEnded()
                }
            )
        case ("DISABLE", 3):
            network.removeSecondFactor(
                one.rest(from: 1),
                from: origin,
                by: one.actor,
                one.awaitingProof("Your account asks for no codes any more")
            )
        default: one.explain()
        }
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
