import Chat
import IRC
import Realm

/// What is logged in to an account, and its end (CLIENTS as ergo has it).
extension NickServ {
    static let clientsCommand = ServiceCommand(
        "CLIENTS",
        "SESSIONS",
        usage: "LIST [<account>] | LOGOUT [<account>] <id or all>",
        words: 0...3,
        help: "Shows the sessions, clients and devices of your account, and ends one or all of them.",
        example: "CLIENTS LOGOUT all"
    ) { Self.clients($0) }

    static let logOutCommand = ServiceCommand(
        "LOGOUT",
        help: "Logs you out: your session goes on without an account."
    ) { Self.logOut($0) }

    private static func clients(_ one: ServiceCall) {
        switch (one[0]?.uppercased() ?? "LIST", one.words.count) {
        case ("LIST", ...2):
            one.network.clients(of: one[1], by: one.actor, one.awaiting { Self.show($0, one) })
        case ("LOGOUT", 2), ("LOGOUT", 3):
            let id = one.words[one.words.count - 1]
            one.network.logOutClients(
                id.lowercased() == "all" ? nil : id,
                of: one.words.count == 3 ? one.words[1] : nil,
                by: one.actor,
                one.awaiting("That is logged out")
            )
        default: one.explain()
        }
    }

    private static func show(_ overview: AccountOverview, _ one: ServiceCall) {
        for session in overview.sessions {
            let user = session.record.user
            one.reply("Session \(session.id) of \(user.nick.raw), since \(Self.time(user.signedOn))")
            if session.isAlwaysOn { one.reply("It stays when no client is there") }
            if let time = session.detachedSince { one.reply("No client is there since \(Self.time(time))") }
            if let away = user.away { one.reply("It is away: \(away)") }
            let clients = overview.clients.filter { $0.session == session.record.session }
            for client in clients { Self.show(client, one) }
            for token in session.tokens where !clients.contains(where: { $0.number == token.number }) {
                let (id, time) = (AttachedClient.id(token.number), Self.time(token.until))
                one.reply("Client \(id) is gone, and may come back without logging in until \(time)")
            }
        }
        for device in overview.devices { one.reply("Device \(device.id) is pushed to by \(device.host)") }
        if overview.sessionsLeft > 0 {
            let (left, name) = (overview.sessionsLeft, overview.account)
            one.reply("At least \(left) more sessions are not shown: CLIENTS LOGOUT \(name) all ends them, too")
        }
        let (account, count) = (overview.account, overview.clients.count)
        if overview.hasMoreClients {
            one.reply("Clients of \(account): more than \(count)")
        } else {
            one.reply("Clients of \(account): \(count)")
        }
    }

    private static func show(_ client: AttachedClient, _ one: ServiceCall) {
        let (time, address) = (Self.time(client.since), client.facts.address)
        one.reply("Client \(client.id), since \(time), from \(address), by \(client.way)")
        if client.number == one.call.connection.number { one.reply("That is the one that you write with") }
        if let fingerprint = client.facts.fingerprint { one.reply("Its certificate is \(fingerprint)") }
        if let agent = client.agent { one.reply("It calls itself \(agent)") }
        if client.isUnattended { one.reply("Nobody is before it") }
    }

    private static func logOut(_ one: ServiceCall) {
        let connection = one.call.connection
        let before = one.actor.session.user.metadata
        one.network.logOut(
            by: one.actor,
            one.awaiting {
                connection.login = nil
                let session = one.actor.session
                connection.tell(before.changes(to: session.user.metadata), of: session.user.nick.raw, .answer)
                one.call.reply(.rplLoggedOut, session.prefix)
                one.reply("You are logged out")
            }
        )
    }
}

extension AttachedClient {
    /// By what it came, for people.
    fileprivate var way: Phrase {
        switch (self.kind, self.facts.isSecure) {
        case (.irc, false): .verbatim("IRC")
        case (.irc, true): "IRC over TLS"
        case (.webSocket, false): .verbatim("WebSocket")
        case (.webSocket, true): "WebSocket over TLS"
        }
    }
}
