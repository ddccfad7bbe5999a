import Chat
import IRC
import Observability
import Realm
import Tenant

/// What there is to know of the server: MOTD, LUSERS, VERSION, TIME, INFO, ADMIN, LINKS, MAP, STATS (RFC 2812 3.4).
enum ServerCommands {
    static let rows: [CommandRow] = [
        CommandRow("MOTD", servers: [0], help: ["MOTD [<server>]", "The message of the day."]) { call, _ in
            Self.sendMotd(call)
        },
        CommandRow(
            "LUSERS",
            cost: 2,
            servers: [0, 1],
            help: ["LUSERS [<server>]", "How many people and channels there are."]
        ) {
            call,
            _ in Self.sendUsers(call)
        },
        CommandRow("VERSION", servers: [0], help: ["VERSION [<server>]", "The server's version and what it supports."])
        {
            call,
            _ in Self.version(call)
        },
        CommandRow("TIME", servers: [0], help: ["TIME [<server>]", "The server's time, in UTC."]) { call, _ in
            var timestamps = TimestampCache()
            call.reply(.rplTime, call.server, text: .verbatim(timestamps.text(at: call.connection.clients.realm.now)))
        },
        CommandRow("INFO", servers: [0], help: ["INFO [<server>]", "What this server is."]) { call, _ in Self.info(call)
        },
        CommandRow("ADMIN", servers: [0], help: ["ADMIN [<server>]", "Who runs this network."]) { call, _ in
            Self.admin(call)
        },
        CommandRow("LINKS", help: ["LINKS [[<server>] <mask>]", "The servers: there is one for everybody."]) {
            call,
            _ in
            // With two parameters the first says which server is asked.
            call.ifMeant(call.count > 1 ? [0] : []) { Self.links(call) }
        },
        CommandRow(
            "STATS",
            cost: 2,
            servers: [1],
            help: StatsCommand.help
        ) { StatsCommand.run($0, $1) },
        CommandRow("MAP", cost: 2, help: ["MAP", "The servers as a tree: there is one for everybody."]) { call, _ in
            Self.map(call)
        },
    ]

    static func sendMotd(_ call: Call) {
        let connection = call.connection
        connection.write(connection.clients.welcome.motd(for: connection), .answer)
    }

    /// LUSERS over the whole tenant, then goes on (RFC 2812 3.4.2, modern.ircdocs.horse LUSERS).
    ///
    /// Clients see one server, so what it has is what the network has.
    ///
    /// - `isExact`: Whether what other pods said a moment ago is not good enough.
    static func sendUsers(_ call: Call, isExact: Bool = true, then: @escaping () -> Void = {}) {
        call.network.counts(
            isExact: isExact,
            call.awaitingAny { result in
                switch result {
                case .success(let counts): self.show(counts, call)
                case .failure(let refusal): call.refuse(refusal)
                }
                then()
            }
        )
    }

    private static func show(_ counts: NetworkCounts, _ call: Call) {
        let (users, invisible) = (counts.users, min(max(0, counts.figures.invisible), counts.users))
        let (all, top) = (String(users), String(counts.most))
        let lines: [(numeric: Numeric, parameters: [String], text: Phrase?)] = [
            (.rplLUserClient, [], "There are \(users - invisible) users and \(invisible) invisible on 1 servers"),
            (.rplLUserOp, [String(max(0, counts.figures.operators))], nil),
            (.rplLUserUnknown, [String(max(0, counts.figures.unregistered))], nil),
            (.rplLUserChannels, [String(counts.channels)], nil),
            (.rplLUserMe, [], "I have \(users) clients and 0 servers"),
            (.rplLocalUsers, [all, top], "Current local users \(all), max \(top)"),
            (.rplGlobalUsers, [all, top], "Current global users \(all), max \(top)"),
        ]
        let (server, nick, language) = (call.server, call.connection.nick, call.connection.language)
        // Everybody who comes is told: in one piece.
        call.send { writer in
            for line in lines {
                writer.numeric(line.numeric, server, nick, line.parameters, text: line.text, in: language)
            }
        }
    }

    private static func version(_ call: Call) {
        call.reply(.rplVersion, Product.nameAndVersion, call.server, text: .verbatim(call.network.tenant.displayName))
        call.connection.tellSupport()
    }

    private static func links(_ call: Call) {
        let mask = call.optional(call.count > 1 ? 1 : 0) ?? "*"
        if call.isThisServer(mask) {
            call.reply(.rplLinks, call.server, call.server, text: .verbatim("0 \(call.network.tenant.displayName)"))
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
        call.reply(.rplAdminLoc1, text: .verbatim(call.network.tenant.displayName))
        call.reply(.rplAdminLoc2, text: "Hosted by roost")
        call.reply(.rplAdminEmail, text: "Ask an operator of the network: WHO * o shows who is here")
    }

    /// The servers as a tree, which is one.
    private static func map(_ call: Call) {
        call.network.counts(
            isExact: true,
            call.awaiting { counts in
                call.reply(.rplMap, text: "\(call.server) [\(counts.users) users]")
                call.reply(.rplMapEnd)
            }
        )
    }
}
