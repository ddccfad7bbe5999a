import Chat
import IRC
import NIOCore
import StateStore

/// A command in hand: who sent it, its row, its parameters, and what its row needs.
///
/// A handler answers through it, and appends through it: ``commit(_:then:)`` for what changes the state, after which
/// the client's next command waits; ``post(_:guardedBy:)`` for messages, which may follow each other into the store.
final class Call {
    let core: ShardCore
    let connection: Connection
    let row: CommandRow
    let message: Message
    /// In place of the message's own parameters, after a list was taken apart.
    let replaced: [String]?
    var channel: ChannelReplica?
    var user: FoundUser?
    /// What the sender of a message to a user gets back when the store has it.
    var echo: ChatMessage?
    /// What is answered to a message to somebody who is away.
    var away: (nick: String, reason: String)?
    /// One of the tenant's messages was taken for it already.
    var hasToken = false
    /// Whether the client's next command waits for a message in the store's hands.
    private var isWaitedFor = false
    /// How often it was begun again because something that it rested on had changed.
    let attempt: Int

    init(
        core: ShardCore,
        connection: Connection,
        row: CommandRow,
        message: Message,
        replaced: [String]? = nil,
        attempt: Int = 0
    ) {
        self.core = core
        self.connection = connection
        self.row = row
        self.message = message
        self.replaced = replaced
        self.attempt = attempt
    }

    var scope: TenantScope { self.connection.scope }
    var server: String { self.connection.scope.serverName }
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

    /// A parameter's text if it is there and not empty.
    func optional(_ index: Int) -> String? {
        let text = self[index]
        return text.isEmpty ? nil : text
    }

    var parameters: [String] { self.replaced ?? Array(self.message.parameters) }

    func reply(_ numeric: Numeric, _ parameters: String..., text: String? = nil) {
        self.core.reply(self.connection, numeric, parameters, text: text)
    }

    func refuse(_ refusal: Refusal) {
        if self.row.isSilent { return }
        self.core.reply(self.connection, refusal.numeric, refusal.parameters, text: refusal.text)
    }

    func fail(_ code: String, _ context: String..., text: String) {
        self.core.standardReply(
            self.connection,
            .fail,
            command: self.row.name,
            code: code,
            context: context,
            text
        )
    }

    func send(_ write: (inout LineWriter) -> Void) { self.core.send(to: self.connection, write) }

    /// Begins something that ends later; the client's next command waits until ``Step/end()``.
    func beginStep() -> Step {
        self.connection.stepsUnderWay += 1
        return Step(core: self.core, connection: self.connection)
    }

    /// Answers for each of many, no faster than the client reads; its next command waits.
    func answer<Item>(_ items: [Item], _ one: @escaping (Item) -> Void, done: @escaping () -> Void) {
        let step = self.beginStep()
        self.answer(rest: items[...], one) {
            done()
            step.end()
        }
    }

    private func answer<Item>(
        rest: ArraySlice<Item>,
        _ one: @escaping (Item) -> Void,
        _ done: @escaping () -> Void
    ) {
        for item in rest.prefix(100) { one(item) }
        let rest = rest.dropFirst(100)
        if rest.isEmpty { return done() }
        self.core.whenDrained(self.connection) { self.answer(rest: rest, one, done) }
    }

    struct Step {
        let core: ShardCore
        let connection: Connection

        func end() {
            self.connection.stepsUnderWay -= 1
            self.core.advance(self.connection)
        }
    }

    /// Appends what a decision rests on and leads to.
    ///
    /// If something that it rests on has changed, the command is run again from the start.
    func commit(_ transaction: Transaction, then: @escaping ([Stamp]) -> Void = { _ in }) {
        let replica = self.channel
        // The client left while something was looked up: nothing more is done in its name.
        guard self.connection.isOpen, let session = self.connection.session else {
            guard let replica else { return }
            self.core.nextChange(of: replica)
            return self.core.unfollowIfUnused(replica, in: self.scope)
        }
        let step = self.beginStep()
        replica?.changesUnderWay += 1
        session.commitsUnderWay += 1
        self.core.store.append(transaction) { result in
            replica?.changesUnderWay -= 1
            session.commitsUnderWay -= 1
            switch result {
            case .success(.appended(let stamps)): then(stamps)
            case .success(.refused): self.runAgain()
            case .failure(let error):
                // It may have been applied: the session's end must find it there.
                if case .unavailable = error, let replica { session.uncertainChannels.insert(replica.key.name) }
                self.refuse(error)
            }
            step.end()
            if session.commitsUnderWay == 0, let reason = session.endReason {
                session.endReason = nil
                self.core.signOff(session, reason: reason)
            }
            guard let replica else { return }
            self.core.nextChange(of: replica)
            self.core.unfollowIfUnused(replica, in: self.scope)
        }
    }

    /// Appends a message without waiting for the answer, as long as nothing that could be refused differently goes
    /// before it.
    func post(
        _ change: LogChange,
        if condition: Condition,
        guardedBy messageGuard: MessageGuard
    ) {
        let connection = self.connection
        connection.messagesInFlight += 1
        connection.inFlightGuard = messageGuard
        // A labelled command is answered when it has ended, so the next one waits for it.
        self.isWaitedFor = connection.response != nil
        if self.isWaitedFor { connection.stepsUnderWay += 1 }
        self.core.store.append(change, if: condition) { result in self.posted(result) }
    }

    private func posted(_ result: Result<Stamp?, LiveStoreError>) {
        let connection = self.connection
        connection.messagesInFlight -= 1
        switch result {
        case .success(let stamp?):
            connection.scope.usage.messageAccepted()
            if let echo { self.core.echo(echo, at: stamp, to: connection) }
            if let away { self.reply(.rplAway, away.nick, text: away.reason) }
        case .success(nil): self.holdBack()
        case .failure(let error): self.refuse(error)
        }
        // Refused ones go first, before anything behind them is looked at.
        if connection.messagesInFlight == 0, !connection.refusedMessages.isEmpty {
            connection.calls.insert(contentsOf: connection.refusedMessages, at: 0)
            connection.refusedMessages = []
        }
        if self.isWaitedFor {
            self.isWaitedFor = false
            connection.stepsUnderWay -= 1
            return self.core.advance(connection)
        }
        let isAwaited = !connection.calls.isEmpty || connection.heldMessage != nil || connection.isReadingPaused
        if connection.messagesInFlight == 0, isAwaited { self.core.advance(connection) }
    }

    /// The store could not do it: the client is told that it was not done.
    func refuse(_ error: LiveStoreError) {
        self.core.statistics.storeFailures += 1
        self.core.standardReply(
            self.connection,
            .fail,
            command: self.row.name,
            code: "TEMPORARILY_UNAVAILABLE",
            context: self.optional(0).map { [$0] } ?? [],
            error.description
        )
    }

    /// The command once more, from the start; nil if it was refused too often.
    ///
    /// A replica is up to date by now; what was looked up once is looked up again.
    private var again: Call? {
        guard self.attempt < 63, self.connection.isOpen else { return nil }
        return Call(
            core: self.core,
            connection: self.connection,
            row: self.row,
            message: self.message,
            replaced: self.replaced,
            attempt: self.attempt + 1
        )
    }

    private func runAgain() {
        if let again = self.again { self.core.run(again) } else { self.refuse(.busy) }
    }

    /// A refused message is sent again when no other is in flight, so that the sender's messages keep their order.
    private func holdBack() {
        if let again = self.again { self.connection.refusedMessages.append(again) } else { self.refuse(.busy) }
    }
}
