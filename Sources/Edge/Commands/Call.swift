import Chat
import IRC
import NIOCore
import Realm

/// A command in hand: who sent it, its row and its parameters.
///
/// A handler makes an action of it and says how that ended; ``awaiting(_:)`` has the client's next command wait for it.
struct Call {
    let connection: Connection
    let row: CommandRow
    let message: Message
    /// In place of the message's own parameters, after a list was taken apart.
    var replaced: [String]?

    init(connection: Connection, row: CommandRow, message: Message, replaced: [String]? = nil) {
        self.connection = connection
        self.row = row
        self.message = message
        self.replaced = replaced
    }

    /// A command with one parameter that nobody sent.
    init?(_ row: CommandRow, _ parameter: String, of connection: Connection) {
        guard let message = try? Message(ByteBuffer(string: row.name)) else { return nil }
        self.init(connection: connection, row: row, message: message, replaced: [parameter])
    }

    var network: Network { self.connection.network }
    var server: String { self.connection.network.serverName }
    var count: Int { self.replaced?.count ?? self.message.parameterCount }

    /// A parameter's text; empty if there is none.
    subscript(index: Int) -> String {
        guard index < self.count else { return "" }
        return self.replaced?[index] ?? self.message.parameters[index]
    }

    /// Whether a parameter is missing or empty, which takes no string to find out.
    func isEmpty(_ index: Int) -> Bool {
        if let replaced { return index >= replaced.count || replaced[index].isEmpty }
        return index >= self.message.parameterCount || self.message.parameters.length(index) == 0
    }

    /// Whether a parameter names several by commas, which takes no string either.
    func isList(_ index: Int) -> Bool {
        if let replaced { return index < replaced.count && replaced[index].utf8.contains(UInt8(ascii: ",")) }
        guard index < self.message.parameterCount else { return false }
        return self.message.parameters.withBytes(index) { $0.contains(UInt8(ascii: ",")) }
    }

    /// A parameter's text if it is there and not empty.
    func optional(_ index: Int) -> String? {
        let text = self[index]
        return text.isEmpty ? nil : text
    }

    var parameters: [String] { self.replaced ?? Array(self.message.parameters) }

    /// The channel that a parameter names, or the answer that there is none of such a name.
    func channelName(_ index: Int) -> ChannelName? {
        if let name = ChannelName(self[index], under: Names.caseMapping) { return name }
        self.refuse(Refusal(.noSuchChannel, self[index].asWord))
        return nil
    }

    /// The client-only tags that are passed on, as on the wire, without `@`.
    var clientTags: String {
        guard self.message.hasTags else { return "" }
        let (tags, policy) = (self.message.tags.clientOnly, self.network.clientTags)
        return policy.passesAll ? tags : policy.passed(tags)
    }

    // MARK: Answers

    func reply(_ numeric: Numeric, _ parameters: String..., text: Phrase? = nil) {
        self.connection.reply(numeric, parameters, text: text)
    }

    func send(_ write: (inout LineWriter) -> Void) { self.connection.write(.answer, write) }

    func refuse(_ refusal: Refusal) {
        let context = self.row.isSecret ? nil : self.optional(0)
        self.connection.refuse(refusal, command: self.row.name, context: context.map { [$0] } ?? [])
    }

    func fail(_ code: String, _ context: String..., text: Phrase) {
        self.connection.standardReply(.fail, command: self.row.name, code: code, context: context, text)
    }

    // MARK: Steps

    /// What goes on with an action's result; a refusal is told.
    ///
    /// The client's next command waits until then.
    func awaiting<Value>(_ then: @escaping (Value) -> Void) -> (Result<Value, Refusal>) -> Void {
        self.awaitingAny { result in
            switch result {
            case .success(let value): then(value)
            case .failure(let refusal): self.refuse(refusal)
            }
        }
    }

    /// The same for an action that whoever asks hears of by itself.
    func awaiting() -> (Result<Void, Refusal>) -> Void { self.awaiting { _ in } }

    /// The same for who tells of refusals itself.
    func awaitingAny<Value>(
        _ then: @escaping (Result<Value, Refusal>) -> Void
    ) -> (Result<Value, Refusal>) -> Void {
        let connection = self.connection
        connection.commands.beginStep(holding: &connection.reading)
        return { result in
            then(result)
            connection.clients.dispatcher.endStep(of: connection)
        }
    }

    /// Answers for each of many, no faster than the client reads, and so that others have their turns; its next command waits.
    ///
    /// - `slice`: how many are answered for in one turn.
    /// - `pause`: called before others have their turn.
    func answer<Items: Sequence>(
        _ items: Items,
        slice: Int = 100,
        _ one: @escaping (Items.Element) -> Void,
        pause: @escaping () -> Void = {},
        done: @escaping () -> Void
    ) {
        let end: (Result<Void, Refusal>) -> Void = self.awaiting { done() }
        self.answer(rest: items.makeIterator(), slice, one, pause) { end(.success(())) }
    }

    private func answer<Items: IteratorProtocol>(
        rest: Items,
        _ slice: Int,
        _ one: @escaping (Items.Element) -> Void,
        _ pause: @escaping () -> Void,
        _ done: @escaping () -> Void
    ) {
        var rest = rest
        for _ in 0..<slice {
            guard let item = rest.next() else { return done() }
            one(item)
        }
        pause()
        let left = rest
        let (connection, loop) = (self.connection, self.connection.clients.loop)
        let goOn = NIOLoopBound(
            { if connection.isOpen { connection.whenDrained { self.answer(rest: left, slice, one, pause, done) } } },
            eventLoop: loop
        )
        loop.execute { goOn.value() }
    }
}
