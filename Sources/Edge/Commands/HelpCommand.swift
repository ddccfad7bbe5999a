import Chat
import IRC
import Realm
import Tenant

/// HELP and HELPOP: what there is, from the same rows by which commands are carried out, and from those of services.
enum HelpCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "HELP",
            help: [
                "HELP [<command> | CMODES | EXTBAN | <service> [<command>]]",
                "What there is, or what a command or a mode does.",
            ]
        ) { call, _ in Self.run(call) },
        CommandRow("HELPOP", help: ["HELPOP [<command>]", "The same as HELP."]) { call, _ in Self.run(call) },
    ]

    /// What is no command.
    private static let topics: [String: @Sendable () -> [Phrase]] = [
        "CMODES": { ["Modes of channels:"] + ChannelModeTable.rows.map { "\($0.letter)  \($0.help)" } },
        "EXTBAN": { ["Extended bans, in +b, +e and +I:"] + ExtendedBan.rows.map(\.help) },
    ]

    private static func run(_ call: Call) {
        let table = call.connection.clients.table
        guard let topic = call.optional(0)?.uppercased() else { return self.say(self.index(table), of: "index", call) }
        if let service = Service.all.first(where: { $0.answers(to: topic) }) {
            let name = call.optional(1)?.uppercased()
            guard let lines = service.help(of: name) else {
                return call.reply(.errHelpNotFound, topic.asWord, text: service.unknown(name ?? ""))
            }
            return self.say(lines, of: topic, call)
        }
        if let lines = self.topics[topic]?() ?? self.lines(of: topic, in: table) {
            return self.say(lines, of: topic, call)
        }
        let known = table.names + self.topics.keys.sorted() + Service.all.map { $0.nick.uppercased() }
        let near = Spelling.nearest(to: topic, in: known)
        call.reply(
            .errHelpNotFound,
            topic.asWord,
            text: near.map { "There is no such command; did you mean \($0)?" }
        )
    }

    /// What there is to be asked for.
    private static func index(_ table: CommandTable) -> [Phrase] {
        TextSplitter.groups(of: table.names, bytes: 380).map { "Commands: \($0.joined(separator: " "))" }
            + [
                "HELP <command> says more.",
                "Services take commands, too: HELP \(Service.all.map { $0.nick.uppercased() }.joined(separator: ", HELP "))",
            ]
    }

    /// How a command is written, what it does, and an example.
    private static func lines(of name: String, in table: CommandTable) -> [Phrase]? {
        guard let row = table[name], let help = row.help else { return nil }
        let example: [Phrase] = CommandExamples.all[name].map { ["For example: \($0)"] } ?? []
        return help + example
    }

    private static func say(_ lines: [Phrase], of subject: String, _ call: Call) {
        guard let first = lines.first else { return }
        call.reply(.rplHelpStart, subject, text: first)
        for line in lines.dropFirst() { call.reply(.rplHelpTxt, subject, text: line) }
        call.reply(.rplEndOfHelp, subject, text: "End of HELP")
    }
}
