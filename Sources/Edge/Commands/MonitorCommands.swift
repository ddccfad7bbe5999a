import Chat
import IRC
import Realm

/// MONITOR (IRCv3): told when nicknames come and go, wherever they are.
enum MonitorCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "MONITOR",
            parameters: 1,
            help: ["MONITOR + <nick>{,<nick>} | - <nick>{,<nick>} | C | L | S", "Tells you when people come and go."]
        ) { call, _ in Self.monitor(call) }
    ]

    private static func monitor(_ call: Call) {
        let connection = call.connection
        var seen: Set<String> = []
        let nicks = call[1].split(separator: ",").compactMap { Nickname($0, under: Names.caseMapping) }
            .filter { seen.insert($0.folded).inserted }
        let monitor = call.network.monitor
        switch call[0].uppercased() {
        case "+": self.add(nicks, call)
        case "-": for nick in nicks { monitor.remove(nick, for: connection) }
        case "C": monitor.removeAll(for: connection)
        case "L":
            for line in self.lines(connection.monitored.values.sorted()) {
                call.reply(.rplMonList, text: .verbatim(line))
            }
            call.reply(.rplEndOfMonList)
        case "S":
            let watched = connection.monitored.values.sorted()
            self.tellStatus(watched.compactMap { Nickname($0, under: Names.caseMapping) }, call)
        default: call.fail("INVALID_SUBCOMMAND", call[0].asWord, text: "MONITOR takes +, -, C, L and S")
        }
    }

    private static func add(_ nicks: [Nickname], _ call: Call) {
        let added = nicks.prefix { call.network.monitor.add($0, for: call.connection) }
        if added.count < nicks.count {
            call.reply(
                .errMonListFull,
                String(call.network.limits.monitored),
                nicks[added.count...].map(\.raw).joined(separator: ",")
            )
        }
        self.tellStatus(Array(added), call) { user in
            call.connection.tell(user.metadata, of: user.nick.raw, .answer)
        }
    }

    private static func tellStatus(_ nicks: [Nickname], _ call: Call, _ then: @escaping (User) -> Void = { _ in }) {
        call.network.sessions.find(
            nicks,
            call.awaiting { found in
                let online = found.compactMap { $0?.user.prefix }
                let offline = zip(nicks, found).filter { $0.1 == nil }.map(\.0.raw)
                for line in self.lines(online) { call.reply(.rplMonOnline, text: .verbatim(line)) }
                for line in self.lines(offline) { call.reply(.rplMonOffline, text: .verbatim(line)) }
                for user in found { if let user { then(user.user) } }
            }
        )
    }

    private static func lines(_ targets: [String]) -> [String] {
        TextSplitter.groups(of: targets, bytes: 300).map { $0.joined(separator: ",") }
    }
}
