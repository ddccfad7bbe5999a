import Chat
import IRC
import Realm
import Tenant

/// What there is to know of the server: MOTD, LUSERS, VERSION, TIME, INFO, ADMIN, LINKS, STATS, HELP (RFC 2812 3.4).
enum ServerCommands {
    static let rows: [CommandRow] = [
        CommandRow("MOTD", servers: [0], help: ["MOTD", "The message of the day."]) { call, _ in Self.sendMotd(call) },
        CommandRow("LUSERS", cost: 2, servers: [0, 1], help: ["LUSERS", "How many people and channels there are."]) {
            call,
            _ in Self.sendUsers(call)
        },
        CommandRow("VERSION", servers: [0], help: ["VERSION", "The server's version and what it supports."]) {
            call,
            _ in Self.version(call)
        },
        CommandRow("TIME", servers: [0], help: ["TIME", "The server's time, in UTC."]) { call, _ in
            var timestamps = TimestampCache()
            call.reply(.rplTime, call.server, text: timestamps.text(at: call.connection.clients.realm.now))
        },
        CommandRow("INFO", servers: [0], help: ["INFO", "What this server is."]) { call, _ in Self.info(call) },
        CommandRow("ADMIN", servers: [0], help: ["ADMIN", "Who runs this network."]) { call, _ in Self.admin(call) },
        CommandRow("LINKS", help: ["LINKS [[<server>] <mask>]", "The servers: there is one for everybody."]) {
            call,
            _ in
            // With two parameters the first says which server is asked.
            call.ifMeant(call.count > 1 ? [0] : []) { Self.links(call) }
        },
        CommandRow("STATS", servers: [1], help: ["STATS u", "How long the server is up."]) { call, _ in Self.stats(call)
        },
        CommandRow("HELP", help: ["HELP [<command> | CMODES]", "What there is, or what a command or a mode does."]) {
            call,
            _ in Self.help(call)
        },
        CommandRow("HELPOP") { call, _ in Self.help(call) },
    ]

    static func sendMotd(_ call: Call) {
        let connection = call.connection
        connection.write(connection.clients.welcome.motd(of: call.network, for: connection.nick), .answer)
    }

    static func sendUsers(_ call: Call) { self.sendUsers(call) {} }

    /// LUSERS over the whole tenant, then goes on.
    static func sendUsers(_ call: Call, then: @escaping () -> Void) {
        call.network.counts(
            call.awaitingAny { result in
                switch result {
                case .success(let counts):
                    let (users, here) = (counts.users, counts.here)
                    call.reply(.rplLUserClient, text: "There are \(users) users on 1 server")
                    call.reply(.rplLUserChannels, String(counts.channels))
                    call.reply(.rplLUserMe, text: "I have \(here) clients and 0 servers")
                    call.reply(.rplLocalUsers, String(here), String(here), text: "Current local users \(here)")
                    call.reply(.rplGlobalUsers, String(users), String(users), text: "Current global users \(users)")
                case .failure(let refusal): call.refuse(refusal)
                }
                then()
            }
        )
    }

    private static func version(_ call: Call) {
        call.reply(.rplVersion, Product.nameAndVersion, call.server, text: call.network.tenant.displayName)
        for tokens in call.connection.clients.support.lines(of: call.network) {
            call.send { $0.supportLine(tokens, for: call.connection.nick, source: call.server) }
        }
    }

    private static func links(_ call: Call) {
        let mask = call.optional(call.count > 1 ? 1 : 0) ?? "*"
        if call.isThisServer(mask) {
            call.reply(.rplLinks, call.server, call.server, text: "0 \(call.network.tenant.displayName)")
        }
        call.reply(.rplEndOfLinks, mask.asWord)
    }

    private static func info(_ call: Call) {
        call.reply(.rplInfo, text: "\(Product.nameAndVersion), multi-tenant chat hosting")
        call.reply(.rplInfo, text: "This network is \(call.network.tenant.displayName)")
        call.reply(.rplEndOfInfo)
    }

    private static func admin(_ call: Call) {
        call.reply(.rplAdminMe, call.server)
        call.reply(.rplAdminLoc1, text: call.network.tenant.displayName)
        call.reply(.rplAdminLoc2, text: "Hosted by roost")
        let admins = call.network.tenant.adminNames.joined(separator: ", ")
        call.reply(.rplAdminEmail, text: admins.isEmpty ? "No administrators are named" : "Administrators: \(admins)")
    }

    private static func stats(_ call: Call) {
        let query = call[0].prefix(1)
        if query == "u" {
            let up = (call.connection.clients.realm.now - call.connection.clients.environment.realm.started) / 1000
            let hours = up % 86_400 / 3600
            let (minutes, seconds) = (String(up / 60 % 60 + 100).suffix(2), String(up % 60 + 100).suffix(2))
            call.reply(.rplStatsUptime, text: "Server Up \(up / 86_400) days \(hours):\(minutes):\(seconds)")
        }
        call.reply(.rplEndOfStats, query.isEmpty ? "*" : String(query))
    }

    private static func help(_ call: Call) {
        let topic = call.optional(0)?.uppercased()
        let table = call.connection.clients.table
        let lines: [String]
        switch topic {
        case nil: lines = ["Commands: " + table.names.joined(separator: " "), "HELP <command> says more."]
        case "CMODES":
            lines = ["Modes of channels:"] + ChannelModeTable.rows.map { "\($0.letter)  \($0.help)" }
        case let topic?:
            guard let text = table[topic]?.help else { return call.reply(.errHelpNotFound, topic.asWord) }
            lines = text
        }
        let subject = topic ?? "index"
        call.reply(.rplHelpStart, subject, text: lines[0])
        for line in lines.dropFirst() { call.reply(.rplHelpTxt, subject, text: line) }
        call.reply(.rplEndOfHelp, subject, text: "End of HELP")
    }
}
