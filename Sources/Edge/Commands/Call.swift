import Chat
import IRC
import NIOCore
import StateStore

/// A command in hand: who sent it, its row, its parameters, and what its row needs.
///
/// A handler answers through it, and appends through it: ``commit(_:then:)`` for what changes the state, after which
/// the client's next command waits; ``post(_:guardedBy:)`` for messages, which may follow each other into the store.
struct Call {
    unowned let core: ShardCore
    let connection: Connection
    let row: CommandRow
    let message: Message
    /// In place of the message's own parameters, after a list was taken apart.
    var replaced: [String]?
    var channel: ChannelReplica?
    var user: FoundUser?
    var attempt = 0

    init(core: ShardCore, connection: Connection, row: CommandRow, message: Message, replaced: [String]? = nil) {
        self.core = core
        self.connection = connection
        self.row = row
        self.message = message
        self.replaced = replaced
    }

    var scope: TenantScope { self.connection.scope }
    var server: String { self.connection.scope.serverName }
    var count: Int { self.replaced?.count ?? self.message.parameterCount }

    /// A parameter's text; empty if there is none.
    subscript(index: Int) -> String {
        guard index < self.count else { return "" }
        return self.replaced?[index] ?? self.message.parameters[index]
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

    struct Step {
        unowned let core: ShardCore
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
        let step = self.beginStep()
        let replica = self.channel
        replica?.changesUnderWay += 1
        let session = self.connection.session
        session?.commitsUnderWay += 1
        self.core.store.append(transaction) { result in
            replica?.changesUnderWay -= 1
            session?.commitsUnderWay -= 1
            switch result {
            case .success(.appended(let stamps)): then(stamps)
            case .success(.refused): self.runAgain()
            case .failure(let error): self.refuse(error)
            }
            step.end()
            if let session, session.commitsUnderWay == 0, let reason = session.endReason {
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
        _ transaction: Transaction,
        guardedBy messageGuard: MessageGuard,
        then: ((Stamp) -> Void)? = nil
    ) {
        let connection = self.connection
        connection.messagesInFlight += 1
        connection.inFlightGuard = messageGuard
        // A labelled command is answered when it has ended, so the next one waits for it.
        let step = connection.response == nil ? nil : self.beginStep()
        self.core.store.append(transaction) { result in
            connection.messagesInFlight -= 1
            switch result {
            case .success(.appended(let stamps)):
                connection.scope.usage.messageAccepted()
                if let then, let stamp = stamps.first { then(stamp) }
            case .success(.refused): self.holdBack()
            case .failure(let error): self.refuse(error)
            }
            step?.end()
            guard connection.messagesInFlight == 0 else { return }
            connection.calls.insert(contentsOf: connection.refusedMessages, at: 0)
            connection.refusedMessages = []
            self.core.advance(connection)
        }
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
    private var again: Call? {
        var again = self
        again.attempt += 1
        guard again.attempt < 64, self.connection.isOpen else { return nil }
        // A replica is up to date by now; what was looked up once is looked up again.
        again.channel = nil
        again.user = nil
        return again
    }

    private func runAgain() {
        if let again = self.again { self.core.run(again) } else { self.refuse(.busy) }
    }

    /// A refused message is sent again when no other is in flight, so that the sender's messages keep their order.
    private func holdBack() {
        if let again = self.again { self.connection.refusedMessages.append(again) } else { self.refuse(.busy) }
    }
}
