// People know services as nicknames that one writes commands to (NickServ and ChanServ of atheme and anope). Here they are a way to
// write commands, as IRC's own lines are: each does the same action, by whoever writes it, and nobody takes part in the network
// under the name (ADR 0034).

import Chat
import IRC
import Logging
import NIOCore
import Realm
import Tenant

/// A service: what it is called, and which commands it takes.
struct Service: Sendable {
    let nick: String
    /// Commands that are messages to it.
    let aliases: [String]
    let about: Phrase
    let commands: [ServiceCommand]

    /// What stands behind the nickname wherever a service says something.
    static let username = "services"

    static let all: [Service] = [NickServ.service, ChanServ.service, MemoServ.service, HostServ.service]

    /// The service that a target names.
    ///
    /// It may be followed by a server's name: clients write so that nobody else gets a password.
    static func named(_ target: String) -> Service? {
        // Asked of every message: nearly none is for a name like that.
        guard target.utf8.first.map(Self.initials.contains) == true else { return nil }
        let nick = Names.caseMapping.fold(String(target.prefix { $0 != "@" }))
        return Self.all.first { Names.caseMapping.fold($0.nick) == nick }
    }

    private static let initials = Set(
        Self.all.flatMap { service in
            service.nick.utf8.prefix(1).flatMap { [$0, $0 | 0x20] }
        }
    )

    /// The rows of the aliases.
    static let rows: [CommandRow] = Self.all.flatMap { service in
        service.aliases.map { alias in
            CommandRow(
                alias,
                parameters: 1,
                cost: 3,
                secret: true,
                help: ["\(alias) <command>", "A message to \(service.nick): \(alias) HELP says which."],
                .registered { call, actor in
                    service.run(call.parameters.joined(separator: " "), call, actor)
                }
            )
        }
    }

    /// Carries out what somebody writes to it.
    func run(_ text: String, _ call: Call, _ actor: Actor) {
        let words = text.split(separator: " ").map(String.init)
        let name = words.first?.uppercased() ?? ""
        var one = ServiceCall(service: self, call: call, actor: actor, words: Array(words.dropFirst()))
        if name == "HELP" { return self.help(one) }
        guard let command = self.commands.first(where: { $0.names.contains(name) }) else {
            return one.reply(self.unknown(name))
        }
        guard command.words.contains(one.words.count) else {
            return one.reply("Write \(command.names[0]) \(command.usage)")
        }
        one.command = command
        command.handler(one)
    }

    /// Says something to a client.
    func say(_ text: Phrase, to connection: Connection, _ told: Told) {
        let text = text.text(in: connection.language)
        connection.write(told) { writer in
            writer.message(
                source: "\(self.nick)!\(Self.username)@\(connection.network.serverName)",
                command: "NOTICE",
                parameters: [connection.nick, text],
                forcesTrailing: true
            )
        }
    }

    private func help(_ one: ServiceCall) {
        let name = one.words.first?.uppercased()
        for line in self.help(of: name) ?? [self.unknown(name ?? "")] { one.reply(line) }
    }

    /// What it says of itself, or of one of its commands; nil if it has none of that name.
    func help(of name: String?) -> [Phrase]? {
        guard let name else {
            let width = self.commands.map(\.names[0].count).max() ?? 0
            let commands: [Phrase] = self.commands.map { "\($0.names[0].padding(to: width))  \($0.help)" }
            return [self.about] + commands + ["HELP <command> says how one is written"]
        }
        guard let command = self.commands.first(where: { $0.names.contains(name) }) else { return nil }
        let example: [Phrase] = command.example.map { ["For example: /msg \(self.nick) \($0)"] } ?? []
        return [.verbatim("\(command.names[0]) \(command.usage)"), command.help] + example
    }

    /// What who asks for a command that it has not is told.
    func unknown(_ name: String) -> Phrase {
        let known = self.commands.flatMap(\.names) + ["HELP"]
        guard let near = Spelling.nearest(to: name, in: known) else {
            return "There is no such command: /msg \(self.nick) HELP says which there are"
        }
        return "There is no such command; did you mean \(near)?"
    }

    /// Whether a word in capital letters is its nickname or one of its aliases.
    func answers(to word: String) -> Bool { self.nick.uppercased() == word || self.aliases.contains(word) }
}

/// A command of a service as a row.
struct ServiceCommand: Sendable {
    /// What it is called first, and what else people call it.
    let names: [String]
    /// What is written behind the name.
    let usage: String
    let help: Phrase
    /// What somebody might write.
    let example: String?
    /// How many words may stand behind the name.
    let words: ClosedRange<Int>
    let handler: @Sendable (ServiceCall) -> Void

    init(
        _ names: String...,
        usage: String = "",
        words: ClosedRange<Int> = 0...0,
        help: Phrase,
        example: String? = nil,
        _ handler: @escaping @Sendable (ServiceCall) -> Void
    ) {
        self.names = names
        self.usage = usage
        self.help = help
        self.example = example
        self.words = words
        self.handler = handler
    }
}

/// A service's command in hand.
struct ServiceCall {
    let service: Service
    let call: Call
    let actor: Actor
    /// What stands behind the command's name.
    let words: [String]
    var command: ServiceCommand?

    var network: Network { self.call.network }

    /// A word; nil if there are not so many.
    subscript(index: Int) -> String? { index < self.words.count ? self.words[index] : nil }

    /// What stands in the words from one on.
    func rest(from index: Int) -> String { self.words.dropFirst(index).joined(separator: " ") }

    /// The channel that a word names, or the answer that there is none of such a name.
    func channel(_ index: Int) -> ChannelName? {
        let text = self[index] ?? ""
        if let name = ChannelName(text, under: Names.caseMapping) { return name }
        self.reply("\(text.asWord) is no channel")
        return nil
    }

    func reply(_ text: Phrase) { self.service.say(text, to: self.call.connection, .answer) }

    func refuse(_ refusal: Refusal) {
        if refusal.reason == .wrongPassword { self.call.connection.log(.info, "log-in failed") }
        if refusal.reason != .gone { self.reply(refusal.spoken) }
    }

    /// How it was to be written.
    func explain() {
        if let command { self.reply("Write \(command.names[0]) \(command.usage)") }
    }

    /// What goes on with an action's result; a refusal is told, and the client's next command waits until then.
    func awaiting<Value>(_ then: @escaping (Value) -> Void) -> (Result<Value, Refusal>) -> Void {
        self.call.awaitingAny { result in
            switch result {
            case .success(let value): then(value)
            case .failure(let refusal): self.refuse(refusal)
            }
        }
    }

    /// The same with what is said then.
    func awaiting(_ text: Phrase) -> (Result<Void, Refusal>) -> Void { self.awaiting { self.reply(text) } }

    /// The same where an account is proved otherwise from now on.
    func awaitingProof(_ text: Phrase) -> (Result<Void, Refusal>) -> Void {
        self.awaiting {
            self.reply(text)
            self.replyTokensEnded()
        }
    }

    /// What becomes of its other clients then.
    func replyTokensEnded() {
        self.reply("Other clients that lose their connection have to log in again; CLIENTS LOGOUT all ends them")
    }
}

extension Refusal {
    /// What somebody is told who reads sentences alone.
    fileprivate var spoken: Phrase {
        if let text { return text }
        guard case .numeric(let numeric, let text) = self.reason.wording else { return self.told }
        return text ?? numeric.text ?? self.told
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - self.count))
    }
}
