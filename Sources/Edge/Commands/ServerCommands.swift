import Chat
import IRC
import StateStore
import Tenant

/// What there is to know of the server: MOTD, LUSERS, VERSION, TIME, INFO, ADMIN, LINKS, STATS, HELP (RFC 2812 3.4).
enum ServerCommands {
    static let rows: [CommandRow] = [
        CommandRow("MOTD") { Self.sendMotd($0) },
        CommandRow("LUSERS", cost: 2) { Self.sendUsers($0) },
        CommandRow("VERSION") { Self.version($0) },
        CommandRow("TIME") { call in
            var timestamps = TimestampCache()
            call.reply(.rplTime, call.server, text: timestamps.text(at: call.core.now))
        },
        CommandRow("INFO") { Self.info($0) },
        CommandRow("ADMIN") { Self.admin($0) },
        CommandRow("LINKS") { call in
            call.reply(.rplLinks, call.server, call.server, text: "0 \(call.scope.tenant.displayName)")
            call.reply(.rplEndOfLinks, "*")
        },
        CommandRow("STATS") { Self.stats($0) },
        CommandRow("HELP") { Self.help($0) },
        CommandRow("HELPOP") { Self.help($0) },
    ]

    static func sendMotd(_ call: Call) {
        let lines = call.scope.tenant.motd
        if lines.isEmpty { return call.reply(.errNoMotd) }
        call.reply(.rplMotdStart, text: "- \(call.server) Message of the day -")
        for line in lines { call.reply(.rplMotd, text: "- \(line)") }
        call.reply(.rplEndOfMotd)
    }

    static func sendUsers(_ call: Call) { Self.sendUsers(call) {} }

    /// LUSERS over the whole tenant, then goes on.
    static func sendUsers(_ call: Call, then: @escaping () -> Void) {
        let step = call.beginStep()
        let (store, tenant) = (call.core.store, call.scope.id)
        store.count(tenant, .user) { users in
            store.count(tenant, .channel) { channels in
                if case .success(let users) = users, case .success(let channels) = channels {
                    let here = call.scope.sessions.count
                    call.reply(.rplLUserClient, text: "There are \(users) users on 1 server")
                    call.reply(.rplLUserChannels, String(channels))
                    call.reply(.rplLUserMe, text: "I have \(here) clients and 0 servers")
                    call.reply(.rplLocalUsers, String(here), String(here), text: "Current local users \(here)")
                    call.reply(.rplGlobalUsers, String(users), String(users), text: "Current global users \(users)")
                }
                then()
                step.end()
            }
        }
    }

    private static func version(_ call: Call) {
        call.reply(.rplVersion, Product.nameAndVersion, call.server, text: call.scope.tenant.displayName)
        let tokens = Support.tokens(for: call.scope.tenant, limits: call.core.limits)
        for line in tokens.lines(for: call.connection.nick, source: call.server) {
            for single in line.splitLines() {
                if let response = call.connection.response {
                    response.append(single)
                } else {
                    call.core.send(single, to: call.connection)
                }
            }
        }
    }

    private static func info(_ call: Call) {
        call.reply(.rplInfo, text: "\(Product.nameAndVersion), multi-tenant chat hosting")
        call.reply(.rplInfo, text: "This network is \(call.scope.tenant.displayName)")
        call.reply(.rplEndOfInfo)
    }

    private static func admin(_ call: Call) {
        call.reply(.rplAdminMe, call.server)
        call.reply(.rplAdminLoc1, text: call.scope.tenant.displayName)
        call.reply(.rplAdminLoc2, text: "Hosted by roost")
        let admins = call.scope.tenant.adminNames.joined(separator: ", ")
        call.reply(.rplAdminEmail, text: admins.isEmpty ? "No administrators are named" : "Administrators: \(admins)")
    }

    private static func stats(_ call: Call) {
        let query = call[0].prefix(1)
        if query == "u" {
            let up = (call.core.now - call.core.environment.started) / 1000
            let hours = up % 86_400 / 3600
            let (minutes, seconds) = (String(up / 60 % 60 + 100).suffix(2), String(up % 60 + 100).suffix(2))
            call.reply(.rplStatsUptime, text: "Server Up \(up / 86_400) days \(hours):\(minutes):\(seconds)")
        }
        call.reply(.rplEndOfStats, query.isEmpty ? "*" : String(query))
    }

    private static func help(_ call: Call) {
        let topic = call.optional(0)?.uppercased()
        let subject = topic ?? "index"
        let lines: [String]
        if let topic {
            guard let text = HelpTexts.text(of: topic) else {
                return call.reply(.errHelpNotFound, ShardCore.word(topic))
            }
            lines = text
        } else {
            lines = ["Commands: " + call.core.table.names.joined(separator: " "), "HELP <command> says more."]
        }
        call.reply(.rplHelpStart, subject, text: lines[0])
        for line in lines.dropFirst() { call.reply(.rplHelpTxt, subject, text: line) }
        call.reply(.rplEndOfHelp, subject, text: "End of HELP")
    }
}
